import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { BranchName, CommitSha, Instant } from "../../domain/kernel/values.ts";
import type { ForgeComment, ForgeDelivery, ForgeIssue, ForgePull, ForgeReview } from "../../ports/forge.ts";

type Data<Group extends keyof RestEndpointMethodTypes, Method extends keyof RestEndpointMethodTypes[Group]> = RestEndpointMethodTypes[Group][Method] extends {
  response: { data: infer D };
}
  ? D
  : never;

export type IssueData = Data<"issues", "get">;
export type ListedPullData = Data<"pulls", "list">[number];
export type ReviewData = Data<"pulls", "getReview">;
export type DeliveryData = Data<"repos", "listWebhookDeliveries">[number];

/** GitHub's ghost: what it shows for a deleted account. */
const ghost = "ghost";

export function toInstant(text: string): Instant {
  return Date.parse(text) as Instant;
}

export function toIssue(issue: IssueData): ForgeIssue {
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    state: issue.state === "closed" ? "closed" : "open",
    author: issue.user?.login ?? ghost,
    labels: labelNames(issue.labels),
    updatedAt: toInstant(issue.updated_at),
    url: issue.html_url,
    isPull: issue.pull_request !== undefined,
    ...family(issue),
  };
}

type Family = Pick<IssueData, "number" | "repository_url" | "parent_issue_url" | "sub_issues_summary">;

/** Its parent, where that is another issue of the same repository, and how many issues it is the parent of. */
function family({ number, repository_url: repository, parent_issue_url: url, sub_issues_summary: summary }: Family): Pick<ForgeIssue, "parent" | "subIssues"> {
  const [, place, digits] = /^(?<place>.+)\/issues\/(?<digits>[1-9]\d*)$/u.exec(url ?? "") ?? [];
  const parent = place?.toLowerCase() === repository.toLowerCase() ? Number(digits) : undefined;
  const subIssues = summary?.total ?? 0;
  return {
    ...(parent !== undefined && Number.isSafeInteger(parent) && parent !== number ? { parent } : {}),
    ...(subIssues > 0 ? { subIssues } : {}),
  };
}

/** Names of labels, which GitHub gives as strings or as objects. */
export function labelNames(labels: readonly (string | { readonly name?: string | null })[]): readonly string[] {
  return labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))).filter((name) => name !== "");
}

export function toPull(
  pull: Omit<ListedPullData, "requested_teams" | "user" | "labels" | "head" | "base"> & {
    readonly labels: readonly { readonly name?: string }[];
    readonly head: { readonly ref: string; readonly sha: string };
    readonly base: { readonly ref: string };
  },
): ForgePull {
  return {
    number: pull.number,
    title: pull.title,
    body: pull.body ?? "",
    state: pull.merged_at !== null ? "merged" : pull.state === "closed" ? "closed" : "open",
    head: pull.head.ref as BranchName,
    headSha: pull.head.sha as CommitSha,
    base: pull.base.ref as BranchName,
    labels: labelNames(pull.labels),
    draft: pull.draft ?? false,
    url: pull.html_url,
  };
}

export function toComment(comment: {
  readonly id: number;
  readonly user: { readonly login: string } | null;
  readonly body?: string;
  readonly created_at: string;
}): ForgeComment {
  return { id: comment.id, author: comment.user?.login ?? ghost, body: comment.body ?? "", createdAt: toInstant(comment.created_at) };
}

const reviewStates: Readonly<Record<string, ForgeReview["state"]>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes_requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
  PENDING: "pending",
};

export function toReview(review: ReviewData): ForgeReview {
  return {
    id: review.id,
    author: review.user?.login ?? ghost,
    state: reviewStates[review.state] ?? "commented",
    body: review.body,
    submittedAt: review.submitted_at ? toInstant(review.submitted_at) : undefined,
  };
}

export function toDelivery(delivery: DeliveryData): ForgeDelivery {
  return {
    attemptId: delivery.id,
    guid: delivery.guid,
    event: delivery.event,
    deliveredAt: toInstant(delivery.delivered_at),
    ok: delivery.status_code >= 200 && delivery.status_code < 300,
    redelivery: delivery.redelivery,
  };
}
