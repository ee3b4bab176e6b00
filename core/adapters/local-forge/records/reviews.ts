import { emit } from "../emit.ts";
import { hunkAt } from "../git.ts";
import { notFound, unprocessable } from "../http-errors.ts";
import { nodeId, type JsonObject } from "../serializers/people.ts";
import { reviewCommentJson, reviewJson, simplePullJson, type Pull } from "../serializers/pulls.ts";
import type { IssueRow, RepositoryRow, ReviewCommentRow, ReviewRow, ReviewThreadRow, UserRow } from "../state/rows.ts";
import { gitDirectory, seconds, type World } from "../world.ts";
import { issueById, touch } from "./issues.ts";
import { pullOf } from "./pulls.ts";

export interface DraftComment {
  readonly path: string;
  /** Line of the new file; absent for a comment on the whole file. */
  readonly line?: number | undefined;
  readonly body: string;
}

export interface NewReview {
  readonly event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT";
  readonly body: string;
  readonly comments: readonly DraftComment[];
}

const states = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

interface AnchoredComment extends DraftComment {
  readonly hunk: string;
}

/** Submits a review; each of its comments opens a thread. @throws HttpError 422 for a review of one's own work, an empty one, or a line outside the diff. */
export async function submitReview(world: World, repository: RepositoryRow, whole: Pull, author: UserRow, review: NewReview): Promise<ReviewRow> {
  if (review.event !== "COMMENT" && whole.issue.user_id === author.id) {
    throw unprocessable(`Can not ${review.event === "APPROVE" ? "approve" : "request changes on"} your own pull request`);
  }
  if (review.event !== "APPROVE" && review.body.trim() === "" && review.comments.length === 0) throw unprocessable("Body can not be blank");
  const anchored = await Promise.all(review.comments.map((comment) => anchor(world, repository, whole, comment)));
  return world.db.transaction(() => {
    const stored = insertReview(world, whole, author, states[review.event], review.body);
    const comments = anchored.map((comment) => openThread(world, whole, author, stored, comment));
    world.db.run("delete from requested_reviewers where issue_id = ? and user_id = ?", whole.issue.id, author.id);
    emitReview(world, repository, whole, author, stored, "submitted");
    for (const [thread, comment] of comments) emitReviewComment(world, repository, whole.issue, author, thread, comment);
    return stored;
  });
}

async function anchor(world: World, repository: RepositoryRow, { pull }: Pull, comment: DraftComment): Promise<AnchoredComment> {
  const hunk = await hunkAt(gitDirectory(world, repository), pull.base_sha, pull.head_sha, comment.path, comment.line);
  if (hunk === undefined) throw unprocessable("Line could not be resolved");
  return { ...comment, hunk: hunk.trimEnd() };
}

function insertReview(world: World, whole: Pull, author: UserRow, state: ReviewRow["state"], body: string): ReviewRow {
  const at = seconds(world);
  const id = world.db.run(
    "insert into reviews (issue_id, user_id, state, body, commit_id, submitted_at) values (?, ?, ?, ?, ?, ?)",
    whole.issue.id,
    author.id,
    state,
    body,
    whole.pull.head_sha,
    at,
  );
  touch(world, whole.issue.id);
  return { id, issue_id: whole.issue.id, user_id: author.id, state, body, commit_id: whole.pull.head_sha, submitted_at: at };
}

function openThread(world: World, whole: Pull, author: UserRow, review: ReviewRow, comment: AnchoredComment): [ReviewThreadRow, ReviewCommentRow] {
  const line = comment.line ?? null;
  const id = world.db.run("insert into review_threads (issue_id, path, line, side) values (?, ?, ?, 'RIGHT')", whole.issue.id, comment.path, line);
  const thread: ReviewThreadRow = { id, issue_id: whole.issue.id, path: comment.path, line, side: "RIGHT", resolved_by: null };
  return [thread, insertComment(world, thread, author, review, comment.body, comment.hunk, null)];
}

function insertComment(
  world: World,
  thread: ReviewThreadRow,
  author: UserRow,
  review: ReviewRow,
  body: string,
  hunk: string,
  replyTo: number | null,
): ReviewCommentRow {
  const at = seconds(world);
  const row = {
    thread_id: thread.id,
    review_id: review.id,
    user_id: author.id,
    body,
    diff_hunk: hunk,
    commit_id: review.commit_id,
    in_reply_to: replyTo,
    created_at: at,
    updated_at: at,
  };
  const id = world.db.run(
    "insert into review_comments (thread_id, review_id, user_id, body, diff_hunk, commit_id, in_reply_to, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    row.thread_id,
    row.review_id,
    row.user_id,
    row.body,
    row.diff_hunk,
    row.commit_id,
    row.in_reply_to,
    row.created_at,
    row.updated_at,
  );
  return { id, ...row };
}

