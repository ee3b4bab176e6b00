import type { DeliveryId, Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Forge, ForgeDelivery } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { RepositoryRow, Store } from "../ports/store.ts";

export interface ReconcileDeliveriesDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly forge: Forge;
  /** Deliveries younger than this may still be on their way, by our own clock and the forge's. One that the forge knows to have failed is not. */
  readonly graceSeconds: number;
}

const threeDays = 3 * 86_400_000;
/**
 * Each round looks back over the end of the last. A forge tells whole seconds, so a delivery may seem older than it is, and notes one only when it is over, with the time at
 * which it began: without the overlap both fall between two rounds and are looked for by nobody. What is known is not asked for again.
 */
const overlap = 60_000;

/**
 * Asks the forge for deliveries of our hook that failed or that we never stored, and has them sent again. They come in by the front door, with their old id, so
 * that one that did arrive after all changes nothing.
 *
 * @returns the ids that were asked for again.
 */
export function createReconcileDeliveries(deps: ReconcileDeliveriesDependencies) {
  return async function reconcileDeliveries(repository: RepositoryName): Promise<readonly DeliveryId[]> {
    const row = await deps.store.transaction((tx) => tx.repositories.get(repository));
    if (!row?.hookId) return [];
    const now = deps.clock.now();
    const since = Math.max(row.reconciledUntil - overlap, now - threeDays) as Instant;
    const until = (now - deps.graceSeconds * 1000) as Instant;
    const seen = (await deps.forge.deliveries(repository, row.hookId, since)).filter((delivery) => !delivery.ok || delivery.deliveredAt <= until);
    const newest = latestPerGuid(seen);
    const known = await deps.store.transaction((tx) => tx.deliveries.known([...newest.keys()] as DeliveryId[]));
    const lost = [...newest.values()].filter((delivery) => !known.has(delivery.guid as DeliveryId));
    // Oldest first, so that they arrive in the order in which they happened.
    const again = lost.toSorted((a, b) => a.deliveredAt - b.deliveredAt);
    const asked: ForgeDelivery[] = [];
    for (const delivery of again) if (await redeliver(deps.forge, row, delivery)) asked.push(delivery);
    await advance(deps, row, asked, until);
    return asked.map((delivery) => delivery.guid as DeliveryId);
  };
}
export type ReconcileDeliveries = ReturnType<typeof createReconcileDeliveries>;

/** The newest attempt of each delivery. A delivery that we have stored needs no other, whatever the forge thinks of its answer. */
function latestPerGuid(deliveries: readonly ForgeDelivery[]): ReadonlyMap<string, ForgeDelivery> {
  const newest = new Map<string, ForgeDelivery>();
  for (const delivery of deliveries) {
    const other = newest.get(delivery.guid);
    if (!other || other.deliveredAt < delivery.deliveredAt || (other.deliveredAt === delivery.deliveredAt && other.attemptId < delivery.attemptId))
      newest.set(delivery.guid, delivery);
  }
  return newest;
}

/** False for one that the forge no longer has: the others must not wait for it, and what it told is found by its label. */
async function redeliver(forge: Forge, row: RepositoryRow, delivery: ForgeDelivery): Promise<boolean> {
  try {
    await forge.redeliver(row.name, row.hookId ?? 0, delivery.attemptId);
    return true;
  } catch (error) {
    if (error instanceof InfrastructureError && error.code === "not-found") return false;
    throw error;
  }
}

/** What was asked for again may fail again, so the next round looks back to it. */
function advance(deps: ReconcileDeliveriesDependencies, row: RepositoryRow, again: readonly ForgeDelivery[], until: Instant): Promise<void> {
  const oldest = again[0]?.deliveredAt;
  const reconciledUntil = Math.max(row.reconciledUntil, oldest === undefined ? until : Math.min(oldest, until)) as Instant;
  return deps.store.transaction(async (tx) => {
    const current = await tx.repositories.get(row.name, { lock: true });
    if (current) await tx.repositories.save({ ...current, reconciledUntil });
  });
}
