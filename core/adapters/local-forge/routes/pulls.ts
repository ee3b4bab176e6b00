import type { Hono } from "hono";
import { z } from "zod";
import { isAtLeast, permissionOf } from "../access.ts";
import { diffStats, readCommits } from "../git.ts";
import { HttpError, invalid, notFound } from "../http-errors.ts";
import { editIssue } from "../records/issues.ts";
import { changeBase, createPull, dropReviewers, isMergeable, mergePull, pullByNumber, pullOf, requestReviewers, setDraft } from "../records/pulls.ts";
import type { RefScanner } from "../refs.ts";
import { onPull, onRepository, paginated, paginatedRows, readBody, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { simpleUserById } from "../serializers/people.ts";
import { pullJson, reviewersOf, simplePullJson, type Pull } from "../serializers/pulls.ts";
import { commitJson, repositoryPage, repositoryUrl } from "../serializers/repositories.ts";
import type { IssueRow, RepositoryRow, UserRow } from "../state/rows.ts";
import { gitDirectory, ownerOf, userByLogin, type World } from "../world.ts";

const newPull = z.object({
  title: z.string().min(1),
  body: z.string().nullish(),
  head: z.string().min(1),
  base: z.string().min(1),
  draft: z.boolean().optional(),
});
const pullChange = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullable().optional(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().min(1).optional(),
  draft: z.boolean().optional(),
});
const merge = z
  .object({
    sha: z.string().optional(),
    merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
    commit_title: z.string().optional(),
    commit_message: z.string().optional(),
  })
  .nullable();
const reviewers = z.object({ reviewers: z.array(z.string()).default([]) });

/** Pull requests: open, read, change, merge, ask for reviews. */
export function pullRoutes(app: Hono<ForgeEnvironment>, world: World, scanner: RefScanner): void {
  app.get("/repos/:owner/:repo/pulls", (c) => listPulls(world, c));
  app.post("/repos/:owner/:repo/pulls", async (c) => {
    const { repository, user } = onRepository(world, c, "read");
    const body = await readBody(c, "PullRequest", newPull);
    const head = ownBranch(world, repository, body.head);
    const pull = await createPull(world, repository, user, { title: body.title, body: body.body ?? null, head, base: body.base, draft: body.draft ?? false });
    return c.json(pullJson(world, repository, pull), 201);
  });
  app.get("/repos/:owner/:repo/pulls/:number{[0-9]+}", async (c) => {
    const { repository, pull } = onPull(world, c, "read");
    return c.json(pullJson(world, repository, pull, await isMergeable(world, repository, pull)));
  });
  app.patch("/repos/:owner/:repo/pulls/:number{[0-9]+}", (c) => changePull(world, c));
  app.put("/repos/:owner/:repo/pulls/:number{[0-9]+}/merge", async (c) => {
    const { repository, user, pull } = onPull(world, c, "write");
    const body = await readBody(c, "PullRequest", merge);
    if (body?.merge_method === "rebase") throw new HttpError(405, "Rebase merges are not allowed on this repository.");
    const sha = await mergePull(world, repository, pull, user, {
      method: body?.merge_method ?? "merge",
      sha: body?.sha,
      title: body?.commit_title,
      message: body?.commit_message,
    });
    await scanner.scan(repository, user);
    return c.json({ sha, merged: true, message: "Pull Request successfully merged" });
  });
  app.get("/repos/:owner/:repo/pulls/:number{[0-9]+}/merge", (c) => {
    const { pull } = onPull(world, c, "read");
    if (pull.pull.merged_at === null) throw notFound();
    return c.body(null, 204);
  });
  contentRoutes(app, world);
  reviewerRoutes(app, world);
}

function listPulls(world: World, c: ForgeContext): Response {
  const { repository } = onRepository(world, c, "read");
  const where = ["i.repository_id = ?"];
  const values: (string | number)[] = [repository.id];
  const state = c.req.query("state") ?? "open";
  if (state !== "all") {
    where.push("i.state = ?");
    values.push(state);
  }
  const head = c.req.query("head");
  // Like GitHub, `head` without an owner filters nothing.
  if (head?.includes(":")) {
    where.push("p.head_ref = ? and ? = 1");
    values.push(head.slice(head.indexOf(":") + 1), head.slice(0, head.indexOf(":")).toLowerCase() === ownerOf(world, repository).login.toLowerCase() ? 1 : 0);
  }
  const base = c.req.query("base");
  if (base) {
    where.push("p.base_ref = ?");
    values.push(base);
  }
  const column = c.req.query("sort") === "updated" ? "updated_at" : "created_at";
  const direction = (c.req.query("direction") ?? "desc") === "asc" ? "asc" : "desc";
  const rows = paginatedRows<IssueRow>(
    world,
    c,
    `from issues i join pulls p on p.issue_id = i.id where ${where.join(" and ")}`,
    values,
    "i.*",
    `i.${column} ${direction}, i.number ${direction}`,
  );
  return c.json(rows.map((issue) => simplePullJson(world, repository, pullOf(world, issue))));
}

