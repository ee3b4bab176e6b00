import type { Instant, Json, RepositoryName } from "../domain/kernel/values.ts";

/** What is copied. Each kind's content is its reader's own; the copy looks into none. */
export type CopyKind = "request" | "closed-request" | "request-card" | "run" | "run-detail" | "board-card" | "document" | "text" | "verbatim";

/** Where something belongs, by which it is listed and found. */
export interface CopyPlace {
  readonly repository?: RepositoryName | undefined;
  readonly issue?: number | undefined;
}

export interface CopyRecord extends CopyPlace {
  readonly kind: CopyKind;
  /** Unique within its kind. */
  readonly key: string;
  /** Lists are in falling order of it. */
  readonly rank: number;
  /** When it came to its end; absent while it is open. What closed first goes first when room is needed. */
  readonly closedAt?: Instant | undefined;
  readonly content: Json;
  /** What it is found by; absent for what is not searched. */
  readonly found?: CopiedText | undefined;
}

/** A text that is searched: as one, or in its sections. */
export interface CopiedText {
  readonly title: string;
  readonly sections: readonly { readonly title: string; readonly text: string }[];
}

export interface CopiedRecord {
  readonly key: string;
  readonly content: Json;
  /** When the database last said so. */
  readonly readAt: Instant;
}

export interface CopiedEntry {
  readonly attempt: number;
  readonly sequence: number;
  readonly content: Json;
  /** What it is found by; absent for what is not searched. */
  readonly text?: string | undefined;
}

/** Whose transcript it is; it goes with its run. */
export interface TranscriptOwner extends CopyPlace {
  readonly runId: string;
  readonly title: string;
}

/** A place that was found. */
export interface CopyHit extends CopyPlace {
  readonly source: "document" | "decision" | "transcript";
  /** Key of the text or request, or the run's id. */
  readonly key: string;
  readonly title: string;
  readonly section: string;
  readonly excerpt: string;
  /** Greater is better; comparable within one answer only. */
  readonly score: number;
  readonly readAt: Instant;
  /** Of a transcript: the entry. */
  readonly at?: { readonly attempt: number; readonly sequence: number } | undefined;
}

/**
 * What this machine has read of the database, kept so that it can be read while the database is away. Never the truth: it may be thrown away at any moment, and is, when another version of this
 * program made it or when it is damaged; then it is empty and fills again. It is bounded in size.
 *
 * Calls are local and quick, so they answer at once. They throw `InfrastructureError` `unwritable` (no room, no right); what can be read meanwhile still can.
 */
export interface LocalCopy {
  /** Adds records or replaces those of the same kind and key. */
  put(records: readonly CopyRecord[], readAt: Instant): void;
  /** Makes these all records of their kind (of one repository, when one is named): others of it are gone. */
  replace(kind: CopyKind, repository: RepositoryName | undefined, records: readonly CopyRecord[], readAt: Instant): void;
  /** Takes these of one kind out, where they are there. */
  remove(kind: CopyKind, keys: readonly string[]): void;
  /** Notes that an issue was closed at `at` or before: what is kept of its documents may go. */
  closeIssue(repository: RepositoryName, issue: number, at: Instant): void;
  get(kind: CopyKind, key: string): CopiedRecord | undefined;
  list(kind: CopyKind, where?: CopyPlace & { readonly limit?: number | undefined }): readonly CopiedRecord[];
  /** Adds what it does not have yet. What would make one transcript too long is left out. */
  addTranscript(owner: TranscriptOwner, entries: readonly CopiedEntry[], readAt: Instant): void;
  transcript(runId: string, after: { readonly attempt: number; readonly sequence: number }, limit: number): readonly CopiedEntry[];
  /** Notes when something was last read as a whole; `what` is the reader's word. */
  noteReading(what: string, at: Instant): void;
  lastReading(what: string): Instant | undefined;
  /** Best first. Words are found by their beginnings, in any order; all of them have to be there. */
  search(query: string, where: { readonly repository?: RepositoryName | undefined; readonly limit: number }): readonly CopyHit[];
  /** Makes room when there is too much: what closed first goes first, and what is open stays. Returns how many records went. */
  shrink(): number;
  close(): void;
}
