import type { Instant } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Queue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";

export interface SweepOutboxDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly queue: Pick<Queue, "enqueue">;
  /** How old a row must be before its job counts as lost. Longer than a job may take with all its retries in between. */
  readonly patienceSeconds: number;
}

/**
 * Brings back jobs that the queue has given up or lost: effects still pending, deliveries still unprocessed. A job too many does no harm, since both look at
 * their row first.
 *
 * @returns how many jobs were added.
 */
export function createSweepOutbox(deps: SweepOutboxDependencies) {
  return async function sweepOutbox(): Promise<number> {
    const before = (deps.clock.now() - deps.patienceSeconds * 1000) as Instant;
    const { effects, deliveries } = await deps.store.transaction(async (tx) => ({
      effects: await tx.outbox.pending(before),
      deliveries: await tx.deliveries.unprocessed(before),
    }));
    for (const { id } of effects) await deps.queue.enqueue("dispatch-effect", { effectId: id });
    for (const id of deliveries) await deps.queue.enqueue("process-delivery", { deliveryId: id });
    return effects.length + deliveries.length;
  };
}
