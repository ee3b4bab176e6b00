import type { RunId } from "../domain/kernel/values.ts";
import { isHeld, type Run } from "../domain/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store } from "../ports/store.ts";
import { changeRun, orchestratorActor } from "./change-run.ts";
import { holdBack, holdOn } from "./holds.ts";
import { nextInput } from "./next-input.ts";
import { prepareAttempt, type AttemptSettings } from "./prepare-attempt.ts";

export interface ResumeRunDependencies extends AttemptSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/**
 * Starts the next attempt of a run that waits without a process. Its first input tells what became of what it had asked for, and the note. A run that does not
 * wait, or that is held, is left alone: whoever lets it go resumes it. While everything is paused, or its budget is spent, it is held instead, and the note kept.
 *
 * @throws InfrastructureError `busy` (retryable) while the last attempt is still on its way out: its snapshot has to be complete first.
 */
export function createResumeRun(deps: ResumeRunDependencies) {
  return function resumeRun(runId: RunId, note?: string): Promise<Run | undefined> {
    return deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(runId, { lock: true });
      if (!run || !waits(run)) return undefined;
      const last = await tx.attempts.latest(runId, { lock: true });
      if (last && last.phase !== "ended") {
        throw new InfrastructureError("busy", `attempt ${last.attempt} of run ${runId} has not ended yet`, {
          retryable: true,
          remedy: "It is resumed as soon as that attempt has stored its session.",
        });
      }
      const context = { now: deps.clock.now(), actor: orchestratorActor };
      const hold = await holdOn(tx, run, context.now);
      if (hold) {
        await holdBack(tx, run, hold, context, note);
        return undefined;
      }
      const resumed = await changeRun(tx, run, { type: "resume" }, context);
      if (!resumed.ok || resumed.value.state.phase !== "preparing") return undefined;
      const input = await nextInput(tx, deps.randomness, run, resumed.value.state.attempt, { note, now: context.now });
      await prepareAttempt(tx, deps, resumed.value, context, input);
      return resumed.value;
    });
  };
}

function waits({ state }: Run): boolean {
  return (state.phase === "parked" && !isHeld(state.reason)) || state.phase === "waiting_owner_review";
}
