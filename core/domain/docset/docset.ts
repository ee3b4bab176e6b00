import type { Digest, JsonObject, RepositoryName } from "../kernel/values.ts";
import { documentStatuses, type DocumentStatus } from "../document/front-matter.ts";
import { isStageName, type StageName } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";

/** One document that belongs to an issue or pull request. */
export interface DocsetEntry {
  readonly docId: string;
  readonly type: string;
  readonly stage: StageName;
  readonly path: string;
  readonly status: DocumentStatus;
  /** Of the file's bytes. */
  readonly hash: Digest;
}

/** What belongs to one issue, or to one pull request. Entries are sorted by path and stand once each, so that the same state is always the same file. */
export interface Docset {
  readonly kind: "issue" | "pull";
  readonly repository: RepositoryName;
  readonly number: number;
  /** The stage that last brought it up to date. */
  readonly stage?: StageName | undefined;
  /** Of an issue: its pull requests. */
  readonly pulls: readonly number[];
  /** Of a pull request: its issue. */
  readonly issue?: number | undefined;
  readonly entries: readonly DocsetEntry[];
}

export interface ArtifactValidation {
  readonly stage: StageName;
  /** Document types, in the order of the stage table. */
  readonly required: readonly string[];
  readonly present: readonly string[];
  /** Present, and approved by the owner. */
  readonly approved: readonly string[];
  readonly missing: readonly string[];
}

/** A document in one of these no longer counts as there. */
const gone: readonly DocumentStatus[] = ["superseded", "abandoned", "obsolete"];

export function emptyDocset(kind: Docset["kind"], repository: RepositoryName, number: number): Docset {
  return { kind, repository, number, pulls: [], entries: [] };
}

/** `docs/_docset/issues/issue-7.yaml` or `docs/_docset/prs/pr-3.yaml`. */
export function docsetPath(kind: Docset["kind"], number: number): string {
  return kind === "issue" ? `docs/_docset/issues/issue-${number}.yaml` : `docs/_docset/prs/pr-${number}.yaml`;
}

/** What of a stage's required artifacts is there, approved and missing. Superseded, abandoned and obsolete documents do not count. */
export function validateDocset(docset: Pick<Docset, "entries">, stage: StageName): ArtifactValidation {
  const there = docset.entries.filter((entry) => entry.stage === stage && !gone.includes(entry.status));
  const { required } = stageTable[stage].artifacts;
  const has = (type: string, status?: DocumentStatus) => there.some((entry) => entry.type === type && (status === undefined || entry.status === status));
  return {
    stage,
    required,
    present: required.filter((type) => has(type)),
    approved: required.filter((type) => has(type, "approved")),
    missing: required.filter((type) => !has(type)),
  };
}

/** What a sync has found in the repository. */
export interface DocsetUpdate {
  readonly stage?: StageName | undefined;
  readonly entries: readonly DocsetEntry[];
  /** Paths that are no longer there. */
  readonly removed?: readonly string[] | undefined;
  readonly pulls?: readonly number[] | undefined;
  readonly issue?: number | undefined;
}

/**
 * Brings a docset up to date. A document is known by its path; one that turns up with the same id and type elsewhere has moved. Syncing the same state twice changes nothing,
 * and what another branch has brought in stays.
 */
export function mergeDocset(docset: Docset, update: DocsetUpdate): Docset {
  const byPath = new Map(update.entries.map((entry) => [entry.path, entry]));
  const fresh = [...byPath.values()];
  const replaced = new Set(fresh.map((entry) => entry.docId));
  const removed = new Set(update.removed ?? []);
  const kept = docset.entries.filter((entry) => !byPath.has(entry.path) && !removed.has(entry.path) && !replaced.has(entry.docId));
  const issue = update.issue ?? docset.issue;
  const stage = update.stage ?? docset.stage;
  return {
    kind: docset.kind,
    repository: docset.repository,
    number: docset.number,
    ...(stage === undefined ? {} : { stage }),
    pulls: [...new Set([...docset.pulls, ...(update.pulls ?? [])])].toSorted((a, b) => a - b),
    ...(issue === undefined ? {} : { issue }),
    entries: [...kept, ...fresh.filter((entry) => !removed.has(entry.path))].toSorted(byPathOrder),
  };
}

/** The plain data that the YAML file is written from. Derived lists (required, missing) are those of its stage. */
export function docsetData(docset: Docset): JsonObject {
  const validation = docset.stage === undefined ? undefined : validateDocset(docset, docset.stage);
  const issue = docset.kind === "issue";
  return {
    doc_id: issue ? `docset-issue-${docset.number}` : `docset-pr-${docset.number}`,
    type: issue ? "docset_issue" : "docset_pr",
    title: issue ? `Docset of issue ${docset.number}` : `Docset of pull request ${docset.number}`,
    status: "draft",
    owner_role: "km",
    related_issues: issue ? [docset.number] : docset.issue === undefined ? [] : [docset.issue],
    related_prs: issue ? docset.pulls : [docset.number],
    supersedes: [],
    superseded_by: null,
    approvals: { required: ["owner"], status: "pending" },
    repository: docset.repository,
    stage: docset.stage ?? null,
    ...(issue ? {} : { issue: docset.issue ?? null }),
    documents: docset.entries.map((entry) => ({
      doc_id: entry.docId,
      type: entry.type,
      stage: entry.stage,
      path: entry.path,
      status: entry.status,
      sha256: entry.hash,
    })),
    required: validation?.required ?? [],
    missing: validation?.missing ?? [],
    ...(issue ? { pulls: docset.pulls } : {}),
  };
}

/** A docset from its parsed YAML. What cannot be read is left out: the next sync finds it again in the repository, which is the truth. */
export function readDocset(data: unknown, kind: Docset["kind"], repository: RepositoryName, number: number): Docset {
  const record = isRecord(data) ? data : {};
  const entries = list(record["documents"]).flatMap(readEntry);
  const issue = record["issue"];
  return mergeDocset(emptyDocset(kind, repository, number), {
    entries,
    pulls: kind === "issue" ? list(record["pulls"]).filter(isNumber) : [],
    ...(isStageName(record["stage"]) ? { stage: record["stage"] } : {}),
    ...(kind === "pull" && isNumber(issue) ? { issue } : {}),
  });
}

function readEntry(value: unknown): DocsetEntry[] {
  if (!isRecord(value)) return [];
  const { doc_id: docId, type, stage, path, status, sha256 } = value;
  const readable =
    isText(docId) && isText(type) && isText(path) && isText(sha256) && isStageName(stage) && (documentStatuses as readonly unknown[]).includes(status);
  return readable ? [{ docId, type, stage, path, status: status as DocumentStatus, hash: sha256 as Digest }] : [];
}

function byPathOrder(a: DocsetEntry, b: DocsetEntry): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
