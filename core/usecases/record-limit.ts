import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { RunIdentity } from "./authenticate-run.ts";
import { runFlowEvent } from "./change-run.ts";

/** Writes into the run's history that its agent asked for more than one run may have. Whoever calls it says so rarely: a flood must not flood the history. */
export function createRecordLimit(deps: { readonly store: Store; readonly clock: Clock }) {
  return async function recordLimit({ run, attempt }: RunIdentity, limit: string): Promise<void> {
    const payload = { limit, attempt: attempt.attempt };
    await deps.store.transaction((tx) =>
      tx.flow.append([runFlowEvent(run, "limits.reached", payload, { now: deps.clock.now(), actor: { type: "system", id: "gateway" } })]),
    );
  };
}
