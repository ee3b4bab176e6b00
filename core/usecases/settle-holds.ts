import { atWorkPhases, isAtWork } from "../domain/hold/holds.ts";
import type { RunId } from "../domain/kernel/values.ts";
import { isHoldReason, type Run } from "../domain/run/run.ts";
import type { Log } from "../ports/log.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store, Transaction } from "../ports/store.ts";
import { changeRun, orchestratorActor, type ChangeContext } from "./change-run.ts";
import { finishAttempt } from "./end-attempt.ts";
import { holdOn, letGo, noteBudget, type Hold, type LetGoDependencies } from "./holds.ts";

export interface SettleHoldsDependencies extends LetGoDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs that one round looks at; the next round comes in seconds. */
const atOnce = 10_000;

/**
 * Brings every run to what the workspace's holds say: what is at work while everything is paused, or its budget is spent, is parked; what was held and is not any
 * more goes on, in the order in which it was stopped. Each run is judged by itself under its lock, so that it does not matter how many processes do this at once, how
 * often, or where one of them died.
 *
 * @returns how many runs were stopped or let go.
 */
export function createSettleHolds(deps: SettleHoldsDependencies) {
  return async function settleHolds(): Promise<number> {
    const runs = await deps.store.transaction(async (tx) => {
      const { pause, budgets } = await tx.holds.get();
      const nothing = pause === undefined && budgets.run === undefined && budgets.day === undefined;
      const working = nothing ? [] : await tx.runs.list({ phases: atWorkPhases, limit: atOnce });
      return [...working.toReversed(), ...(await tx.runs.held())];
    });
    let changed = 0;
    for (const { id } of runs) {
      try {
        if (await deps.store.transaction((tx) => settle(deps, tx, id))) changed += 1;
      } catch (error) {
        // One run that cannot be looked into must not keep the others going, or from going on; it is looked at again with the next round.
        deps.log.warn({ err: error, runId: id }, "a run could not be held or let go");
      }
    }
    return changed;
  };
}
/** The same for one run, where there is reason to look at it at once. */
export function createSettleRun(deps: SettleHoldsDependencies) {
  return (id: RunId): Promise<boolean> => deps.store.transaction((tx) => settle(deps, tx, id));
}

export type SettleHolds = ReturnType<typeof createSettleHolds>;

async function settle(deps: SettleHoldsDependencies, tx: Transaction, id: RunId): Promise<boolean> {
  const run = await tx.runs.get(id, { lock: true });
  if (!run) return false;
  const context = { now: deps.clock.now(), actor: orchestratorActor };
  const hold = await holdOn(tx, run, context.now);
  if (hold) return isAtWork(run) || isHeldOtherwise(run, hold) ? stop(tx, run, hold, context) : false;
  return run.state.phase === "parked" && isHoldReason(run.state.reason) ? letGo(deps, tx, run, context) : false;
}

function isHeldOtherwise({ state }: Run, { reason }: Hold): boolean {
  return state.phase === "parked" && isHoldReason(state.reason) && state.reason !== reason;
}

/**
 * Parks a run that is at work. Its runner learns of it with the next heartbeat, stores its session and ends. One that has not reported yet has no session to store: it is
 * ended at once, and its token is worth nothing from here on.
 */
async function stop(tx: Transaction, run: Run, hold: Hold, context: ChangeContext): Promise<boolean> {
  const attempt = await tx.attempts.latest(run.id, { lock: true });
  const held = await changeRun(tx, run, { type: "hold", reason: hold.reason }, context);
  if (!held.ok) return false;
  await noteBudget(tx, held.value, hold, context);
  if (attempt?.phase !== "starting") return true;
  await finishAttempt(tx, held.value, attempt, "parked", undefined, context);
  await tx.outbox.add([{ key: `stop:${run.id}:${attempt.attempt}`, action: { type: "stop-attempt", runId: run.id, attempt: attempt.attempt } }], context.now);
  return true;
}