/** `branch` or `owner:branch` of this repository; forks do not exist here. */
function ownBranch(world: World, repository: RepositoryRow, head: string): string {
  const [owner, ...rest] = head.split(":");
  if (rest.length === 0) return head;
  if (owner?.toLowerCase() !== ownerOf(world, repository).login.toLowerCase()) throw invalid("PullRequest", "head", "invalid");
  return rest.join(":");
}

async function changePull(world: World, c: ForgeContext): Promise<Response> {
  const { repository, user, pull } = onPull(world, c, "read");
  const body = await readBody(c, "PullRequest", pullChange);
  if (pull.issue.user_id !== user.id && !isAtLeast(permissionOf(world, repository, user), "write"))
    throw new HttpError(403, "Must have write rights to Repository.");
  if (body.state === "open" && pull.pull.merged_at !== null)
    throw new HttpError(422, "Validation Failed", [
      { resource: "PullRequest", field: "state", code: "invalid", message: "state cannot be changed. The pull request was merged." },
    ]);
  if (body.base !== undefined && body.base !== pull.pull.base_ref) await changeBase(world, repository, pull, user, body.base);
  if (body.draft !== undefined && (pull.pull.draft === 1) !== body.draft) setDraft(world, repository, pull, user, body.draft);
  editIssue(world, repository, pull.issue, user, { title: body.title, body: body.body, state: body.state });
  return c.json(pullJson(world, repository, pullByNumber(world, repository, pull.issue.number)));
}

function contentRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/repos/:owner/:repo/pulls/:number{[0-9]+}/files", async (c) => {
    const { repository, pull } = onPull(world, c, "read");
    const { files } = await diffStats(gitDirectory(world, repository), pull.pull.base_sha, pull.pull.head_sha);
    const url = repositoryUrl(world, repository);
    const page = repositoryPage(world, repository);
    const sha = pull.pull.head_sha;
    const shown = paginated(world, c, files.length, ({ limit, offset }) => files.slice(offset, offset + limit));
    return c.json(
      shown.map((file) => ({
        sha: null,
        filename: file.path,
        status: file.status,
        additions: file.additions,
        deletions: file.deletions,
        changes: file.additions + file.deletions,
        blob_url: `${page}/blob/${sha}/${encodeURI(file.path)}`,
        raw_url: `${page}/raw/${sha}/${encodeURI(file.path)}`,
        contents_url: `${url}/contents/${encodeURI(file.path)}?ref=${sha}`,
      })),
    );
  });
  app.get("/repos/:owner/:repo/pulls/:number{[0-9]+}/commits", async (c) => {
    const { repository, pull } = onPull(world, c, "read");
    const commits = (await readCommits(gitDirectory(world, repository), `${pull.pull.base_sha}..${pull.pull.head_sha}`, 250)).toReversed();
    const shown = paginated(world, c, commits.length, ({ limit, offset }) => commits.slice(offset, offset + limit));
    return c.json(shown.map((commit) => commitJson(world, repository, commit)));
  });
}

function reviewerRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  const path = "/repos/:owner/:repo/pulls/:number{[0-9]+}/requested_reviewers";
  app.get(path, (c) => {
    const { pull } = onPull(world, c, "read");
    return c.json({ users: reviewersOf(world, pull.issue.id).map((id) => simpleUserById(world, id)), teams: [] });
  });
  app.post(path, async (c) => {
    const { repository, user, pull } = onPull(world, c, "write");
    const asked = await readReviewers(world, c, repository, pull);
    return c.json(simplePullJson(world, repository, requestReviewers(world, repository, pull, user, asked)), 201);
  });
  app.delete(path, async (c) => {
    const { repository, user, pull } = onPull(world, c, "write");
    const dropped = await readReviewers(world, c, repository, pull);
    return c.json(simplePullJson(world, repository, dropReviewers(world, repository, pull, user, dropped)));
  });
}

async function readReviewers(world: World, c: ForgeContext, repository: RepositoryRow, pull: Pull): Promise<UserRow[]> {
  const body = await readBody(c, "PullRequest", reviewers);
  return body.reviewers.map((login) => {
    const user = userByLogin(world, login);
    if (!user || permissionOf(world, repository, user) === "none")
      throw new HttpError(422, `Reviews may only be requested from collaborators. ${login} is not one.`);
    if (user.id === pull.issue.user_id) throw new HttpError(422, "Review cannot be requested from pull request author.");
    return user;
  });
}
