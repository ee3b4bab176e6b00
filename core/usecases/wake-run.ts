import type { RequestId, RunId } from "../domain/kernel/values.ts";
import { isHeld } from "../domain/run/run.ts";
import type { Transaction } from "../ports/store.ts";
import { changeRun, type ChangeContext } from "./change-run.ts";

/**
 * Tells a run that what it waited for is settled. A run that waits in place goes on at once: whoever holds its call returns the result, or the end of its turn
 * brings it. A parked run gets a new attempt, one that is held when it is let go. A run that waits for something else, or has ended, is left alone.
 */
export async function wakeRun(tx: Transaction, runId: RunId, requestId: RequestId, context: ChangeContext): Promise<void> {
  const run = await tx.runs.get(runId, { lock: true });
  if (!run) return;
  const { state } = run;
  if (!("requestId" in state) || state.requestId !== requestId) return;
  if (state.phase === "waiting_mcp" || state.phase === "waiting_input" || (state.phase === "parked" && isHeld(state.reason))) {
    await changeRun(tx, run, { type: "answered", requestId }, context);
    return;
  }
  if (state.phase !== "parked") return;
  await tx.outbox.add([{ key: `resume:${run.id}:${requestId}`, action: { type: "resume-run", runId: run.id } }], context.now);
}
