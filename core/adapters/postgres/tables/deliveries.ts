import type { DeliveryId } from "../../../domain/kernel/values.ts";
import type { Queue } from "../../../ports/queue.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { StoredDelivery, Transaction } from "../../../ports/store.ts";
import { storableText, withoutNulls } from "../rows.ts";
import { assertFound } from "./missing-row.ts";

const columns = `id, event, repository, body, received_at as "receivedAt", state, outcome, processed_at as "processedAt"`;

const inserted = ["id", "event", "repository", "body", "received_at", "state", "outcome", "processed_at"];

/** Each body is a parameter of its own: as an element of an array or of a JSON text it would be escaped here and unescaped there, which costs more than all the rest. */
function insertion(count: number): string {
  const tuples = Array.from({ length: count }, (_, row) => `(${inserted.map((_column, index) => `$${row * inserted.length + index + 1}`).join(", ")})`);
  return `insert into webhook_deliveries (${inserted.join(", ")}) values ${tuples.join(", ")}
    on conflict (id) do update set state = 'received', tries = 0, outcome = null, processed_at = null where webhook_deliveries.state = 'failed'
    returning id`;
}

function valuesOf(delivery: StoredDelivery): readonly unknown[] {
  const { id, event, repository, body, receivedAt, state, outcome, processedAt } = delivery;
  return [id, event, repository ?? null, storableText(body), receivedAt, state, outcome ?? null, processedAt ?? null];
}

/** Deliveries enqueue their own job, so that the row and the job exist together or not at all. */
export function deliveriesTable(session: SqlSession, queue: Pick<Queue, "enqueue">): Transaction["deliveries"] {
  return {
    async insert(deliveries) {
      if (deliveries.length === 0) return new Set();
      // Always in the order of their ids: two relays that were sent the same ones wait for each other, and never in a circle.
      const distinct = new Map(deliveries.toReversed().map((delivery) => [delivery.id, delivery]));
      const rows = [...distinct.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const stored = await session.query<{ id: DeliveryId }>(insertion(rows.length), rows.flatMap(valuesOf));
      const fresh = new Set(stored.map(({ id }) => id));
      const waiting = [...distinct.values()].toReversed().filter(({ id, state }) => state === "received" && fresh.has(id));
      if (waiting.length > 0)
        await queue.enqueue(
          "process-delivery",
          waiting.map(({ id }) => ({ deliveryId: id })),
          { session },
        );
      return fresh;
    },
    async get(id, options) {
      const [row] = await session.query<object>(`select ${columns} from webhook_deliveries where id = $1${options?.lock ? " for update" : ""}`, [id]);
      return row && withoutNulls<StoredDelivery>(row);
    },
    async finish(id, state, outcome, at) {
      const rows = await session.query("update webhook_deliveries set state = $2, outcome = $3, processed_at = $4 where id = $1 returning id", [
        id,
        state,
        storableText(outcome),
        at,
      ]);
      assertFound(rows, "webhook delivery", id);
    },
    async tried(id) {
      const [row] = await session.query<{ tries: number }>("update webhook_deliveries set tries = tries + 1 where id = $1 returning tries", [id]);
      return row?.tries ?? 0;
    },
    async known(ids) {
      const rows = await session.query<{ id: DeliveryId }>("select id from webhook_deliveries where id = any($1::text[])", [ids]);
      return new Set(rows.map((row) => row.id));
    },
    async unprocessed(before) {
      const rows = await session.query<{ id: DeliveryId }>(
        "select id from webhook_deliveries where state = 'received' and received_at < $1 order by received_at, id",
        [before],
      );
      return rows.map((row) => row.id);
    },
  };
}
