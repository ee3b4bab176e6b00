import type { Hono } from "hono";
import { z } from "zod";
import { resolveCommit } from "../git.ts";
import { HttpError, notFound } from "../http-errors.ts";
import { createStatus } from "../records/checks.ts";
import { onRepository, paginated, pathParameter, readBody, type ForgeEnvironment } from "../request.ts";
import { combinedStatusJson, statusJson } from "../serializers/checks.ts";
import type { StatusRow } from "../state/rows.ts";
import { gitDirectory, type World } from "../world.ts";

const newStatus = z.object({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  description: z.string().max(140).nullish(),
  context: z.string().min(1).default("default"),
});

/** Commit statuses: what CI says of a commit, in a word. */
export function statusRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.post("/repos/:owner/:repo/statuses/:sha", async (c) => {
    const { repository, user } = onRepository(world, c, "write");
    const { state, context, target_url, description } = await readBody(c, "Status", newStatus);
    const wanted = pathParameter(c, "sha");
    const sha = await resolveCommit(gitDirectory(world, repository), wanted);
    if (!sha) throw new HttpError(422, `No commit found for SHA: ${wanted}`);
    const stored = await createStatus(world, repository, user, { sha, state, context, target_url: target_url ?? null, description: description ?? null });
    return c.json(statusJson(world, repository, stored, { creator: true }), 201);
  });
  app.get("/repos/:owner/:repo/commits/:ref{.+}/status", async (c) => {
    const { repository } = onRepository(world, c, "read");
    const sha = await resolveCommit(gitDirectory(world, repository), pathParameter(c, "ref"));
    if (!sha) throw notFound();
    const newest = world.db.all<StatusRow>(
      "select * from statuses where id in (select max(id) from statuses where repository_id = ? and sha = ? group by context) order by id desc",
      repository.id,
      sha,
    );
    const page = paginated(world, c, newest.length, ({ limit, offset }) => newest.slice(offset, offset + limit));
    const whole = combinedStatusJson(
      world,
      repository,
      sha,
      newest.map(({ state }) => state),
    );
    return c.json({ ...whole, statuses: page.map((status) => statusJson(world, repository, status)) });
  });
}
