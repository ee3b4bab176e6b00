import type { ToolResult } from "../domain/tool/tool.ts";
import type { Run } from "../domain/run/run.ts";
import type { ToolCall, Transaction } from "../ports/store.ts";
import { runFlowEvent, type ChangeContext } from "./change-run.ts";

/**
 * Gives an agent's call, in whose place a person has put another one, what became of that one. Called in the transaction that settles the other, so that the agent is told if and only if
 * something has been settled. A call that nobody has edited is left alone.
 */
export async function settleEdited(tx: Transaction, run: Run, settled: ToolCall, context: ChangeContext): Promise<void> {
  if (settled.editOf === undefined || settled.result === undefined) return;
  const asked = await tx.toolCalls.get(settled.editOf, { lock: true });
  if (asked?.state !== "pending") return;
  const result = editedResult(settled);
  // What was performed is in the other row: an effect counts once.
  await tx.toolCalls.save({ ...asked, state: settled.state, result, executions: 0, finishedAt: context.now });
  const about = { toolCallId: asked.id, tool: asked.tool, instead: settled.id, status: result.status };
  await tx.flow.append([runFlowEvent(run, "tool.edit-settled", about, context)]);
}

/** What the agent is told of its own call: the result of the one that stood in its place, and what that one was. */
export function editedResult({ arguments: edited, result }: Pick<ToolCall, "arguments" | "result">): ToolResult {
  const { status, message, ...data } = result as ToolResult;
  return {
    ...data,
    status,
    message: `The owner changed the arguments of this call before deciding; in their place stand those in "edited". ${message}`,
    edited,
  };
}
