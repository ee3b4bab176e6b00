import { randomUUID } from "node:crypto";
import type { Hono } from "hono";
import { z } from "zod";
import { envelope, queueDelivery } from "../emit.ts";
import { HttpError, notFound } from "../http-errors.ts";
import { idParameter, onRepository, paginatedRows, readBody, type ForgeContext, type ForgeEnvironment } from "../request.ts";
import { timestamp, type JsonObject } from "../serializers/people.ts";
import { hookJson } from "../serializers/repositories.ts";
import type { DeliveryRow, HookRow, RepositoryRow, UserRow } from "../state/rows.ts";
import { seconds, type World } from "../world.ts";

const config = z.object({
  url: z.url().optional(),
  secret: z.string().optional(),
  content_type: z.enum(["json", "form"]).optional(),
  insecure_ssl: z.union([z.string(), z.number()]).transform(String).optional(),
});
const newHook = z.object({ config: config.required({ url: true }), events: z.array(z.string()).default(["push"]), active: z.boolean().default(true) });
const hookChange = z.object({ config: config.optional(), events: z.array(z.string()).optional(), active: z.boolean().optional() });

const hooksPath = "/repos/:owner/:repo/hooks";

/** Webhooks and the record of their deliveries. */
export function hookRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get(hooksPath, (c) => {
    const { repository } = onRepository(world, c, "admin");
    const rows = paginatedRows<HookRow>(world, c, "from hooks where repository_id = ?", [repository.id], "*", "id");
    return c.json(rows.map((hook) => hookJson(world, repository, hook)));
  });
  app.post(hooksPath, (c) => createHook(world, c));
  app.get(`${hooksPath}/:hook{[0-9]+}`, (c) => {
    const { repository, hook } = onHook(world, c);
    return c.json(hookJson(world, repository, hook));
  });
  app.patch(`${hooksPath}/:hook{[0-9]+}`, (c) => changeHook(world, c));
  app.delete(`${hooksPath}/:hook{[0-9]+}`, (c) => {
    const { hook } = onHook(world, c);
    world.db.transaction(() => {
      world.db.run("delete from deliveries where hook_id = ?", hook.id);
      world.db.run("delete from hooks where id = ?", hook.id);
    });
    return c.body(null, 204);
  });
  app.post(`${hooksPath}/:hook{[0-9]+}/pings`, (c) => {
    const { repository, user, hook } = onHook(world, c);
    world.db.transaction(() => ping(world, repository, user, hook));
    return c.body(null, 204);
  });
  deliveryRoutes(app, world);
}

function onHook(world: World, c: ForgeContext): { repository: RepositoryRow; user: UserRow; hook: HookRow } {
  const { repository, user } = onRepository(world, c, "admin");
  const hook = world.db.get<HookRow>("select * from hooks where id = ? and repository_id = ?", idParameter(c, "hook"), repository.id);
  if (!hook) throw notFound();
  return { repository, user, hook };
}

async function createHook(world: World, c: ForgeContext): Promise<Response> {
  const { repository, user } = onRepository(world, c, "admin");
  const body = await readBody(c, "Hook", newHook);
  const hook = world.db.transaction(() => {
    const twin = world.db.get("select 1 from hooks where repository_id = ? and url = ?", repository.id, body.config.url);
    if (twin) throw new HttpError(422, "Validation Failed", [{ resource: "Hook", code: "custom", message: "Hook already exists on this repository" }]);
    const at = seconds(world);
    const id = world.db.run(
      "insert into hooks (repository_id, url, secret, content_type, insecure_ssl, events, active, last_status, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, 'unused', ?, ?)",
      repository.id,
      body.config.url,
      body.config.secret ?? null,
      body.config.content_type ?? "form",
      body.config.insecure_ssl ?? "0",
      JSON.stringify(body.events),
      body.active ? 1 : 0,
      at,
      at,
    );
    const created = hookById(world, id);
    if (created.active) ping(world, repository, user, created);
    return created;
  });
  return c.json(hookJson(world, repository, hook), 201);
}

function hookById(world: World, id: number): HookRow {
  const hook = world.db.get<HookRow>("select * from hooks where id = ?", id);
  if (!hook) throw notFound();
  return hook;
}

