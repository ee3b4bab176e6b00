import type { DeliveryId } from "../../../domain/kernel/values.ts";
import type { Queue } from "../../../ports/queue.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { StoredDelivery, Transaction } from "../../../ports/store.ts";
import { storableText, withoutNulls } from "../rows.ts";
import { assertFound } from "./missing-row.ts";

const columns = `id, event, repository, body, received_at as "receivedAt", state, outcome, processed_at as "processedAt"`;

/** Deliveries enqueue their own job, so that the row and the job exist together or not at all. */
export function deliveriesTable(session: SqlSession, queue: Pick<Queue, "enqueue">): Transaction["deliveries"] {
  return {
    async insert(delivery) {
      const rows = await session.query(
        `insert into webhook_deliveries (id, event, repository, body, received_at, state, outcome, processed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (id) do nothing returning id`,
        [
          delivery.id,
          delivery.event,
          delivery.repository ?? null,
          storableText(delivery.body),
          delivery.receivedAt,
          delivery.state,
          delivery.outcome ?? null,
          delivery.processedAt ?? null,
        ],
      );
      if (rows.length === 0) return false;
      if (delivery.state === "received") await queue.enqueue("process-delivery", { deliveryId: delivery.id }, { session });
      return true;
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
