import type { StageName } from "../../../core/domain/stage/stage.ts";
import { countStates, docsetStages, issueOfPath, requiringStages, type DocsetItem, type IndexedDocument } from "./docset-view.ts";

export type TraceState = "approved" | "present" | "gaps" | "later" | "skipped";

/** What one issue has of one stage. */
export interface TraceCell<D extends IndexedDocument> {
  readonly stage: StageName;
  readonly state: TraceState;
  readonly items: readonly DocsetItem<D>[];
  readonly required: number;
  readonly present: number;
}

export interface TraceRow<D extends IndexedDocument> {
  readonly issue: number;
  readonly title?: string | undefined;
  readonly cells: readonly TraceCell<D>[];
  /** Required documents that are missing in stages that the issue has reached. */
  readonly gaps: number;
}

/** What the board knows of an issue. */
export interface TracedIssue {
  readonly issue: number;
  readonly title: string;
  readonly stage?: StageName | undefined;
}

/** Every issue against every stage that requires documents; the issue with the most gaps first, then by number. Issues that nothing was written for and no stage was started on stand last. */
export function traceMatrix<D extends IndexedDocument>(documents: readonly D[], issues: readonly TracedIssue[]): readonly TraceRow<D>[] {
  const known = new Map(issues.map((issue) => [issue.issue, issue]));
  const byIssue = new Map<number, D[]>();
  for (const document of documents) {
    const issue = issueOfPath(document.path);
    const own = issue === undefined ? undefined : byIssue.get(issue);
    if (own) own.push(document);
    else if (issue !== undefined) byIssue.set(issue, [document]);
  }
  // Most issues of a long backlog have nothing yet: those that stand at the same stage have the same cells.
  const empty = new Map<StageName | undefined, TraceRow<D>>();
  const rowOf = (issue: number): TraceRow<D> => {
    const stage = known.get(issue)?.stage;
    const own = byIssue.get(issue);
    const row = (own ? undefined : empty.get(stage)) ?? traceRow<D>(issue, stage, own ?? []);
    if (!own) empty.set(stage, row);
    return { ...row, issue, title: known.get(issue)?.title };
  };
  return [...new Set([...known.keys(), ...byIssue.keys()])].map(rowOf).sort((a, b) => b.gaps - a.gaps || begun(b) - begun(a) || a.issue - b.issue);
}

function traceRow<D extends IndexedDocument>(issue: number, stage: StageName | undefined, documents: readonly D[]): TraceRow<D> {
  const stages = docsetStages(issue, requiringStages, documents, stage);
  const cells = stages.flatMap(({ stage, progress, items }): TraceCell<D>[] => {
    if (stage === undefined) return [];
    const required = items.filter((item) => item.required);
    const present = required.filter((item) => item.document && item.state !== "gone");
    return [{ stage, state: cellState(progress, required), items, required: required.length, present: present.length }];
  });
  return { issue, cells, gaps: countStates(stages).missing };
}

function cellState(progress: "reached" | "later" | "skipped", required: readonly DocsetItem<IndexedDocument>[]): TraceState {
  if (progress !== "reached") return progress;
  if (required.some((item) => item.state === "missing" || item.state === "gone")) return "gaps";
  return required.every((item) => item.state === "approved") ? "approved" : "present";
}

function begun(row: TraceRow<IndexedDocument>): number {
  return row.cells.some((cell) => cell.state !== "later") ? 1 : 0;
}
