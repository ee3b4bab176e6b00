import type { Hono } from "hono";
import { z } from "zod";
import { emit } from "../emit.ts";
import { HttpError, invalid, notFound } from "../http-errors.ts";
import { addLabels, removeLabel, setLabels } from "../records/issues.ts";
import { onIssue, onRepository, paginatedRows, pathParameter, readBody, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { labelsOf } from "../serializers/issues.ts";
import { labelJson } from "../serializers/repositories.ts";
import type { LabelRow, RepositoryRow } from "../state/rows.ts";
import type { World } from "../world.ts";

const color = z.string().regex(/^[0-9a-fA-F]{6}$/);
const newLabel = z.object({ name: z.string().min(1).max(50), color: color.optional(), description: z.string().max(100).nullish() });
const labelChange = z.object({ new_name: z.string().min(1).max(50).optional(), color: color.optional(), description: z.string().max(100).nullish() });
const labelList = z.union([
  z.array(z.string()),
  z
    .object({ labels: z.array(z.union([z.string(), z.object({ name: z.string() }).transform((label) => label.name)])).default([]) })
    .transform((body) => body.labels),
]);

/** Labels of a repository and labels on issues and pull requests. */
export function labelRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/repos/:owner/:repo/labels", (c) => {
    const { repository } = onRepository(world, c, "read");
    const rows = paginatedRows<LabelRow>(world, c, "from labels where repository_id = ?", [repository.id], "*", "name");
    return c.json(rows.map((label) => labelJson(world, repository, label)));
  });
  app.post("/repos/:owner/:repo/labels", (c) => createLabel(world, c));
  app.get("/repos/:owner/:repo/labels/:name", (c) => {
    const { repository } = onRepository(world, c, "read");
    return c.json(labelJson(world, repository, existing(world, repository, pathParameter(c, "name"))));
  });
  app.patch("/repos/:owner/:repo/labels/:name", (c) => changeLabel(world, c));
  app.delete("/repos/:owner/:repo/labels/:name", (c) => {
    const { repository, user } = onRepository(world, c, "write");
    const label = existing(world, repository, pathParameter(c, "name"));
    world.db.transaction(() => {
      world.db.run("delete from issue_labels where label_id = ?", label.id);
      world.db.run("delete from labels where id = ?", label.id);
      emit(world, repository, "label", "deleted", user, { label: labelJson(world, repository, label) });
    });
    return c.body(null, 204);
  });
  issueLabelRoutes(app, world);
}

function existing(world: World, repository: RepositoryRow, name: string): LabelRow {
  const label = world.db.get<LabelRow>("select * from labels where repository_id = ? and name = ?", repository.id, name);
  if (!label) throw notFound();
  return label;
}

async function createLabel(world: World, c: ForgeContext): Promise<Response> {
  const { repository, user } = onRepository(world, c, "write");
  const body = await readBody(c, "Label", newLabel);
  const label = world.db.transaction(() => {
    if (world.db.get("select 1 from labels where repository_id = ? and name = ?", repository.id, body.name)) throw invalid("Label", "name", "already_exists");
    world.db.run(
      "insert into labels (repository_id, name, color, description) values (?, ?, ?, ?)",
      repository.id,
      body.name,
      (body.color ?? "ededed").toLowerCase(),
      body.description ?? null,
    );
    const created = existing(world, repository, body.name);
    emit(world, repository, "label", "created", user, { label: labelJson(world, repository, created) });
    return created;
  });
  return c.json(labelJson(world, repository, label), 201);
}

async function changeLabel(world: World, c: ForgeContext): Promise<Response> {
  const { repository, user } = onRepository(world, c, "write");
  const body = await readBody(c, "Label", labelChange);
  const label = existing(world, repository, pathParameter(c, "name"));
  const name = body.new_name ?? label.name;
  const changed = world.db.transaction(() => {
    if (name.toLowerCase() !== label.name.toLowerCase() && world.db.get("select 1 from labels where repository_id = ? and name = ?", repository.id, name))
      throw invalid("Label", "name", "already_exists");
    const description = body.description === undefined ? label.description : body.description;
    world.db.run("update labels set name = ?, color = ?, description = ? where id = ?", name, (body.color ?? label.color).toLowerCase(), description, label.id);
    const changes = name === label.name ? {} : { name: { from: label.name } };
    emit(world, repository, "label", "edited", user, { label: labelJson(world, repository, existing(world, repository, name)), changes });
    return existing(world, repository, name);
  });
  return c.json(labelJson(world, repository, changed));
}

function issueLabelRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  const path = "/repos/:owner/:repo/issues/:number{[0-9]+}/labels";
  const shown = (repository: RepositoryRow, labels: readonly LabelRow[]) => labels.map((label) => labelJson(world, repository, label));
  app.get(path, (c) => {
    const { repository, issue } = onIssue(world, c, "read");
    const rows = paginatedRows<LabelRow>(
      world,
      c,
      "from labels l join issue_labels il on il.label_id = l.id where il.issue_id = ?",
      [issue.id],
      "l.*",
      "il.rowid",
    );
    return c.json(shown(repository, rows));
  });
  app.post(path, async (c) => {
    const { repository, user, issue } = onIssue(world, c, "triage");
    const names = await readBody(c, "Label", labelList);
    return c.json(shown(repository, addLabels(world, repository, issue, user, names)));
  });
  app.put(path, async (c) => {
    const { repository, user, issue } = onIssue(world, c, "triage");
    const names = await readBody(c, "Label", labelList);
    return c.json(shown(repository, setLabels(world, repository, issue, user, names)));
  });
  app.delete(path, (c) => {
    const { repository, user, issue } = onIssue(world, c, "triage");
    setLabels(world, repository, issue, user, []);
    return c.body(null, 204);
  });
  app.delete(`${path}/:name`, (c) => {
    const { repository, user, issue } = onIssue(world, c, "triage");
    if (!removeLabel(world, repository, issue, user, pathParameter(c, "name"))) throw new HttpError(404, "Label does not exist");
    return c.json(shown(repository, labelsOf(world, issue.id)));
  });
}
