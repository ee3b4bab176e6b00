import { isFinalRun, isHeld, type WaitReason } from "../domain/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { RunIdentity } from "./authenticate-run.ts";
import { describeHold } from "./holds.ts";
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
      // Only a hold parks a run in the middle of a turn; other parks are the verdict on a turn that has ended.
      if (run.state.phase === "parked" && isHeld(run.state.reason)) return { action: "stop", reason: stopReason(run.state.reason) };
      return { action: "continue" };
    });
  };
}

function stopReason(reason: WaitReason): string {
  return reason === "pause" || reason === "budget" ? `parked: ${describeHold({ reason })}` : "parked by the owner";
}
