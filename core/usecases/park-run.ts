import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { PersonId, RunId } from "../domain/kernel/values.ts";
import { isHoldReason, type HoldReason, type Run } from "../domain/run/run.ts";
import { changeRun } from "./change-run.ts";
import type { RunChangeError } from "./cancel-run.ts";
import { describeHold, goOn, holdOn, letGo } from "./holds.ts";
import type { ResumeRunDependencies } from "./resume-run.ts";

/** Lets the owner hold a run. Its process learns of it with the next heartbeat, stores its session and ends; what the run waits for stays open. */
export function createParkRun(deps: Pick<ResumeRunDependencies, "store" | "clock">) {
  return function parkRun(runId: RunId, by: PersonId): Promise<Result<Run, RunChangeError>> {
    return deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(runId, { lock: true });
      if (!run) return err({ type: "run.unknown", runId });
      return changeRun(tx, run, { type: "owner-park" }, { now: deps.clock.now(), actor: { type: "person", id: by } });
    });
  };
}

/** The owner lets go of a run while something else holds all of them: refused, because it would not go on. */
export interface StillHeld {
  readonly type: "run.still-held";
  readonly message: string;
  readonly remedy: string;
}

/** Lets go of a run that the owner holds. It goes on at once, or waits on for what is still open. */
export function createReleaseRun(deps: ResumeRunDependencies) {
  return function releaseRun(
    runId: RunId,
    by: PersonId,
  ): Promise<Result<Run, RunChangeError | StillHeld | { readonly type: "run.still-stopping"; readonly attempt: number }>> {
    return deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(runId, { lock: true });
      if (!run) return err({ type: "run.unknown", runId });
      const context = { now: deps.clock.now(), actor: { type: "person", id: by } } as const;
      const hold = await holdOn(tx, run, context.now);
      if (hold) return err(stillHeld(hold.reason));
      const last = await tx.attempts.latest(runId, { lock: true });
      if (last && last.phase !== "ended") return err({ type: "run.still-stopping", attempt: last.attempt });
      if (run.state.phase === "parked" && isHoldReason(run.state.reason)) {
        // What held it is over, and the round that lets it go is about to come.
        await letGo(deps, tx, run, context);
        return ok((await tx.runs.get(runId)) ?? run);
      }
      const released = await changeRun(tx, run, { type: "owner-resume" }, context);
      if (!released.ok) return released;
      await goOn(deps, tx, run, released.value, context, "The owner held the run and has let it go on.");
      return ok(released.value);
    });
  };
}

function stillHeld(reason: HoldReason): StillHeld {
  const remedy =
    reason === "pause"
      ? "Restore first: the button in the window, or `signalbox restore`."
      : "Raise the budget in the settings or with `signalbox budget`, or cancel the run. A day's budget is whole again at midnight UTC.";
  return { type: "run.still-held", message: `The run cannot go on: ${describeHold({ reason })}.`, remedy };
}
