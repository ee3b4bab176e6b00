import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store } from "../ports/store.ts";

export interface ExclusivelyDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Seconds for which a holder is believed that does not say that it is still at it. Below the time after which a dead worker's job comes back. */
  readonly exclusiveSeconds?: number | undefined;
}

const looks = 10;
const pause = 200;

/**
 * Does something of which there must be one at a time over all processes. A holder that died is followed when its time is over; one that was only held up finds,
 * by `stillMine`, that it has been followed, and leaves it. So it asks directly before each thing that cannot be undone: what is left is the moment between the
 * question and the call.
 *
 * @throws InfrastructureError `busy` (retryable) when somebody else is at it for longer than two seconds, and from `stillMine` when somebody else has taken over.
 */
export async function exclusively<T>(deps: ExclusivelyDependencies, name: string, work: (stillMine: () => Promise<void>) => Promise<T>): Promise<T> {
  const holder = deps.randomness.id();
  const take = (): Promise<boolean> => deps.store.transaction((tx) => tx.leases.take(name, holder, deps.exclusiveSeconds ?? 10));
  for (let look = 1; !(await take()); look += 1) {
    if (look === looks) throw busy(name);
    await new Promise<void>((resolve) => deps.clock.after(pause, resolve));
  }
  try {
    return await work(async () => {
      if (!(await take())) throw busy(name);
    });
  } finally {
    // Best effort: a lease that stays is over by itself, and the work is what counts.
    await deps.store.transaction((tx) => tx.leases.release(name, holder)).catch(() => undefined);
  }
}

function busy(name: string): InfrastructureError {
  return new InfrastructureError("busy", `another process is at ${name}`, { retryable: true });
}
