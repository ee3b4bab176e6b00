import { associationOf } from "../access.ts";
import type { IssueRow, PullRow, RepositoryRow, ReviewCommentRow, ReviewRow, ReviewThreadRow } from "../state/rows.ts";
import { ownerOf, type World } from "../world.ts";
import { commentCount, labelsOf, noReactions } from "./issues.ts";
import { nodeId, optionalTimestamp, simpleUser, simpleUserById, timestamp, type JsonObject } from "./people.ts";
import { labelJson, repositoryJson, repositoryPage, repositoryUrl } from "./repositories.ts";

/** The two rows of a pull request. */
export interface Pull {
  readonly issue: IssueRow;
  readonly pull: PullRow;
}

export function reviewersOf(world: World, issueId: number): number[] {
  return world.db.all<{ user_id: number }>("select user_id from requested_reviewers where issue_id = ? order by rowid", issueId).map((row) => row.user_id);
}

/** `pull-request-simple`: what lists and review payloads carry. */
export function simplePullJson(world: World, repository: RepositoryRow, { issue, pull }: Pull): JsonObject {
  const url = `${repositoryUrl(world, repository)}/pulls/${issue.number}`;
  const issueUrl = `${repositoryUrl(world, repository)}/issues/${issue.number}`;
  const page = `${repositoryPage(world, repository)}/pull/${issue.number}`;
  const links = {
    html: page,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repositoryUrl(world, repository)}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repositoryUrl(world, repository)}/statuses/${pull.head_sha}`,
  };
  return {
    url,
    id: issue.id,
    node_id: nodeId("PR", issue.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    number: issue.number,
    state: issue.state,
    locked: false,
    active_lock_reason: null,
    title: issue.title,
    user: simpleUserById(world, issue.user_id),
    body: issue.body,
    labels: labelsOf(world, issue.id).map((label) => labelJson(world, repository, label)),
    milestone: null,
    created_at: timestamp(issue.created_at),
    updated_at: timestamp(issue.updated_at),
    closed_at: optionalTimestamp(issue.closed_at),
    merged_at: optionalTimestamp(pull.merged_at),
    merge_commit_sha: pull.merge_commit_sha,
    assignee: null,
    assignees: [],
    requested_reviewers: reviewersOf(world, issue.id).map((id) => simpleUserById(world, id)),
    requested_teams: [],
    head: sideJson(world, repository, pull.head_ref, pull.head_sha),
    base: sideJson(world, repository, pull.base_ref, pull.base_sha),
    _links: Object.fromEntries(Object.entries({ self: url, ...links }).map(([name, href]) => [name, { href }])),
    author_association: associationOf(world, repository, issue.user_id),
    auto_merge: null,
    draft: pull.draft === 1,
  };
}

function sideJson(world: World, repository: RepositoryRow, ref: string, sha: string): JsonObject {
  const owner = ownerOf(world, repository);
  const settings = {
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: false,
    allow_auto_merge: false,
    allow_update_branch: false,
    delete_branch_on_merge: false,
  };
  return { label: `${owner.login}:${ref}`, ref, sha, user: simpleUser(world, owner), repo: { ...repositoryJson(world, repository), ...settings } };
}

/** `pull-request`. `mergeable` is null where nobody has tried the merge yet, as in GitHub's webhooks. */
export function pullJson(world: World, repository: RepositoryRow, whole: Pull, mergeable: boolean | null = null): JsonObject {
  const { issue, pull } = whole;
  const reviewComments =
    world.db.get<{ n: number }>("select count(*) n from review_comments c join review_threads t on t.id = c.thread_id where t.issue_id = ?", issue.id)?.n ?? 0;
  return {
    ...simplePullJson(world, repository, whole),
    merged: pull.merged_at !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? "unknown" : mergeable ? (pull.draft ? "draft" : "clean") : "dirty",
    merged_by: pull.merged_by === null ? null : simpleUserById(world, pull.merged_by),
    comments: commentCount(world, issue.id),
    review_comments: reviewComments,
    maintainer_can_modify: false,
    commits: pull.commits,
    additions: pull.additions,
    deletions: pull.deletions,
    changed_files: pull.changed_files,
  };
}

/** `pull-request-review`. Webhooks write the state in lower case. */
export function reviewJson(world: World, repository: RepositoryRow, issue: IssueRow, review: ReviewRow): JsonObject {
  const pullUrl = `${repositoryUrl(world, repository)}/pulls/${issue.number}`;
  const page = `${repositoryPage(world, repository)}/pull/${issue.number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: simpleUserById(world, review.user_id),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: pullUrl,
    author_association: associationOf(world, repository, review.user_id),
    _links: { html: { href: page }, pull_request: { href: pullUrl } },
    ...(review.submitted_at === null ? {} : { submitted_at: timestamp(review.submitted_at) }),
    commit_id: review.commit_id,
  };
}

/** `pull-request-review-comment`. */
export function reviewCommentJson(world: World, repository: RepositoryRow, issue: IssueRow, thread: ReviewThreadRow, comment: ReviewCommentRow): JsonObject {
  const url = `${repositoryUrl(world, repository)}/pulls/comments/${comment.id}`;
  const pullUrl = `${repositoryUrl(world, repository)}/pulls/${issue.number}`;
  const page = `${repositoryPage(world, repository)}/pull/${issue.number}#discussion_r${comment.id}`;
  const position = Math.max(1, comment.diff_hunk.split("\n").length - 1);
  return {
    url,
    pull_request_review_id: comment.review_id,
    id: comment.id,
    node_id: nodeId("PRRC", comment.id),
    diff_hunk: comment.diff_hunk,
    path: thread.path,
    position,
    original_position: position,
    commit_id: comment.commit_id,
    original_commit_id: comment.commit_id,
    ...(comment.in_reply_to === null ? {} : { in_reply_to_id: comment.in_reply_to }),
    user: simpleUserById(world, comment.user_id),
    body: comment.body,
    created_at: timestamp(comment.created_at),
    updated_at: timestamp(comment.updated_at),
    html_url: page,
    pull_request_url: pullUrl,
    author_association: associationOf(world, repository, comment.user_id),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pullUrl } },
    reactions: noReactions(url),
    start_line: null,
    original_start_line: null,
    start_side: null,
    ...(thread.line === null ? {} : { line: thread.line, original_line: thread.line }),
    side: thread.side,
    subject_type: thread.line === null ? "file" : "line",
  };
}