/** A comment on a line outside a submitted review: GitHub wraps it in a review of its own. */
export async function commentOnLine(
  world: World,
  repository: RepositoryRow,
  whole: Pull,
  author: UserRow,
  draft: DraftComment,
): Promise<[ReviewThreadRow, ReviewCommentRow]> {
  const anchored = await anchor(world, repository, whole, draft);
  return world.db.transaction(() => {
    const review = insertReview(world, whole, author, "COMMENTED", "");
    const [thread, comment] = openThread(world, whole, author, review, anchored);
    emitReview(world, repository, whole, author, review, "submitted");
    emitReviewComment(world, repository, whole.issue, author, thread, comment);
    return [thread, comment];
  });
}

/** Answers in the thread that comment `commentId` belongs to. @throws HttpError 404 when the pull request has no such comment. */
export function reply(
  world: World,
  repository: RepositoryRow,
  whole: Pull,
  author: UserRow,
  commentId: number,
  body: string,
): [ReviewThreadRow, ReviewCommentRow] {
  const [thread, parent] = reviewComment(world, commentId);
  if (thread.issue_id !== whole.issue.id) throw notFound();
  return world.db.transaction(() => {
    const review = insertReview(world, whole, author, "COMMENTED", "");
    const comment = insertComment(world, thread, author, review, body, parent.diff_hunk, parent.in_reply_to ?? parent.id);
    emitReview(world, repository, whole, author, review, "submitted");
    emitReviewComment(world, repository, whole.issue, author, thread, comment);
    return [thread, comment];
  });
}

export function reviewComment(world: World, id: number): [ReviewThreadRow, ReviewCommentRow] {
  const comment = world.db.get<ReviewCommentRow>("select * from review_comments where id = ?", id);
  const thread = comment ? world.db.get<ReviewThreadRow>("select * from review_threads where id = ?", comment.thread_id) : undefined;
  if (!comment || !thread) throw notFound();
  return [thread, comment];
}

export function threadsOf(world: World, issueId: number): ReviewThreadRow[] {
  return world.db.all<ReviewThreadRow>("select * from review_threads where issue_id = ? order by id", issueId);
}

export function commentsOf(world: World, threadId: number): ReviewCommentRow[] {
  return world.db.all<ReviewCommentRow>("select * from review_comments where thread_id = ? order by id", threadId);
}

/** Resolves or reopens a thread; doing it twice changes nothing. */
export function setResolved(world: World, repository: RepositoryRow, thread: ReviewThreadRow, actor: UserRow, resolved: boolean): ReviewThreadRow {
  if ((thread.resolved_by !== null) === resolved) return thread;
  return world.db.transaction(() => {
    const changed = { ...thread, resolved_by: resolved ? actor.id : null };
    world.db.run("update review_threads set resolved_by = ? where id = ?", changed.resolved_by, thread.id);
    const whole = pullOf(world, issueById(world, thread.issue_id));
    const comments = commentsOf(world, thread.id).map((comment) => reviewCommentJson(world, repository, whole.issue, thread, comment));
    const body = { pull_request: simplePullJson(world, repository, whole), thread: { node_id: nodeId("PRRT", thread.id), comments }, updated_at: null };
    emit(world, repository, "pull_request_review_thread", resolved ? "resolved" : "unresolved", actor, body);
    return changed;
  });
}

/** Takes an approval or a change request back. @throws HttpError 422 when there is nothing to take back. */
export function dismiss(world: World, repository: RepositoryRow, whole: Pull, actor: UserRow, review: ReviewRow): ReviewRow {
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") throw unprocessable("Can not dismiss a commented or dismissed pull request review");
  return world.db.transaction(() => {
    world.db.run("update reviews set state = 'DISMISSED' where id = ?", review.id);
    touch(world, whole.issue.id);
    const dismissed: ReviewRow = { ...review, state: "DISMISSED" };
    emitReview(world, repository, whole, actor, dismissed, "dismissed");
    return dismissed;
  });
}

function emitReview(world: World, repository: RepositoryRow, whole: Pull, actor: UserRow, review: ReviewRow, action: string): void {
  const json = reviewJson(world, repository, whole.issue, review);
  const shown = { ...json, state: review.state.toLowerCase(), body: review.body === "" ? null : review.body };
  emit(world, repository, "pull_request_review", action, actor, { review: shown, pull_request: freshPull(world, repository, whole.issue) });
}

function emitReviewComment(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, thread: ReviewThreadRow, comment: ReviewCommentRow): void {
  const body = { comment: reviewCommentJson(world, repository, issue, thread, comment), pull_request: freshPull(world, repository, issue) };
  emit(world, repository, "pull_request_review_comment", "created", actor, body);
}

function freshPull(world: World, repository: RepositoryRow, issue: IssueRow): JsonObject {
  return simplePullJson(world, repository, pullOf(world, issueById(world, issue.id)));
}
