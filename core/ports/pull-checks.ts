import type { CheckSummary } from "../domain/check/check.ts";
import type { CommitSha, Instant, RepositoryName } from "../domain/kernel/values.ts";

/** What is known of the checks of a run's pull request. */
export interface PullChecks {
  readonly repository: RepositoryName;
  readonly pull: number;
  /** Rises with everything that is stored. */
  readonly version: number;
  readonly isOpen: boolean;
  /** The head that was read; absent when none was, or it has moved since. */
  readonly head?: CommitSha | undefined;
  /** Of the head's checks; absent when they are not known. */
  readonly summary?: CheckSummary | undefined;
  /** When the forge was asked; 0 when it never was. */
  readonly readAt: Instant;
}

/** The checks of pull requests, as one transaction of the store sees them. */
export interface PullChecksTable {
  /** From now on there is a row of this pull request. One that is there is left as it is. */
  follow(repository: RepositoryName, pull: number): Promise<void>;
  get(repository: RepositoryName, pull: number): Promise<PullChecks | undefined>;
  /** Stores a reading that began when the row had this `version`. False when something else was stored since: then what was read may be older than what is there. */
  save(checks: PullChecks): Promise<boolean>;
  /** The head is this one now: what was read of another is dropped, and the pull request is due. */
  moved(repository: RepositoryName, pull: number, head: CommitSha): Promise<void>;
  /** Of these, those of which at least one check is known. */
  of(pulls: readonly { readonly repository: RepositoryName; readonly pull: number }[]): Promise<readonly PullChecks[]>;
  /** Pull requests with a row that may have this commit as their head: it was read so, a run's branch is among `branches`, or it is among `pulls`. The newest few. */
  pullsAt(
    repository: RepositoryName,
    commit: { readonly sha: string; readonly branches: readonly string[]; readonly pulls: readonly number[] },
  ): Promise<readonly number[]>;
  /** Open ones that were last read at or before `running` where a check was running then, and at or before `others` otherwise; the oldest first. */
  due(repository: RepositoryName, when: { readonly running: Instant; readonly others: Instant; readonly limit: number }): Promise<readonly number[]>;
}
