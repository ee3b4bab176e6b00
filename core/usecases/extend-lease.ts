import { isAtWork } from "../domain/hold/holds.ts";
import type { RunId } from "../domain/kernel/values.ts";
import { isFinalRun, isHeld, type WaitReason } from "../domain/run/run.ts";
import type { TurnUsage } from "../ports/agent.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store, Transaction } from "../ports/store.ts";
import type { RunIdentity } from "./authenticate-run.ts";
import { describeHold, holdBy } from "./holds.ts";
import { plusSeconds, type AttemptSettings } from "./prepare-attempt.ts";
import { recordUsage, type RecordUsageDependencies } from "./record-usage.ts";

export type LeaseAnswer = { readonly action: "continue" } | { readonly action: "stop"; readonly reason: string };

/** What the turn that goes on has used so far. */
export interface RunningTurn {
  readonly turn: number;
  readonly usage: TurnUsage;
}

export interface ExtendLeaseDependencies extends RecordUsageDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly leaseSeconds: AttemptSettings["leaseSeconds"];
  /** Parks a run that a pause or a budget holds. */
  readonly settleRun: (id: RunId) => Promise<unknown>;
}

/** A heartbeat: the attempt is alive, tells what its turn has used, and learns whether it should go on. What holds it, a pause or a spent budget, ends it in the middle of its turn. */
export function createExtendLease(deps: ExtendLeaseDependencies) {
  return async function extendLease(identity: RunIdentity, running?: RunningTurn): Promise<LeaseAnswer> {
    const { answer, isHeldNow } = await deps.store.transaction((tx) => extend(deps, tx, identity, running));
    if (!isHeldNow) return answer;
    await deps.settleRun(identity.run.id);
    return (await deps.store.transaction((tx) => extend(deps, tx, identity, undefined))).answer;
  };
}

async function extend(
  deps: ExtendLeaseDependencies,
  tx: Transaction,
  identity: RunIdentity,
  running: RunningTurn | undefined,
): Promise<{ readonly answer: LeaseAnswer; readonly isHeldNow: boolean }> {
  const { id } = identity.run;
  const stop = (reason: string): Awaited<ReturnType<typeof extend>> => ({ answer: { action: "stop", reason }, isHeldNow: false });
  const run = await tx.runs.get(id);
  const attempt = await tx.attempts.get(id, identity.attempt.attempt, { lock: true });
  if (!run || !attempt || attempt.phase === "ended") return stop("the attempt has ended");
  if (isFinalRun(run.state)) return stop(`the run has ended: ${run.state.phase}`);
  const now = deps.clock.now();
  await tx.attempts.save({ ...attempt, leaseUntil: plusSeconds(now, deps.leaseSeconds) });
  if (running) await recordUsage(deps, tx, run, { attempt: attempt.attempt, turn: running.turn }, running.usage, now);
  // Only a hold parks a run in the middle of a turn; other parks are the verdict on a turn that has ended.
  if (run.state.phase === "parked" && isHeld(run.state.reason)) return stop(stopReason(run.state.reason));
  const isHeldNow = isAtWork(run) && (await holdBy(tx, await tx.holds.get(), run, now)) !== undefined;
  return { answer: { action: "continue" }, isHeldNow };
}

function stopReason(reason: WaitReason): string {
  return reason === "pause" || reason === "budget" ? `parked: ${describeHold({ reason })}` : "parked by the owner";
}
