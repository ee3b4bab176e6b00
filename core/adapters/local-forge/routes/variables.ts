import type { Hono } from "hono";
import { z } from "zod";
import { HttpError, notFound } from "../http-errors.ts";
import { onRepository, paginatedRows, pathParameter, readBody, signedIn, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { variableJson } from "../serializers/repositories.ts";
import type { UserRow, VariableRow } from "../state/rows.ts";
import { ownerOf, seconds, userByLogin, type World } from "../world.ts";

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
const newVariable = z.object({ name, value: z.string(), visibility: z.string().optional() });
const variableChange = z.object({ name: name.optional(), value: z.string().optional() });

type Scope = "repository" | "organization";

/** Variables of a repository, and of the organisation that owns it. Names are upper case, whatever case they were written in. */
export function variableRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/repos/:owner/:repo/actions/variables", (c) => list(world, c, "repository", onRepository(world, c, "write").repository.id));
  app.get("/repos/:owner/:repo/actions/organization-variables", (c) =>
    list(world, c, "organization", ownerOf(world, onRepository(world, c, "write").repository).id),
  );
  app.post("/repos/:owner/:repo/actions/variables", (c) => create(world, c, "repository", onRepository(world, c, "write").repository.id));
  app.get("/repos/:owner/:repo/actions/variables/:name", (c) =>
    c.json(variableJson(existing(world, "repository", onRepository(world, c, "write").repository.id, pathParameter(c, "name")))),
  );
  app.patch("/repos/:owner/:repo/actions/variables/:name", (c) => change(world, c, "repository", onRepository(world, c, "write").repository.id));
  app.delete("/repos/:owner/:repo/actions/variables/:name", (c) => remove(world, c, "repository", onRepository(world, c, "write").repository.id));
  app.get("/orgs/:org/actions/variables", (c) => listOfOrganization(world, c));
  app.post("/orgs/:org/actions/variables", (c) => create(world, c, "organization", organization(world, c).id));
  app.patch("/orgs/:org/actions/variables/:name", (c) => change(world, c, "organization", organization(world, c).id));
  app.delete("/orgs/:org/actions/variables/:name", (c) => remove(world, c, "organization", organization(world, c).id));
}

/** The organisation of the path, for one of its owners. */
function organization(world: World, c: ForgeContext): UserRow {
  const user = signedIn(c);
  const found = userByLogin(world, pathParameter(c, "org"));
  if (found?.type !== "Organization") throw notFound();
  const member = world.db.get<{ role: string }>("select role from organization_members where organization_id = ? and user_id = ?", found.id, user.id);
  if (member?.role !== "admin") throw new HttpError(403, "Must have admin rights to the organization.");
  return found;
}

function count(world: World, scope: Scope, owner: number): number {
  return world.db.get<{ n: number }>("select count(*) n from variables where scope = ? and owner_id = ?", scope, owner)?.n ?? 0;
}

function rows(world: World, c: ForgeContext, scope: Scope, owner: number): readonly VariableRow[] {
  return paginatedRows<VariableRow>(world, c, "from variables where scope = ? and owner_id = ?", [scope, owner], "*", "name");
}

function list(world: World, c: ForgeContext, scope: Scope, owner: number): Response {
  return c.json({ total_count: count(world, scope, owner), variables: rows(world, c, scope, owner).map(variableJson) });
}

function listOfOrganization(world: World, c: ForgeContext): Response {
  const { id } = organization(world, c);
  return c.json({
    total_count: count(world, "organization", id),
    variables: rows(world, c, "organization", id).map((variable) => ({ ...variableJson(variable), visibility: "all" })),
  });
}

function existing(world: World, scope: Scope, owner: number, wanted: string): VariableRow {
  const variable = world.db.get<VariableRow>("select * from variables where scope = ? and owner_id = ? and name = ?", scope, owner, wanted.toUpperCase());
  if (!variable) throw notFound();
  return variable;
}

async function create(world: World, c: ForgeContext, scope: Scope, owner: number): Promise<Response> {
  const body = await readBody(c, "Variable", newVariable);
  world.db.transaction(() => {
    if (world.db.get("select 1 from variables where scope = ? and owner_id = ? and name = ?", scope, owner, body.name.toUpperCase()))
      throw new HttpError(409, "Already exists - Variable already exists");
    world.db.run(
      "insert into variables (scope, owner_id, name, value, created_at, updated_at) values (?, ?, ?, ?, ?, ?)",
      scope,
      owner,
      body.name.toUpperCase(),
      body.value,
      seconds(world),
      seconds(world),
    );
  });
  return c.json({}, 201);
}

async function change(world: World, c: ForgeContext, scope: Scope, owner: number): Promise<Response> {
  const body = await readBody(c, "Variable", variableChange);
  const variable = existing(world, scope, owner, pathParameter(c, "name"));
  const renamed = (body.name ?? variable.name).toUpperCase();
  world.db.run(
    "update variables set name = ?, value = ?, updated_at = ? where scope = ? and owner_id = ? and name = ?",
    renamed,
    body.value ?? variable.value,
    seconds(world),
    scope,
    owner,
    variable.name,
  );
  return c.body(null, 204);
}

function remove(world: World, c: ForgeContext, scope: Scope, owner: number): Response {
  const variable = existing(world, scope, owner, pathParameter(c, "name"));
  world.db.run("delete from variables where scope = ? and owner_id = ? and name = ?", scope, owner, variable.name);
  return c.body(null, 204);
}
