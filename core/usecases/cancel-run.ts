import { err, type Result } from "../domain/kernel/result.ts";
import type { PersonId, RunId } from "../domain/kernel/values.ts";
import type { RunCommand, RunError } from "../domain/run/machine.ts";
import type { Run } from "../domain/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { changeRun } from "./change-run.ts";
import { closeRun } from "./end-run.ts";

export type RunChangeError = RunError | { readonly type: "run.unknown"; readonly runId: RunId };

/** Ends a run by the owner's word: its open requests are void, its process is stopped. Its documents and its pull request stay as they are. */
export function createCancelRun(deps: { readonly store: Store; readonly clock: Clock }) {
  return function cancelRun(runId: RunId, by: PersonId, reason: string): Promise<Result<Run, RunChangeError>> {
    return deps.store.transaction(async (tx) => {
      const context = { now: deps.clock.now(), actor: { type: "person", id: by } } as const;
      const run = await tx.runs.get(runId, { lock: true });
      if (!run) return err({ type: "run.unknown", runId });
      const command: RunCommand = { type: "cancel", by, reason };
      const ended = await changeRun(tx, run, command, context);
      if (ended.ok) await closeRun(tx, ended.value, "The run was cancelled.", context);
      return ended;
    });
  };
}
