import type { Hono } from "hono";
import { z } from "zod";
import { isAtLeast, permissionOf } from "../access.ts";
import { HttpError, notFound } from "../http-errors.ts";
import { createComment, createIssue, deleteComment, editComment, editIssue, issueById, type IssueChange } from "../records/issues.ts";
import { idParameter, onIssue, onRepository, paginatedRows, readBody, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { commentJson, issueEventJson, issueJson, issueWithCloserJson } from "../serializers/issues.ts";
import type { CommentRow, IssueEventRow, IssueRow, RepositoryRow, UserRow } from "../state/rows.ts";
import { userByLogin, type World } from "../world.ts";

const labelNames = z.array(z.union([z.string(), z.object({ name: z.string() }).transform((label) => label.name)]));
const newIssue = z.object({ title: z.coerce.string().min(1), body: z.string().nullish(), labels: labelNames.optional() });
const issueChange = z.object({
  title: z.coerce.string().min(1).optional(),
  body: z.string().nullable().optional(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "duplicate", "reopened"]).nullable().optional(),
  labels: labelNames.optional(),
});
const commentBody = z.object({ body: z.string().min(1) });

/** Issues, their comments and their history. */
export function issueRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/repos/:owner/:repo/issues", (c) => listIssues(world, c));
  app.post("/repos/:owner/:repo/issues", async (c) => {
    const { repository, user } = onRepository(world, c, "read");
    const body = await readBody(c, "Issue", newIssue);
    // GitHub drops the labels of those who may not label, without a word.
    const labels = mayTriage(world, repository, user) ? (body.labels ?? []) : [];
    const issue = createIssue(world, repository, user, { title: body.title, body: body.body ?? null, labels });
    return c.json(issueWithCloserJson(world, repository, issueById(world, issue.id)), 201);
  });
  app.get("/repos/:owner/:repo/issues/:number{[0-9]+}", (c) => {
    const { repository, issue } = onIssue(world, c, "read");
    return c.json(issueWithCloserJson(world, repository, issue));
  });
  app.patch("/repos/:owner/:repo/issues/:number{[0-9]+}", async (c) => {
    const { repository, user, issue } = onIssue(world, c, "read");
    const body = await readBody(c, "Issue", issueChange);
    if (!mayTriage(world, repository, user) && issue.user_id !== user.id) throw new HttpError(403, "Must have triage rights to Repository.");
    const change: IssueChange = { title: body.title, body: body.body, state: body.state, stateReason: body.state_reason, labels: body.labels };
    return c.json(issueWithCloserJson(world, repository, editIssue(world, repository, issue, user, change)));
  });
  commentRoutes(app, world);
  historyRoutes(app, world);
}

function mayTriage(world: World, repository: RepositoryRow, user: UserRow): boolean {
  return isAtLeast(permissionOf(world, repository, user), "triage");
}

function listIssues(world: World, c: ForgeContext): Response {
  const { repository } = onRepository(world, c, "read");
  const state = c.req.query("state") ?? "open";
  const where = ["i.repository_id = ?"];
  const values: (string | number)[] = [repository.id];
  if (state !== "all") {
    where.push("i.state = ?");
    values.push(state);
  }
  const since = c.req.query("since");
  if (since) {
    where.push("i.updated_at >= ?");
    values.push(Math.floor(instantOf(since) / 1000) * 1000);
  }
  for (const label of (c.req.query("labels") ?? "").split(",").filter(Boolean)) {
    where.push("exists (select 1 from issue_labels il join labels l on l.id = il.label_id where il.issue_id = i.id and l.name = ?)");
    values.push(label);
  }
  const creator = c.req.query("creator");
  if (creator) {
    where.push("i.user_id = ?");
    values.push(userByLogin(world, creator)?.id ?? -1);
  }
  const column = c.req.query("sort") === "updated" ? "updated_at" : "created_at";
  const direction = c.req.query("direction") === "asc" ? "asc" : "desc";
  const rows = paginatedRows<IssueRow>(
    world,
    c,
    `from issues i where ${where.join(" and ")}`,
    values,
    "i.*",
    `i.${column} ${direction}, i.number ${direction}`,
  );
  return c.json(rows.map((issue) => issueJson(world, repository, issue)));
}

function instantOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new HttpError(422, "Validation Failed", [{ resource: "Issue", field: "since", code: "invalid" }]);
  return at;
}

function commentRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/repos/:owner/:repo/issues/:number{[0-9]+}/comments", (c) => {
    const { repository, issue } = onIssue(world, c, "read");
    const since = c.req.query("since");
    const values = since ? [issue.id, Math.floor(instantOf(since) / 1000) * 1000] : [issue.id];
    const rows = paginatedRows<CommentRow>(world, c, `from comments where issue_id = ?${since ? " and updated_at >= ?" : ""}`, values, "*", "id");
    return c.json(rows.map((comment) => commentJson(world, repository, issue, comment)));
  });
  app.post("/repos/:owner/:repo/issues/:number{[0-9]+}/comments", async (c) => {
    const { repository, user, issue } = onIssue(world, c, "read");
    const { body } = await readBody(c, "IssueComment", commentBody);
    return c.json(commentJson(world, repository, issue, createComment(world, repository, issue, user, body)), 201);
  });
  app.get("/repos/:owner/:repo/issues/comments/:id{[0-9]+}", (c) => {
    const { repository, issue, comment } = onComment(world, c);
    return c.json(commentJson(world, repository, issue, comment));
  });
  app.patch("/repos/:owner/:repo/issues/comments/:id{[0-9]+}", async (c) => {
    const { repository, user, issue, comment } = onComment(world, c);
    const { body } = await readBody(c, "IssueComment", commentBody);
    mustOwn(world, repository, user, comment);
    return c.json(commentJson(world, repository, issue, editComment(world, repository, issue, user, comment, body)));
  });
  app.delete("/repos/:owner/:repo/issues/comments/:id{[0-9]+}", (c) => {
    const { repository, user, issue, comment } = onComment(world, c);
    mustOwn(world, repository, user, comment);
    deleteComment(world, repository, issue, user, comment);
    return c.body(null, 204);
  });
}

function onComment(world: World, c: ForgeContext): { repository: RepositoryRow; user: UserRow; issue: IssueRow; comment: CommentRow } {
  const { repository, user } = onRepository(world, c, "read");
  const comment = world.db.get<CommentRow>(
    "select c.* from comments c join issues i on i.id = c.issue_id where c.id = ? and i.repository_id = ?",
    idParameter(c, "id"),
    repository.id,
  );
  if (!comment) throw notFound();
  return { repository, user, comment, issue: issueById(world, comment.issue_id) };
}

function mustOwn(world: World, repository: RepositoryRow, user: UserRow, comment: CommentRow): void {
  if (comment.user_id === user.id || isAtLeast(permissionOf(world, repository, user), "write")) return;
  throw new HttpError(403, "Must have write rights to Repository.");
}

function historyRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  for (const list of ["events", "timeline"] as const) {
    app.get(`/repos/:owner/:repo/issues/:number{[0-9]+}/${list}`, (c) => {
      const { repository, issue } = onIssue(world, c, "read");
      const rows = paginatedRows<IssueEventRow>(world, c, "from issue_events where issue_id = ?", [issue.id], "*", "id");
      return c.json(rows.map((event) => issueEventJson(world, repository, event)));
    });
  }
}
