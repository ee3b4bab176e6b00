import type { Check } from "../domain/check/check.ts";
import type { Permission } from "../domain/kernel/permission.ts";
import type { BranchName, CommitSha, Instant, RepositoryName } from "../domain/kernel/values.ts";

export interface ForgeIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly author: string;
  readonly labels: readonly string[];
  readonly updatedAt: Instant;
  readonly url: string;
  /** True where the forge's issue is a pull request. */
  readonly isPull: boolean;
  /** The issue of the same repository that it is a sub-issue of. */
  readonly parent?: number | undefined;
  /** How many sub-issues it has, open or closed; absent where it has none. */
  readonly subIssues?: number | undefined;
}

export interface ForgePull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed" | "merged";
  readonly head: BranchName;
  readonly headSha: CommitSha;
  readonly base: BranchName;
  readonly labels: readonly string[];
  readonly draft: boolean;
  readonly url: string;
}

export interface ForgeComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: Instant;
}

export interface ForgeReview {
  readonly id: number;
  readonly author: string;
  readonly state: "approved" | "changes_requested" | "commented" | "dismissed" | "pending";
  readonly body: string;
  readonly submittedAt?: Instant | undefined;
}

/** One thread of review comments on a pull request. */
export interface ReviewThread {
  /** The forge's opaque thread id (GitHub: GraphQL node id). */
  readonly id: string;
  readonly resolved: boolean;
  readonly path: string;
  readonly line?: number | undefined;
  /** First comment first; `id` is the REST comment id that a reply goes to. */
  readonly comments: readonly ForgeComment[];
}

/** One delivery as the forge remembers it, for the reconciler. */
export interface ForgeDelivery {
  /** The forge's own number for this attempt; what `redeliver` takes. */
  readonly attemptId: number;
  /** The GUID of `X-GitHub-Delivery`; the same for a redelivery. */
  readonly guid: string;
  readonly event: string;
  readonly deliveredAt: Instant;
  readonly ok: boolean;
  readonly redelivery: boolean;
}

/** A label that was put on or taken off an issue, from the forge's own timeline. */
export interface LabelEvent {
  readonly issue: number;
  readonly label: string;
  readonly action: "labeled" | "unlabeled";
  readonly actor: string;
  readonly at: Instant;
}

/** An annotated tag. `name` without `refs/tags/`. */
export interface ForgeTag {
  readonly name: string;
  readonly message: string;
}

/**
 * The code forge, seen by one identity (the bot's or the owner's). All calls throw `InfrastructureError`: `not-found`, `unauthorised`, `rate-limited`
 * (with `retryAfter`), `unavailable`, `conflict`. Reads may come from an ETag cache but are always revalidated. Writes that set (labels, comment edits) are idempotent.
 */
export interface Forge {
  /** Login of the identity behind this forge's credential. */
  identity(): Promise<string>;
  repository(repository: RepositoryName): Promise<{ readonly defaultBranch: BranchName; readonly private: boolean }>;
  /** Repository and organisation variables by name; label names come from here. */
  variables(repository: RepositoryName): Promise<ReadonlyMap<string, string>>;
  /** Logins' effective permission on the repository. */
  permission(repository: RepositoryName, login: string): Promise<Permission>;
  /** Everybody who was given a right on the repository, directly or by a team or an organisation, all pages. @throws `unauthorised` for a credential that may not write itself. */
  collaborators(repository: RepositoryName): Promise<readonly { readonly login: string; readonly permission: Permission }[]>;

  issue(repository: RepositoryName, number: number): Promise<ForgeIssue>;
  /** Open issues (not pull requests) that changed at or after `since`, oldest change first, all pages. With `all`, also those that are closed. */
  issuesSince(repository: RepositoryName, since: Instant, which?: "open" | "all"): Promise<readonly ForgeIssue[]>;
  createIssue(repository: RepositoryName, issue: { readonly title: string; readonly body: string; readonly labels?: readonly string[] }): Promise<ForgeIssue>;
  closeIssue(repository: RepositoryName, number: number): Promise<void>;
  comments(repository: RepositoryName, issue: number): Promise<readonly ForgeComment[]>;
  createComment(repository: RepositoryName, issue: number, body: string): Promise<ForgeComment>;
  updateComment(repository: RepositoryName, commentId: number, body: string): Promise<ForgeComment>;

