import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { ToolResult } from "../domain/tool/tool.ts";
import type { Transaction } from "../ports/store.ts";
import { runFlowEvent, type ChangeContext } from "./change-run.ts";
import { settleEdited } from "./settle-edited.ts";
import { wakeRun } from "./wake-run.ts";

/** What follows when a request has expired, in the same transaction: its call was not carried out, and the run goes on with that. A gate is asked anew instead. */
export async function closeExpired(tx: Transaction, { id, runId }: DecisionRequest, context: ChangeContext): Promise<void> {
  const call = await tx.toolCalls.byRequest(id, { lock: true });
  const run = await tx.runs.get(runId);
  if (call?.state === "pending" && run) {
    const result: ToolResult = { status: "expired", message: "Nobody decided in time, so the call was not carried out." };
    const settled = { ...call, state: "failed", result, finishedAt: context.now } as const;
    await tx.toolCalls.save(settled);
    await tx.flow.append([runFlowEvent(run, "tool.failed", { toolCallId: call.id, tool: call.tool, requestId: id, status: "expired" }, context)]);
    await settleEdited(tx, run, settled, context);
  }
  await wakeRun(tx, runId, id, context);
}