async function changeHook(world: World, c: ForgeContext): Promise<Response> {
  const { repository, hook } = onHook(world, c);
  const body = await readBody(c, "Hook", hookChange);
  // A config is replaced as a whole: leaving the secret out takes it away, as GitHub documents.
  const settings = body.config ?? { url: hook.url, secret: hook.secret ?? undefined, content_type: hook.content_type, insecure_ssl: hook.insecure_ssl };
  world.db.run(
    "update hooks set url = ?, secret = ?, content_type = ?, insecure_ssl = ?, events = ?, active = ?, updated_at = ? where id = ?",
    settings.url ?? hook.url,
    settings.secret ?? null,
    settings.content_type ?? "form",
    settings.insecure_ssl ?? "0",
    body.events ? JSON.stringify(body.events) : hook.events,
    (body.active ?? hook.active === 1) ? 1 : 0,
    seconds(world),
    hook.id,
  );
  return c.json(hookJson(world, repository, hookById(world, hook.id)));
}

function ping(world: World, repository: RepositoryRow, sender: UserRow, hook: HookRow): void {
  const body = { zen: "Keep it logically awesome.", hook_id: hook.id, hook: hookJson(world, repository, hook) };
  const payload = JSON.stringify(envelope(world, repository, null, sender, body));
  queueDelivery(world, hook, { guid: randomUUID(), event: "ping", action: null, payload, redelivery: false });
}

function deliveryRoutes(app: Hono<ForgeEnvironment>, world: World): void {
  app.get(`${hooksPath}/:hook{[0-9]+}/deliveries`, (c) => listDeliveries(world, c));
  app.get(`${hooksPath}/:hook{[0-9]+}/deliveries/:id{[0-9]+}`, (c) => {
    const { delivery } = onDelivery(world, c);
    return c.json({
      ...deliveryItem(delivery),
      url: delivery.url,
      request: { headers: JSON.parse(delivery.request_headers) as JsonObject, payload: JSON.parse(delivery.payload) as JsonObject },
      response: { headers: JSON.parse(delivery.response_headers) as JsonObject, payload: delivery.response_body },
    });
  });
  app.post(`${hooksPath}/:hook{[0-9]+}/deliveries/:id{[0-9]+}/attempts`, (c) => {
    const { hook, delivery } = onDelivery(world, c);
    world.db.transaction(() =>
      queueDelivery(world, hook, { guid: delivery.guid, event: delivery.event, action: delivery.action, payload: delivery.payload, redelivery: true }),
    );
    return c.json({}, 202);
  });
}

function onDelivery(world: World, c: ForgeContext): { hook: HookRow; delivery: DeliveryRow } {
  const { hook } = onHook(world, c);
  const delivery = world.db.get<DeliveryRow>("select * from deliveries where id = ? and hook_id = ? and state = 'done'", idParameter(c, "id"), hook.id);
  if (!delivery) throw notFound();
  return { hook, delivery };
}

/** Newest first, by cursor: the cursor is the id that the next page starts below. */
function listDeliveries(world: World, c: ForgeContext): Response {
  const { hook } = onHook(world, c);
  const perPage = Math.min(100, Math.max(1, Number(c.req.query("per_page") ?? 30) || 30));
  const cursor = Number((c.req.query("cursor") ?? "").replace(/^v1_/, "")) || Number.MAX_SAFE_INTEGER;
  const rows = world.db.all<DeliveryRow>(
    "select * from deliveries where hook_id = ? and state = 'done' and id < ? order by id desc limit ?",
    hook.id,
    cursor,
    perPage + 1,
  );
  const page = rows.slice(0, perPage);
  const last = page.at(-1);
  if (rows.length > perPage && last) {
    const url = new URL(c.req.url);
    url.searchParams.set("cursor", `v1_${last.id}`);
    c.header("Link", `<${world.url()}${url.pathname}${url.search}>; rel="next"`);
  }
  return c.json(page.map(deliveryItem));
}

function deliveryItem(delivery: DeliveryRow): JsonObject {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: timestamp(delivery.delivered_at),
    redelivery: delivery.redelivery === 1,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.status_code,
    event: delivery.event,
    action: delivery.action,
    installation_id: null,
    repository_id: delivery.repository_id,
    throttled_at: null,
  };
}