  /** Names of the labels that the repository has, in its spelling, all pages. */
  labels(repository: RepositoryName): Promise<readonly string[]>;
  /** Makes sure that labels exist in the repository; the present ones are left as they are. */
  ensureLabels(repository: RepositoryName, labels: readonly { readonly name: string; readonly color: string; readonly description: string }[]): Promise<void>;
  /** Adds labels to an issue or pull request; those already there are left alone. Returns the resulting set. */
  addLabels(repository: RepositoryName, number: number, labels: readonly string[]): Promise<readonly string[]>;
  /** Removes one label; one that is not there is no error. Returns the resulting set. */
  removeLabel(repository: RepositoryName, number: number, label: string): Promise<readonly string[]>;
  /** Label changes of one issue since `since`, oldest first. */
  labelEvents(repository: RepositoryName, issue: number, since: Instant): Promise<readonly LabelEvent[]>;

  pull(repository: RepositoryName, number: number): Promise<ForgePull>;
  /** The open pull request from `head`, if there is one. */
  openPullFrom(repository: RepositoryName, head: BranchName): Promise<ForgePull | undefined>;
  createPull(
    repository: RepositoryName,
    pull: { readonly title: string; readonly body: string; readonly head: BranchName; readonly base: BranchName; readonly draft?: boolean },
  ): Promise<ForgePull>;
  closePull(repository: RepositoryName, number: number): Promise<void>;
  /** Merges at exactly `head`; throws `conflict` when the head moved or it cannot be merged. Already merged at this head: returns its commit. */
  mergePull(repository: RepositoryName, number: number, head: CommitSha, message: string): Promise<{ readonly sha: CommitSha }>;
  /**
   * What CI says of a commit: check runs and commit statuses, all pages, of each reporter's attempts under one name the latest. Two reporters may use one name, which is then there twice.
   * Undefined: not known, because the credential may not read all of it, or there is no such commit. What can be read of half of it is not told: it would look as if it were all.
   */
  checks(repository: RepositoryName, commit: CommitSha): Promise<readonly Check[] | undefined>;
  requestReview(repository: RepositoryName, number: number, reviewers: readonly string[]): Promise<void>;
  reviews(repository: RepositoryName, number: number): Promise<readonly ForgeReview[]>;
  createReview(
    repository: RepositoryName,
    number: number,
    review: {
      readonly event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT";
      readonly body: string;
      readonly comments?: readonly { readonly path: string; readonly line: number; readonly body: string }[];
    },
  ): Promise<ForgeReview>;
  reviewThreads(repository: RepositoryName, number: number): Promise<readonly ReviewThread[]>;
  replyToThread(repository: RepositoryName, pull: number, commentId: number, body: string): Promise<ForgeComment>;

  /** Makes sure that exactly one hook of ours points at `url` with `events`; returns its id. */
  ensureHook(repository: RepositoryName, hook: { readonly url: string; readonly secret: string; readonly events: readonly string[] }): Promise<number>;
  /** Deliveries of a hook since `since`, newest attempt first, all pages (GitHub keeps 3 days). */
  deliveries(repository: RepositoryName, hookId: number, since: Instant): Promise<readonly ForgeDelivery[]>;
  redeliver(repository: RepositoryName, hookId: number, attemptId: number): Promise<void>;

  /** Makes an annotated tag of this name on the newest commit of a branch. A tag of that name that is there is left alone, whatever it says: read it. */
  createTag(repository: RepositoryName, tag: { readonly name: string; readonly branch: BranchName; readonly message: string }): Promise<void>;
  /** Tags whose names begin with `prefix`, with the messages of annotated ones; the others have an empty one. */
  tags(repository: RepositoryName, prefix: string): Promise<readonly ForgeTag[]>;

  /** Address and credential for git over HTTP. Never leaves the server part. */
  gitRemote(repository: RepositoryName): Promise<{ readonly url: string; readonly authorization: string }>;
}
