import { randomUUID } from "node:crypto";
import { simpleOrganization, simpleUser, type JsonObject } from "./serializers/people.ts";
import { repositoryJson } from "./serializers/repositories.ts";
import type { HookRow, RepositoryRow, UserRow } from "./state/rows.ts";
import { ownerOf, seconds, type World } from "./world.ts";

/**
 * Queues one delivery for every active hook of the repository that subscribed to `event`. Belongs in the transaction of the change it reports: either both
 * are stored or neither is. Sending happens afterwards, so no answer of the API waits for a receiver.
 */
export function emit(world: World, repository: RepositoryRow, event: string, action: string | null, sender: UserRow, body: JsonObject): void {
  const hooks = world.db
    .all<HookRow>("select * from hooks where repository_id = ? and active = 1 order by id", repository.id)
    .filter((hook) => subscribes(hook, event));
  if (hooks.length === 0) return;
  const payload = JSON.stringify(envelope(world, repository, action, sender, body));
  for (const hook of hooks) queueDelivery(world, hook, { guid: randomUUID(), event, action, payload, redelivery: false });
}

/** What every payload carries around its own part. */
export function envelope(world: World, repository: RepositoryRow, action: string | null, sender: UserRow, body: JsonObject): JsonObject {
  const owner = ownerOf(world, repository);
  return {
    ...(action === null ? {} : { action }),
    ...body,
    repository: { ...repositoryJson(world, repository), ...(body["repository"] as JsonObject | undefined) },
    ...(owner.type === "Organization" ? { organization: simpleOrganization(world, owner) } : {}),
    sender: simpleUser(world, sender),
  };
}

export interface NewDelivery {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  /** The exact bytes to send; a redelivery repeats them. */
  readonly payload: string;
  readonly redelivery: boolean;
}

/** Stores one attempt to be sent. The GUID of a redelivery is the first attempt's. */
export function queueDelivery(world: World, hook: HookRow, delivery: NewDelivery): number {
  const id = world.db.run(
    `insert into deliveries (hook_id, repository_id, guid, event, action, payload, redelivery, state, url, delivered_at, duration, status, status_code,
       request_headers, response_headers, response_body) values (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, 0, 'pending', 0, '{}', '{}', '')`,
    hook.id,
    hook.repository_id,
    delivery.guid,
    delivery.event,
    delivery.action,
    delivery.payload,
    delivery.redelivery ? 1 : 0,
    hook.url,
    seconds(world),
  );
  world.wake();
  return id;
}

function subscribes(hook: HookRow, event: string): boolean {
  const events = JSON.parse(hook.events) as readonly string[];
  return events.includes("*") || events.includes(event);
}
