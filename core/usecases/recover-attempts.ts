import type { RunId } from "../domain/kernel/values.ts";
import { isFinalRun } from "../domain/run/run.ts";
import type { AgentRuntime } from "../ports/agent-runtime.ts";
import type { Log } from "../ports/log.ts";
import { orchestratorActor } from "./change-run.ts";
import { holdOn } from "./holds.ts";
import { afterAttempt, finishAttempt, type EndAttemptDependencies } from "./end-attempt.ts";

export interface RecoverAttemptsDependencies extends EndAttemptDependencies {
  readonly runtime: AgentRuntime;
  readonly log: Log;
}

/**
 * Finds attempts that are over without having said so: their lease ran out, or their process is gone. What is left of them is stopped first, so that the next
 * attempt never runs beside the last one. Also stops processes that belong to no attempt that is alive. Any number of orchestrators may do this at once: what
 * they see is judged again under the run's lock, and stopping twice is stopping once.
 *
 * @returns how many attempts were lost.
 */
export function createRecoverAttempts(deps: RecoverAttemptsDependencies) {
  return async function recoverAttempts(): Promise<number> {
    const now = deps.clock.now();
    const alive = await deps.store.transaction((tx) => tx.attempts.alive());
    let lost = 0;
    for (const { runId, attempt, leaseUntil } of alive) {
      try {
        const silent = leaseUntil <= now;
        // `unknown` is not gone: its start may still be in the outbox, or another orchestrator started it on another machine.
        const gone = !silent && (await deps.runtime.status(runId, attempt)) === "gone";
        const why = silent ? "It was silent for too long." : gone ? "Its process is gone." : undefined;
        if (why === undefined) continue;
        await deps.runtime.stop(runId, attempt);
        if (await declareLost(deps, runId, attempt, why)) lost += 1;
      } catch (error) {
        // One attempt that cannot be looked into must not keep the others from being recovered; it is looked at again with the next round.
        deps.log.warn({ err: error, runId, attempt }, "attempt could not be recovered");
      }
    }
    await stopStrangers(deps);
    return lost;
  };
}

function declareLost(deps: RecoverAttemptsDependencies, runId: RunId, number: number, why: string): Promise<boolean> {
  return deps.store.transaction(async (tx) => {
    const run = await tx.runs.get(runId, { lock: true });
    const attempt = await tx.attempts.get(runId, number, { lock: true });
    if (!run || !attempt || attempt.phase === "ended") return false;
    const now = deps.clock.now();
    const hold = await holdOn(tx, run, now);
    await finishAttempt(tx, run, attempt, "lost", why, { now, actor: orchestratorActor });
    await afterAttempt(deps, tx, run, attempt, hold, why);
    return true;
  });
}

/** Processes whose attempt has ended, or that nobody knows: left over by a crash between a decision and its effect. */
async function stopStrangers(deps: RecoverAttemptsDependencies): Promise<void> {
  for (const { runId, attempt } of await deps.runtime.list()) {
    const known = await deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(runId);
      const row = await tx.attempts.get(runId, attempt);
      return run !== undefined && row !== undefined && row.phase !== "ended" && !isFinalRun(run.state);
    });
    if (!known) await deps.runtime.stop(runId, attempt);
  }
}
