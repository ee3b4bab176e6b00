import type { CommitSha, RepositoryName } from "../../domain/kernel/values.ts";
import type { Forge } from "../../ports/forge.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { split, type GitHubClient, type GitHubConnection } from "./client.ts";
import { statusOf } from "./issues.ts";
import { toComment, toPull, toReview } from "./mapping.ts";
import { readThreads } from "./review-threads.ts";

const perPage = 100;

export type MergeMethod = "merge" | "squash";

type PullMembers = Pick<
  Forge,
  "pull" | "openPullFrom" | "createPull" | "closePull" | "mergePull" | "requestReview" | "reviews" | "createReview" | "reviewThreads" | "replyToThread"
>;

/** Pull requests and reviews. Errors are Octokit's own here; github-forge.ts translates them. */
export function pullMembers(connection: GitHubConnection, mergeMethod: MergeMethod): PullMembers {
  return {
    async pull(repository, number) {
      const client = await connection.client(repository);
      return toPull((await client.rest.pulls.get({ ...split(repository), pull_number: number })).data);
    },
    async openPullFrom(repository, head) {
      const client = await connection.client(repository);
      const { owner } = split(repository);
      const found = (await client.rest.pulls.list({ ...split(repository), state: "open", head: `${owner}:${head}`, per_page: 1 })).data[0];
      return found && toPull(found);
    },
    async createPull(repository, pull) {
      const client = await connection.client(repository);
      return toPull((await client.rest.pulls.create({ ...split(repository), ...pull })).data);
    },
    async closePull(repository, number) {
      const client = await connection.client(repository);
      await client.rest.pulls.update({ ...split(repository), pull_number: number, state: "closed" });
    },
    mergePull: async (repository, number, head, message) => mergePull(await connection.client(repository), repository, { number, head, message, mergeMethod }),
    async requestReview(repository, number, reviewers) {
      if (reviewers.length === 0) return;
      const client = await connection.client(repository);
      await client.rest.pulls.requestReviewers({ ...split(repository), pull_number: number, reviewers: [...reviewers] });
    },
    ...reviewMembers(connection),
  };
}

function reviewMembers(connection: GitHubConnection): Pick<PullMembers, "reviews" | "createReview" | "reviewThreads" | "replyToThread"> {
  return {
    async reviews(repository, number) {
      const client = await connection.client(repository);
      return (await client.paginate(client.rest.pulls.listReviews, { ...split(repository), pull_number: number, per_page: perPage })).map(toReview);
    },
    async createReview(repository, number, review) {
      const client = await connection.client(repository);
      const comments = review.comments?.map((comment) => ({ ...comment, side: "RIGHT" }));
      const request = { ...split(repository), pull_number: number, event: review.event, body: review.body, ...(comments ? { comments } : {}) };
      return toReview((await client.rest.pulls.createReview(request)).data);
    },
    reviewThreads: async (repository, number) => readThreads(await connection.client(repository), repository, number),
    async replyToThread(repository, pull, commentId, body) {
      const client = await connection.client(repository);
      return toComment((await client.rest.pulls.createReplyForReviewComment({ ...split(repository), pull_number: pull, comment_id: commentId, body })).data);
    },
  };
}

interface Merge {
  readonly number: number;
  readonly head: CommitSha;
  readonly message: string;
  readonly mergeMethod: MergeMethod;
}

/** Merges at `head`, or finds that this very merge has happened before: an effect whose first answer got lost may be repeated. */
async function mergePull(client: GitHubClient, repository: RepositoryName, merge: Merge): Promise<{ readonly sha: CommitSha }> {
  const before = await mergedAt(client, repository, merge);
  if (before) return { sha: before };
  const [title = "", ...rest] = merge.message.split("\n");
  const request = {
    ...split(repository),
    pull_number: merge.number,
    sha: merge.head,
    merge_method: merge.mergeMethod,
    ...(title.trim() === "" ? {} : { commit_title: title, commit_message: rest.join("\n").trim() }),
  };
  try {
    return { sha: (await client.rest.pulls.merge(request)).data.sha as CommitSha };
  } catch (error) {
    // 405: not mergeable, or somebody merged it in between; then the merge at this head is what was asked for.
    const since = statusOf(error) === 405 ? await mergedAt(client, repository, merge) : undefined;
    if (since) return { sha: since };
    if (statusOf(error) === 405) await assertMergeable(client, repository, merge, error);
    throw error;
  }
}

/** Asked again, a pull request in conflict stays in conflict; while the forge still computes (`mergeable: null`) it may yet be merged. */
async function assertMergeable(client: GitHubClient, repository: RepositoryName, merge: Merge, cause: unknown): Promise<void> {
  const { data } = await client.rest.pulls.get({ ...split(repository), pull_number: merge.number });
  if (data.mergeable !== false) return;
  throw new InfrastructureError("conflict", `pull request ${repository}#${merge.number} is in conflict with ${data.base.ref}`, {
    cause,
    retryable: false,
    remedy: `Bring its branch up to date with ${data.base.ref} and decide again.`,
  });
}

/** The merge commit, when the pull request was merged at exactly the wanted head. @throws InfrastructureError `conflict` when it was merged or closed at another. */
async function mergedAt(client: GitHubClient, repository: RepositoryName, merge: Merge): Promise<CommitSha | undefined> {
  const { data } = await client.rest.pulls.get({ ...split(repository), pull_number: merge.number });
  if (!data.merged) return undefined;
  if (data.head.sha !== merge.head || !data.merge_commit_sha) {
    throw new InfrastructureError("conflict", `pull request ${repository}#${merge.number} was merged at ${data.head.sha}, not at ${merge.head}`, {
      retryable: false,
      remedy: "Look at the merged pull request and decide again.",
    });
  }
  return data.merge_commit_sha as CommitSha;
}
