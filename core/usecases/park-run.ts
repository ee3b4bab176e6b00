import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { PersonId, RunId } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { changeRun } from "./change-run.ts";
import type { RunChangeError } from "./cancel-run.ts";
import { nextInput } from "./next-input.ts";
import { prepareAttempt } from "./prepare-attempt.ts";
import type { ResumeRunDependencies } from "./resume-run.ts";
import { undeliveredCalls } from "./run-news.ts";

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

/** Lets go of a run that the owner holds. It goes on at once, or waits on for what is still open. */
export function createReleaseRun(deps: ResumeRunDependencies) {
  return function releaseRun(
    runId: RunId,
    by: PersonId,
  ): Promise<Result<Run, RunChangeError | { readonly type: "run.still-stopping"; readonly attempt: number }>> {
    return deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(runId, { lock: true });
      if (!run) return err({ type: "run.unknown", runId });
      const last = await tx.attempts.latest(runId, { lock: true });
      if (last && last.phase !== "ended") return err({ type: "run.still-stopping", attempt: last.attempt });
      const context = { now: deps.clock.now(), actor: { type: "person", id: by } } as const;
      const released = await changeRun(tx, run, { type: "owner-resume" }, context);
      if (!released.ok) return released;
      const { state } = released.value;
      if (state.phase === "preparing") {
        const input = await nextInput(tx, deps.randomness, run, state.attempt, { why: "The owner held the run and has let it go on." });
        await prepareAttempt(tx, deps, released.value, context, input);
      } else if ((await undeliveredCalls(tx, runId)).length > 0) {
        await tx.outbox.add([{ key: `resume:${runId}:released-${context.now}`, action: { type: "resume-run", runId } }], context.now);
      }
      return ok(released.value);
    });
  };
}
