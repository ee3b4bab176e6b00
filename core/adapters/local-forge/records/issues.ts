import { emit } from "../emit.ts";
import { invalid, notFound } from "../http-errors.ts";
import { commentJson, issueJson, labelsOf } from "../serializers/issues.ts";
import type { JsonObject } from "../serializers/people.ts";
import { pullJson } from "../serializers/pulls.ts";
import { labelJson } from "../serializers/repositories.ts";
import type { CommentRow, IssueRow, LabelRow, PullRow, RepositoryRow, UserRow } from "../state/rows.ts";
import { seconds, type World } from "../world.ts";

/** @throws HttpError 404 when the repository has no such issue (or pull request). */
export function issueByNumber(world: World, repository: RepositoryRow, number: number): IssueRow {
  const issue = world.db.get<IssueRow>("select * from issues where repository_id = ? and number = ?", repository.id, number);
  if (!issue) throw notFound();
  return issue;
}

export function issueById(world: World, id: number): IssueRow {
  const issue = world.db.get<IssueRow>("select * from issues where id = ?", id);
  if (!issue) throw notFound();
  return issue;
}

/** Takes the next number, shared by issues and pull requests. Belongs in a transaction. */
export function insertIssue(
  world: World,
  repository: RepositoryRow,
  author: UserRow,
  issue: { readonly title: string; readonly body: string | null; readonly isPull: boolean },
): IssueRow {
  const at = seconds(world);
  const last = world.db.get<{ n: number | null }>("select max(number) n from issues where repository_id = ?", repository.id)?.n ?? 0;
  const id = world.db.run(
    "insert into issues (repository_id, number, title, body, state, user_id, is_pull, created_at, updated_at) values (?, ?, ?, ?, 'open', ?, ?, ?, ?)",
    repository.id,
    last + 1,
    issue.title,
    issue.body,
    author.id,
    issue.isPull ? 1 : 0,
    at,
    at,
  );
  return issueById(world, id);
}

export function createIssue(
  world: World,
  repository: RepositoryRow,
  author: UserRow,
  issue: { readonly title: string; readonly body: string | null; readonly labels: readonly string[] },
): IssueRow {
  return world.db.transaction(() => {
    const created = insertIssue(world, repository, author, { title: issue.title, body: issue.body, isPull: false });
    const labels = issue.labels.map((name) => labelNamed(world, repository, name));
    for (const label of labels) attach(world, created, author, label);
    emit(world, repository, "issues", "opened", author, { issue: issueJson(world, repository, created) });
    for (const label of labels) emitLabel(world, repository, created, author, label, "labeled");
    return created;
  });
}

/** Says what happened to an issue, under the event name that fits: `issues` or `pull_request`. */
export function emitIssue(world: World, repository: RepositoryRow, issueId: number, actor: UserRow, action: string, extra: JsonObject = {}): void {
  const issue = issueById(world, issueId);
  if (!issue.is_pull) return emit(world, repository, "issues", action, actor, { issue: issueJson(world, repository, issue), ...extra });
  const pull = world.db.get<PullRow>("select * from pulls where issue_id = ?", issueId);
  if (pull)
    emit(world, repository, "pull_request", action, actor, { number: issue.number, pull_request: pullJson(world, repository, { issue, pull }), ...extra });
}

export function recordEvent(
  world: World,
  issueId: number,
  actor: UserRow,
  event: string,
  detail: { readonly label?: LabelRow; readonly reviewer?: number; readonly commit?: string } = {},
): void {
  world.db.run(
    "insert into issue_events (issue_id, actor_id, event, label_name, label_color, reviewer_id, commit_id, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
    issueId,
    actor.id,
    event,
    detail.label?.name ?? null,
    detail.label?.color ?? null,
    detail.reviewer ?? null,
    detail.commit ?? null,
    seconds(world),
  );
}

export function touch(world: World, issueId: number): void {
  world.db.run("update issues set updated_at = ? where id = ?", seconds(world), issueId);
}

export interface IssueChange {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
  readonly state?: "open" | "closed" | undefined;
  readonly stateReason?: string | null | undefined;
  readonly labels?: readonly string[] | undefined;
}

/** Edits title, body, state and label set; only what really changes is reported. */
export function editIssue(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, change: IssueChange): IssueRow {
  return world.db.transaction(() => {
    editText(world, repository, issue, actor, change);
    if (change.labels) setLabels(world, repository, issue, actor, change.labels);
    if (change.state && change.state !== issue.state) setState(world, repository, issue, actor, change.state, change.stateReason ?? null);
    return issueById(world, issue.id);
  });
}

function editText(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, change: IssueChange): void {
  const title = change.title ?? issue.title;
  const body = change.body === undefined ? issue.body : change.body;
  if (title === issue.title && body === issue.body) return;
  world.db.run("update issues set title = ?, body = ? where id = ?", title, body, issue.id);
  touch(world, issue.id);
  const changes = { ...(title === issue.title ? {} : { title: { from: issue.title } }), ...(body === issue.body ? {} : { body: { from: issue.body ?? "" } }) };
  emitIssue(world, repository, issue.id, actor, "edited", { changes });
}

