import type { DocumentUse } from "../domain/document/use.ts";
import type { Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";

export interface DocumentPlace {
  readonly repository: RepositoryName;
  readonly path: string;
}

/** A run that used a document. */
export interface DocumentUser extends Pick<Run, "id" | "issue" | "stage" | "role"> {
  /** All the ways in which it did, what binds most first; at least one. */
  readonly how: readonly DocumentUse[];
  /** When it did last. */
  readonly at: Instant;
}

/** A document that some run has used. */
export interface UsedDocument extends DocumentPlace {
  /** So many runs have. */
  readonly count: number;
  /** Those that did last, newest first. */
  readonly runs: readonly DocumentUser[];
}

/** Which run used which document, as one transaction of the store sees it. A document is known by its place: what was used before it was moved stays with the old one. */
export interface DocumentUsesTable {
  /** The run has used these documents of its repository in this way. Again, the later time counts. A path of more than 2,000 bytes is left out: no document has one. */
  note(run: Pick<Run, "id" | "repository">, paths: readonly string[], how: DocumentUse, at: Instant): Promise<void>;
  /** Of these places, those that any run has used, each with at most `most` runs. */
  of(places: readonly DocumentPlace[], most: number): Promise<readonly UsedDocument[]>;
}
