import type { BranchName, CommitSha, RepositoryName } from "../domain/kernel/values.ts";
import type { ChangedFile } from "./repository-mirror.ts";

/** The reason in git's report for a push that nobody refused: the forge could not be reached, and the same push may pass later. Git has no other word for it. */
export const forgeIsAway = "try again later";

/** What a commit says of itself; whoever made it chose every word. */
export interface PushedCommit {
  readonly sha: CommitSha;
  /** `Name <address>`. */
  readonly author: string;
  readonly committer: string;
  readonly message: string;
}

/** One ref that a push wants to change. */
export interface ProposedUpdate {
  /** The full name: `refs/heads/signalbox/…`. */
  readonly ref: string;
  /** Absent: the ref is to be created. */
  readonly before?: CommitSha | undefined;
  /** Absent: the ref is to be deleted. */
  readonly after?: CommitSha | undefined;
  /** `before` is not an ancestor of `after`. */
  readonly forced: boolean;
  /** Every path that any new commit touches, and every path in which the result differs from the base branch without having been accepted before. */
  readonly changes: readonly ChangedFile[];
  /** The commits that are on no branch of the forge yet; a repository mirror of a test may leave them out. */
  readonly commits?: readonly PushedCommit[] | undefined;
}

/** A push as it lies in quarantine: unpacked and checked for well-formedness, seen by nobody else. */
export interface ProposedPush {
  readonly repository: RepositoryName;
  readonly updates: readonly ProposedUpdate[];
}

export type PushVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; /** One line for git's report. */ readonly reason: string; /** Sentences for the pusher. */ readonly lines: readonly string[] };

/** Judges pushes before they reach the forge, and learns what became of them. */
export interface PushGuard {
  /** The branch whose commits are known to be somebody else's. */
  readonly base: BranchName;
  check(push: ProposedPush): Promise<PushVerdict>;
  /**
   * It is about to be sent to the forge. What is noted here lets it be found again if whoever sends it does not live to tell; the last moment to refuse it.
   */
  forwarding(push: ProposedPush): Promise<PushVerdict>;
  /** The forge took it. */
  accepted(push: ProposedPush): Promise<void>;
  /** It was refused, here or by the forge. */
  refused(push: ProposedPush, reason: string): Promise<void>;
}
