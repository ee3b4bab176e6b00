import { endingText } from "../domain/run/ending.ts";
import type { Run, RunAttempt } from "../domain/run/run.ts";
import { isFinalRun, isHoldReason } from "../domain/run/run.ts";
import type { TurnUsage } from "../ports/agent.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { Store, Transaction } from "../ports/store.ts";
import type { RunIdentity } from "./authenticate-run.ts";
import { changeRun, orchestratorActor, runFlowEvent, type ChangeContext } from "./change-run.ts";
import { closeRun } from "./end-run.ts";
import { holdBy, letGo, type Hold } from "./holds.ts";
import { nextInput } from "./next-input.ts";
import { prepareAttempt, type AttemptSettings } from "./prepare-attempt.ts";
import { recordUsage, type RecordUsageDependencies } from "./record-usage.ts";
import { undeliveredCalls } from "./run-news.ts";

export interface AttemptReport {
  readonly outcome: "finished" | "parked" | "failed" | "cancelled" | "deadline";
  readonly message?: string | undefined;
  /** The turn that was ended in its middle, and what it had used. */
  readonly cutOff?: { readonly turn: number; readonly usage: TurnUsage } | undefined;
}

export interface EndAttemptDependencies extends AttemptSettings, RecordUsageDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Attempts that may be lost or fail one after the other before the run fails. */
  readonly maxAttempts?: number | undefined;
}

/** An attempt reports that it ends. What it leaves behind decides: a run that waits waits on, one that was cut off gets its next attempt. */
export function createEndAttempt(deps: EndAttemptDependencies) {
  return function endAttempt(identity: RunIdentity, report: AttemptReport): Promise<void> {
    return deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(identity.run.id, { lock: true });
      const attempt = await tx.attempts.get(identity.run.id, identity.attempt.attempt, { lock: true });
      if (!run || !attempt || attempt.phase === "ended") return;
      const context = { now: deps.clock.now(), actor: { type: "agent", id: run.id } } as const;
      const holds = await tx.holds.get({ lock: "share" });
      const { cutOff } = report;
      if (cutOff) await recordUsage(deps, tx, run, { attempt: attempt.attempt, turn: cutOff.turn }, cutOff.usage, context.now);
      const hold = await holdBy(tx, holds, run, context.now);
      await finishAttempt(tx, run, attempt, report.outcome, report.message, context);
      if (report.outcome === "deadline" && isAtWork(run)) {
        const failed = await changeRun(tx, run, { type: "fail", reason: report.message ?? endingText({ type: "deadline" }) }, context);
        if (failed.ok) await closeRun(tx, failed.value, "The run failed.", context);
        return;
      }
      await afterAttempt(deps, tx, run, attempt, hold, report.message ?? `The agent's process ended: ${report.outcome}.`);
    });
  };
}

/** Closes the row of an attempt and says so. */
export async function finishAttempt(
  tx: Transaction,
  run: Run,
  attempt: RunAttempt,
  outcome: string,
  message: string | undefined,
  context: ChangeContext,
): Promise<void> {
  await tx.attempts.save({ ...attempt, phase: "ended", endedAt: context.now, outcome });
  const payload = { attempt: attempt.attempt, outcome, ...(message === undefined ? {} : { message: message.slice(0, 2_000) }) };
  await tx.flow.append([runFlowEvent(run, outcome === "lost" ? "attempt.lost" : "attempt.ended", payload, context)]);
}

/**
 * What follows for the run when an attempt is over: parked runs whose answer has come meanwhile go on, runs that were at work get another attempt, up to a
 * limit, and runs that wait for a decision wait without a process. With a `hold` none gets another one; what was held and is not any more goes on.
 */
export async function afterAttempt(
  deps: EndAttemptDependencies,
  tx: Transaction,
  run: Run,
  attempt: RunAttempt,
  hold: Hold | undefined,
  why: string,
): Promise<void> {
  if (isFinalRun(run.state)) return;
  const context = { now: deps.clock.now(), actor: orchestratorActor };
  const { phase } = run.state;
  if (hold && isAtWork(run)) {
    await changeRun(tx, run, { type: "hold", reason: hold.reason }, context);
    return;
  }
  if (!hold && run.state.phase === "parked" && isHoldReason(run.state.reason)) {
    await letGo(deps, tx, run, context);
    return;
  }
  if (isAtWork(run) || phase === "waiting_mcp" || phase === "waiting_input") {
    const lost = await changeRun(tx, run, { type: "attempt-lost", attempt: attempt.attempt, maxAttempts: deps.maxAttempts ?? 5 }, context);
    if (!lost.ok) return;
    if (lost.value.state.phase === "failed") return closeRun(tx, lost.value, "The run failed.", context);
    if (lost.value.state.phase === "preparing") {
      const input = await nextInput(tx, deps.randomness, run, lost.value.state.attempt, { why, now: context.now });
      await prepareAttempt(tx, deps, lost.value, context, input);
      return;
    }
  }
  if ((await undeliveredCalls(tx, run.id)).length === 0) return;
  // Decided while the attempt was on its way out; a run that the owner holds ignores it.
  await tx.outbox.add([{ key: `resume:${run.id}:after-${attempt.attempt}`, action: { type: "resume-run", runId: run.id } }], context.now);
}

function isAtWork({ state }: Run): boolean {
  return state.phase === "preparing" || state.phase === "running";
}
