import { processStages, type ProcessStage, type StageName } from "../../../core/domain/stage/stage.ts";
import { artifactPath, stageTable } from "../../../core/domain/stage/table.ts";

/** What the screen reads of a document of the index. */
export interface IndexedDocument {
  readonly path: string;
  readonly title: string;
  readonly status: string;
  readonly hash: string;
  readonly stage?: StageName | undefined;
}

/** `gone`: superseded, abandoned or obsolete. `later`: nobody expects it yet. `skipped`: on the fast track nobody writes it. */
export type DocumentState = "approved" | "in_review" | "draft" | "gone" | "missing" | "later" | "skipped";

export interface DocsetItem<D extends IndexedDocument> {
  /** Artifact type, or the name of the file. */
  readonly name: string;
  readonly path: string;
  readonly required: boolean;
  readonly state: DocumentState;
  readonly document?: D | undefined;
}

export interface DocsetStage<D extends IndexedDocument> {
  /** Absent for documents that belong to no stage. */
  readonly stage?: StageName | undefined;
  readonly progress: "reached" | "later" | "skipped";
  readonly items: readonly DocsetItem<D>[];
}

/** What the host says of one stage. */
export interface StageDocuments {
  readonly stage: StageName;
  readonly required: readonly string[];
}

/**
 * An issue's documents by stage: what each stage requires, at its place, and after it whatever else there is. A stage counts as reached when the issue stands at it, has a document
 * of it, or of a later one; a stage that the fast track leaves out is skipped.
 */
export function docsetStages<D extends IndexedDocument>(
  issue: number,
  stages: readonly StageDocuments[],
  documents: readonly D[],
  current: StageName | undefined,
): readonly DocsetStage<D>[] {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  const last = lastReached(documents, current);
  const places = stages.map(({ stage, required }) => required.map((type) => artifactPath(issue, stage, type)));
  const required = new Set(documents.length === 0 ? [] : places.flat());
  const others = documents.filter((document) => !required.has(document.path));
  const listed = stages.map(({ stage, required: types }, index): DocsetStage<D> => {
    const extra = others.filter((document) => document.stage === stage);
    const paths = places[index] ?? [];
    const progress = stageProgress(stage, last, extra.length > 0 || paths.some((path) => byPath.has(path)));
    const items = types.map((type, position): DocsetItem<D> => {
      const path = paths[position] ?? "";
      const document = byPath.get(path);
      return { name: `${type}.md`, path, required: true, state: document ? documentState(document) : absent(progress), document };
    });
    return { stage, progress, items: [...items, ...extra.map(optional)] };
  });
  const listedStages = new Set(stages.map(({ stage }) => stage));
  const rest = others.filter((document) => document.stage === undefined || !listedStages.has(document.stage));
  return rest.length === 0 ? listed : [...listed, { progress: "reached", items: rest.map(optional) }];
}

/** How many of an issue's documents are in each state. One that is required and was given up is missing. */
export function countStates(stages: readonly DocsetStage<IndexedDocument>[]): Readonly<Record<DocumentState, number>> {
  const counts = { approved: 0, in_review: 0, draft: 0, gone: 0, missing: 0, later: 0, skipped: 0 };
  for (const item of stages.flatMap((stage) => stage.items)) counts[item.required && item.state === "gone" ? "missing" : item.state] += 1;
  return counts;
}

/** What each stage of the table requires; stages that require nothing are left out. */
export const requiringStages: readonly (StageDocuments & { readonly stage: ProcessStage })[] = processStages
  .filter((stage) => stageTable[stage].artifacts.required.length > 0)
  .map((stage) => ({ stage, required: stageTable[stage].artifacts.required }));

/** The issue that a document belongs to by its place. */
export function issueOfPath(path: string): number | undefined {
  const number = /^docs\/issues\/issue-(?<number>[1-9]\d{0,9})\//u.exec(path)?.groups?.["number"];
  return number === undefined ? undefined : Number(number);
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function optional<D extends IndexedDocument>(document: D): DocsetItem<D> {
  return { name: fileName(document.path), path: document.path, required: false, state: documentState(document), document };
}

function documentState({ status }: Pick<IndexedDocument, "status">): DocumentState {
  if (status === "approved" || status === "in_review") return status;
  return status === "superseded" || status === "abandoned" || status === "obsolete" ? "gone" : "draft";
}

function absent(progress: DocsetStage<IndexedDocument>["progress"]): DocumentState {
  return progress === "reached" ? "missing" : progress;
}

function orderOf(stage: StageName | undefined): number {
  return stage === undefined ? -1 : (processStages as readonly StageName[]).indexOf(stage);
}

function lastReached(documents: readonly IndexedDocument[], current: StageName | undefined): number {
  return Math.max(orderOf(current), ...documents.map((document) => orderOf(document.stage)));
}

function stageProgress(stage: StageName, last: number, hasDocuments: boolean): DocsetStage<IndexedDocument>["progress"] {
  const order = orderOf(stage);
  if (hasDocuments) return "reached";
  if (order > last || order < 0) return "later";
  const overtaken = processStages.some(
    (from, index) => index < order && order < orderOf(stageTable[from].fastTrack) && orderOf(stageTable[from].fastTrack) <= last,
  );
  return overtaken ? "skipped" : "reached";
}
