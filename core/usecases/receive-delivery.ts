import type { CorrelationId, DeliveryId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { readWebhookPayload } from "./webhook-payload.ts";

export interface ReceivedDelivery {
  readonly id: DeliveryId;
  /** The forge's event name: `issues`, `pull_request_review`, … */
  readonly event: string;
  /** The raw text whose signature was verified. */
  readonly body: string;
}

export interface ReceiveDeliveryDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Stores a verified delivery together with the job that will process it, once per delivery id. Nothing is decided here.
 *
 * @returns `malformed` when the body is no JSON object; nothing is stored then.
 * @throws InfrastructureError `unavailable` when the database cannot be reached; the forge then keeps the delivery as failed, and the reconciler asks for it again.
 */
export function createReceiveDelivery(deps: ReceiveDeliveryDependencies) {
  return async function receiveDelivery(delivery: ReceivedDelivery): Promise<"stored" | "duplicate" | "malformed"> {
    const payload = readWebhookPayload(delivery.body);
    if (!payload) return "malformed";
    const { id, event, body } = delivery;
    const receivedAt = deps.clock.now();
    return deps.store.transaction(async (tx) => {
      const fresh = await tx.deliveries.insert({ id, event, repository: payload.repository, body, receivedAt, state: "received" });
      if (!fresh) return "duplicate";
      await tx.flow.append([
        {
          correlationId: id as string as CorrelationId,
          actor: { type: "forge", id: payload.sender ?? "unknown" },
          type: "delivery.received",
          subject: `delivery:${id}`,
          payload: { event, ...(payload.action ? { action: payload.action } : {}), ...(payload.repository ? { repository: payload.repository } : {}) },
          at: receivedAt,
        },
      ]);
      return "stored";
    });
  };
}
export type ReceiveDelivery = ReturnType<typeof createReceiveDelivery>;
