import type { NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { CorrelationId, DeliveryId, Instant } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { createGroupCommit } from "./group-commit.ts";
import { readWebhookPayload, type WebhookPayload } from "./webhook-payload.ts";

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

interface ReadDelivery extends ReceivedDelivery {
  readonly payload: WebhookPayload;
}

/** Small bodies share a transaction, a large one has its own; more than this waiting means that the database cannot keep up. */
const limits = { maxItems: 64, maxWeight: 1024 * 1024, maxWaiting: 2_048 };

/**
 * Stores a verified delivery together with the job that will process it, once per delivery id. Nothing is decided here. Deliveries that come at the same moment are
 * stored by one transaction; each call returns after the commit of its own.
 *
 * @returns `malformed` when the body is no JSON object; nothing is stored then.
 * @throws InfrastructureError `unavailable` when the database cannot be reached, `busy` when too many deliveries wait; the forge then keeps the delivery as failed, and the
 *   reconciler asks for it again.
 */
export function createReceiveDelivery(deps: ReceiveDeliveryDependencies) {
  const store = createGroupCommit<ReadDelivery, "stored" | "duplicate">({
    ...limits,
    weigh: ({ body }) => body.length,
    commit: (deliveries) => storeAll(deps, deliveries),
  });
  return async function receiveDelivery(delivery: ReceivedDelivery): Promise<"stored" | "duplicate" | "malformed"> {
    const payload = readWebhookPayload(delivery.body);
    return payload ? store({ ...delivery, payload }) : "malformed";
  };
}
export type ReceiveDelivery = ReturnType<typeof createReceiveDelivery>;

/** One transaction for all of them: rows, jobs and flow events. Of two with one id the first is stored. */
function storeAll({ store, clock }: ReceiveDeliveryDependencies, deliveries: readonly ReadDelivery[]): Promise<readonly ("stored" | "duplicate")[]> {
  const receivedAt = clock.now();
  return store.transaction(async (tx) => {
    const unseen = new Set(
      await tx.deliveries.insert(
        deliveries.map(({ id, event, body, payload }) => ({ id, event, repository: payload.repository, body, receivedAt, state: "received" })),
      ),
    );
    // Taken out at the first of an id, so that what follows under the same id counts as a duplicate.
    const stored = deliveries.map(({ id }) => unseen.delete(id));
    await tx.flow.append(deliveries.filter((_delivery, index) => stored[index]).map((delivery) => receipt(delivery, receivedAt)));
    return stored.map((fresh) => (fresh ? "stored" : "duplicate"));
  });
}

function receipt({ id, event, payload }: ReadDelivery, at: Instant): NewFlowEvent {
  return {
    correlationId: id as string as CorrelationId,
    actor: { type: "forge", id: payload.sender ?? "unknown" },
    type: "delivery.received",
    subject: `delivery:${id}`,
    payload: { event, ...(payload.action ? { action: payload.action } : {}), ...(payload.repository ? { repository: payload.repository } : {}) },
    at,
  };
}
