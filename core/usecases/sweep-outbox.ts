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
  const due = createPatience(deps.patienceSeconds * 1000);
  return async function sweepOutbox(): Promise<number> {
    const now = deps.clock.now();
    const before = (now - deps.patienceSeconds * 1000) as Instant;
    const { effects, deliveries } = await deps.store.transaction(async (tx) => ({
      effects: await tx.outbox.pending(before),
      deliveries: await tx.deliveries.unprocessed(before),
    }));
    const lost = due([...effects.map(({ id }) => `effect:${id}`), ...deliveries.map((id) => `delivery:${id}`)], now);
    for (const { id } of effects) if (lost.has(`effect:${id}`)) await deps.queue.enqueue("dispatch-effect", { effectId: id });
    for (const id of deliveries) if (lost.has(`delivery:${id}`)) await deps.queue.enqueue("process-delivery", { deliveryId: id });
    return lost.size;
  };
}

const longestWait = 600_000;

/** Which of the pending ones are due for another job: each waits twice as long as the time before, so that a long outage does not pile jobs up. */
function createPatience(shortest: number): (pending: readonly string[], now: Instant) => ReadonlySet<string> {
  const waits = new Map<string, { readonly until: number; readonly wait: number }>();
  return (pending, now) => {
    const present = new Set(pending);
    for (const key of waits.keys()) if (!present.has(key)) waits.delete(key);
    const due = pending.filter((key) => (waits.get(key)?.until ?? 0) <= now);
    for (const key of due) {
      const wait = Math.min(longestWait, (waits.get(key)?.wait ?? shortest / 2) * 2);
      waits.set(key, { until: now + wait, wait });
    }
    return new Set(due);
  };
}
