import type { Run } from "../domain/run/run.ts";
import type { Transaction } from "../ports/store.ts";
import type { ChangeContext } from "./change-run.ts";
import { supersedeRequests } from "./supersede-requests.ts";

/**
 * What the end of a run brings with it: its open requests are void, and its attempt, if one is alive, is stopped. Called in the transaction that ended the run.
 * A request that is being executed at this moment is left to its executor.
 */
export async function closeRun(tx: Transaction, run: Run, reason: string, context: ChangeContext): Promise<void> {
  await supersedeRequests(tx, run.id, reason, context);
  const attempt = await tx.attempts.latest(run.id, { lock: true });
  if (!attempt || attempt.phase === "ended") return;
  await tx.attempts.save({ ...attempt, phase: "ended", endedAt: context.now, outcome: "cancelled" });
  await tx.outbox.add([{ key: `stop:${run.id}:${attempt.attempt}`, action: { type: "stop-attempt", runId: run.id, attempt: attempt.attempt } }], context.now);
}
