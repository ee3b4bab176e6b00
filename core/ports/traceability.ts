import type { RepositoryName } from "../domain/kernel/values.ts";
import type { StageName } from "../domain/stage/stage.ts";

/** A pull request that runs have worked on. */
export interface TracedPull {
  readonly pull: number;
  /** Whose runs these were, ascending. */
  readonly issues: readonly number[];
  /** Stages of these runs. */
  readonly stages: readonly StageName[];
  /** Those of the stages that were approved. */
  readonly approved: readonly StageName[];
  /** As last read from the forge; absent when it never was. */
  readonly isOpen?: boolean | undefined;
  /** Places of the indexed documents that its runs have written or linked with it, or that name it in their front matter, in order. */
  readonly documents: readonly string[];
}

/** The section of an approved release plan that says what is released. */
export interface ReleaseSection {
  /** Where the plan lies. */
  readonly path: string;
  readonly text: string;
}

/** What ties the issues of a repository to pull requests and releases, as one transaction of the store sees it. Each is one query, however many issues there are. */
export interface TraceabilityTable {
  /** Ascending. A link or a document does not make a pull request: a run does. */
  pulls(repository: RepositoryName): Promise<readonly TracedPull[]>;
  /** Of each indexed release plan that is approved, the beginning of its section of this name; ordered by path. Plans without that section are left out. */
  releaseSections(repository: RepositoryName, section: string): Promise<readonly ReleaseSection[]>;
}
