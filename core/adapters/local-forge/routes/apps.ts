import { createVerify, randomBytes } from "node:crypto";
import type { Hono } from "hono";
import { tokenFrom, tokenHash } from "../access.ts";
import { HttpError, notFound } from "../http-errors.ts";
import { idParameter, pathParameter, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { apiUrl, nodeId, simpleUserById, timestamp, type JsonObject } from "../serializers/people.ts";
import type { AppRow, InstallationRow } from "../state/rows.ts";
import { repositoryByName, userById, type World } from "../world.ts";

const tokenLifetime = 60 * 60 * 1000;
/** What an installation may do here: everything, limited by the permissions of the app's bot user on each repository. */
const granted = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  repository_hooks: "write",
  statuses: "write",
};

/** The endpoints that an app calls with its own signed JWT; they come before the ordinary authentication. */
export function appRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get("/app", (c) => c.json(appJson(world, appOf(world, c))));
  app.get("/app/installations", (c) => {
    const { id } = appOf(world, c);
    return c.json(world.db.all<InstallationRow>("select * from installations where app_id = ? order by id", id).map((row) => installationJson(world, row)));
  });
  app.get("/app/installations/:id{[0-9]+}", (c) => c.json(installationJson(world, installationOf(world, c))));
  app.get("/repos/:owner/:repo/installation", (c) => {
    const { id } = appOf(world, c);
    const repository = repositoryByName(world, pathParameter(c, "owner"), pathParameter(c, "repo"));
    const row = repository && world.db.get<InstallationRow>("select * from installations where app_id = ? and account_id = ?", id, repository.owner_id);
    if (!row) throw notFound();
    return c.json(installationJson(world, row));
  });
  app.post("/app/installations/:id{[0-9]+}/access_tokens", (c) => {
    const installation = installationOf(world, c);
    const token = `ghs_${randomBytes(27).toString("base64url")}`;
    const expiresAt = world.clock.now() + tokenLifetime;
    world.db.run("delete from tokens where expires_at is not null and expires_at <= ?", world.clock.now());
    world.db.run(
      "insert into tokens (hash, user_id, installation_id, expires_at) values (?, ?, ?, ?)",
      tokenHash(token),
      installation.user_id,
      installation.id,
      expiresAt,
    );
    return c.json({ token, expires_at: timestamp(expiresAt), permissions: granted, repository_selection: "all" }, 201);
  });
}

function installationOf(world: World, c: ForgeContext): InstallationRow {
  const { id } = appOf(world, c);
  const row = world.db.get<InstallationRow>("select * from installations where id = ? and app_id = ?", idParameter(c, "id"), id);
  if (!row) throw notFound();
  return row;
}

/** The app that signed the request's JWT (RS256). @throws HttpError 401 when the signature, the issuer or the time is wrong. */
function appOf(world: World, c: ForgeContext): AppRow {
  const [head = "", claims = "", signature = ""] = (tokenFrom(c.req.header("authorization")) ?? "").split(".");
  const refused = new HttpError(401, "A JSON web token could not be decoded");
  const { iss, exp } = decodeClaims(claims) ?? {};
  const app = iss === undefined ? undefined : world.db.get<AppRow>("select * from apps where id = ?", Number(iss));
  if (!app || typeof exp !== "number" || exp * 1000 <= world.clock.now()) throw refused;
  if (!createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(app.public_key, signature, "base64url")) throw refused;
  return app;
}

function decodeClaims(claims: string): { readonly iss?: string | number; readonly exp?: number } | undefined {
  try {
    return JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as { iss?: string; exp?: number };
  } catch {
    return undefined;
  }
}

function appJson(world: World, app: AppRow): JsonObject {
  const at = timestamp(app.created_at);
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("A", app.id),
    client_id: `Iv1.local${app.id}`,
    owner: simpleUserById(world, app.owner_id),
    name: app.slug,
    description: "",
    external_url: world.url(),
    html_url: `${world.url()}/apps/${app.slug}`,
    created_at: at,
    updated_at: at,
    permissions: granted,
    events: ["issues", "pull_request"],
  };
}

function installationJson(world: World, row: InstallationRow): JsonObject {
  const at = timestamp(row.created_at);
  const url = `${apiUrl(world)}/app/installations/${row.id}`;
  return {
    id: row.id,
    account: simpleUserById(world, row.account_id),
    repository_selection: "all",
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${apiUrl(world)}/installation/repositories`,
    html_url: `${world.url()}/settings/installations/${row.id}`,
    app_id: row.app_id,
    app_slug: world.db.get<AppRow>("select * from apps where id = ?", row.app_id)?.slug ?? "",
    target_id: row.account_id,
    target_type: userById(world, row.account_id).type === "Organization" ? "Organization" : "User",
    permissions: granted,
    events: ["issues", "pull_request"],
    created_at: at,
    updated_at: at,
    single_file_name: null,
    suspended_at: null,
    suspended_by: null,
  };
}