/** Closes or reopens. Merging does its own closing (records/pulls.ts). */
export function setState(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, state: "open" | "closed", reason: string | null): void {
  const closed = state === "closed";
  const stateReason = issue.is_pull ? null : closed ? (reason ?? "completed") : "reopened";
  world.db.run(
    "update issues set state = ?, state_reason = ?, closed_at = ?, closed_by = ? where id = ?",
    state,
    stateReason,
    closed ? seconds(world) : null,
    closed ? actor.id : null,
    issue.id,
  );
  touch(world, issue.id);
  recordEvent(world, issue.id, actor, closed ? "closed" : "reopened");
  emitIssue(world, repository, issue.id, actor, closed ? "closed" : "reopened");
}

/** The label of that name, made on the spot when the repository has none, as GitHub does. */
export function labelNamed(world: World, repository: RepositoryRow, name: string): LabelRow {
  const existing = world.db.get<LabelRow>("select * from labels where repository_id = ? and name = ?", repository.id, name);
  if (existing) return existing;
  if (name.trim() === "") throw invalid("Label", "name", "invalid");
  const id = world.db.run("insert into labels (repository_id, name, color, description) values (?, ?, 'ededed', null)", repository.id, name);
  const label = world.db.get<LabelRow>("select * from labels where id = ?", id);
  if (!label) throw new Error("an inserted label is gone");
  return label;
}

function attach(world: World, issue: IssueRow, actor: UserRow, label: LabelRow): boolean {
  if (world.db.get("select 1 from issue_labels where issue_id = ? and label_id = ?", issue.id, label.id)) return false;
  world.db.run("insert into issue_labels (issue_id, label_id) values (?, ?)", issue.id, label.id);
  touch(world, issue.id);
  recordEvent(world, issue.id, actor, "labeled", { label });
  return true;
}

function emitLabel(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, label: LabelRow, action: "labeled" | "unlabeled"): void {
  emitIssue(world, repository, issue.id, actor, action, { label: labelJson(world, repository, label) });
}

export function addLabels(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, names: readonly string[]): LabelRow[] {
  return world.db.transaction(() => {
    for (const name of names) {
      const label = labelNamed(world, repository, name);
      if (attach(world, issue, actor, label)) emitLabel(world, repository, issue, actor, label, "labeled");
    }
    return labelsOf(world, issue.id);
  });
}

/** @returns false when the issue does not carry the label. */
export function removeLabel(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, name: string): boolean {
  return world.db.transaction(() => {
    const label = labelsOf(world, issue.id).find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (!label) return false;
    world.db.run("delete from issue_labels where issue_id = ? and label_id = ?", issue.id, label.id);
    touch(world, issue.id);
    recordEvent(world, issue.id, actor, "unlabeled", { label });
    emitLabel(world, repository, issue, actor, label, "unlabeled");
    return true;
  });
}

export function setLabels(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, names: readonly string[]): LabelRow[] {
  return world.db.transaction(() => {
    const wanted = new Set(names.map((name) => name.toLowerCase()));
    for (const label of labelsOf(world, issue.id)) if (!wanted.has(label.name.toLowerCase())) removeLabel(world, repository, issue, actor, label.name);
    return addLabels(world, repository, issue, actor, names);
  });
}

export function createComment(world: World, repository: RepositoryRow, issue: IssueRow, author: UserRow, body: string): CommentRow {
  return world.db.transaction(() => {
    const at = seconds(world);
    const id = world.db.run("insert into comments (issue_id, user_id, body, created_at, updated_at) values (?, ?, ?, ?, ?)", issue.id, author.id, body, at, at);
    touch(world, issue.id);
    const comment = { id, issue_id: issue.id, user_id: author.id, body, created_at: at, updated_at: at };
    emitComment(world, repository, issue, author, comment, "created");
    return comment;
  });
}

export function editComment(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, comment: CommentRow, body: string): CommentRow {
  if (body === comment.body) return comment;
  return world.db.transaction(() => {
    const edited = { ...comment, body, updated_at: seconds(world) };
    world.db.run("update comments set body = ?, updated_at = ? where id = ?", body, edited.updated_at, comment.id);
    touch(world, issue.id);
    emitComment(world, repository, issue, actor, edited, "edited", { changes: { body: { from: comment.body } } });
    return edited;
  });
}

export function deleteComment(world: World, repository: RepositoryRow, issue: IssueRow, actor: UserRow, comment: CommentRow): void {
  world.db.transaction(() => {
    world.db.run("delete from comments where id = ?", comment.id);
    touch(world, issue.id);
    emitComment(world, repository, issue, actor, comment, "deleted");
  });
}

function emitComment(
  world: World,
  repository: RepositoryRow,
  issue: IssueRow,
  actor: UserRow,
  comment: CommentRow,
  action: string,
  extra: JsonObject = {},
): void {
  const body = { issue: issueJson(world, repository, issueById(world, issue.id)), comment: commentJson(world, repository, issue, comment), ...extra };
  emit(world, repository, "issue_comment", action, actor, body);
}
