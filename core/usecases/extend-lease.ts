import { isFinalRun } from "../domain/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { RunIdentity } from "./authenticate-run.ts";
import { plusSeconds, type AttemptSettings } from "./prepare-attempt.ts";

export type LeaseAnswer = { readonly action: "continue" } | { readonly action: "stop"; readonly reason: string };

/** A heartbeat: the attempt is alive, and learns whether it should go on. */
export function createExtendLease(deps: { readonly store: Store; readonly clock: Clock; readonly leaseSeconds: AttemptSettings["leaseSeconds"] }) {
  return function extendLease(identity: RunIdentity): Promise<LeaseAnswer> {
    const { id } = identity.run;
    return deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(id);
      const attempt = await tx.attempts.get(id, identity.attempt.attempt, { lock: true });
      if (!run || !attempt || attempt.phase === "ended") return { action: "stop", reason: "the attempt has ended" };
      if (isFinalRun(run.state)) return { action: "stop", reason: `the run has ended: ${run.state.phase}` };
      await tx.attempts.save({ ...attempt, leaseUntil: plusSeconds(deps.clock.now(), deps.leaseSeconds) });
      // Only the owner parks a run in the middle of a turn; other parks are the verdict on a turn that has ended.
      if (run.state.phase === "parked" && run.state.reason === "owner") return { action: "stop", reason: "parked by the owner" };
      return { action: "continue" };
    });
  };
}
