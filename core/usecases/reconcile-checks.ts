import type { Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store } from "../ports/store.ts";
import type { ReadChecks } from "./read-checks.ts";

export interface ReconcileChecksDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly readChecks: ReadChecks;
}

/** Milliseconds after which checks that were running are read again although nothing was heard of them, and all others. */
const patience = { running: 5 * 60_000, others: 60 * 60_000 } as const;
/** So many in one round: an installation with a thousand pull requests must not use up what the forge answers in an hour. */
const mostInOneRound = 10;

/**
 * Reads again what CI says of open pull requests of which nothing was heard for long: a delivery that was never sent is asked for again by nobody, because the hook was not there, could not be reached
 * for days, or did not tell of checks yet. After a downtime those are due that were not read for as long.
 *
 * @returns how many had other checks than were known.
 * @throws what may pass at once, since it is the same for all; what one of them is refused for good when the others are through.
 */
export function createReconcileChecks({ store, clock, readChecks }: ReconcileChecksDependencies) {
  return async function reconcileChecks(repository: RepositoryName): Promise<number> {
    const now = clock.now();
    const when = { running: (now - patience.running) as Instant, others: (now - patience.others) as Instant, limit: mostInOneRound };
    const due = await store.transaction((tx) => tx.pullChecks.due(repository, when));
    const refusals: InfrastructureError[] = [];
    let changed = 0;
    for (const pull of due) {
      const read = await readChecks(repository, pull).catch((error: unknown) => {
        if (!(error instanceof InfrastructureError) || error.retryable) throw error;
        refusals.push(error);
      });
      if (read === "changed") changed += 1;
    }
    if (refusals[0]) throw refusals[0];
    return changed;
  };
}
export type ReconcileChecks = ReturnType<typeof createReconcileChecks>;
