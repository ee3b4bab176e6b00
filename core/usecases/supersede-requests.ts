import type { NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { DecisionRequest } from "../domain/decision/decision.ts";
import { advance, type DecisionCommand } from "../domain/decision/machine.ts";
import type { JsonObject, RunId } from "../domain/kernel/values.ts";
import type { Transaction } from "../ports/store.ts";
import type { ChangeContext } from "./change-run.ts";

/** Voids what a run still asks for. A request that is being executed at this moment is left to its executor. */
export async function supersedeRequests(tx: Transaction, runId: RunId, reason: string, context: ChangeContext): Promise<void> {
  for (const { id } of await tx.requests.open({ runId })) {
    const request = await tx.requests.get(id, { lock: true });
    if (request) await closeRequest(tx, request, { type: "supersede", reason }, context);
  }
}

/** Closes a request that was read with `lock`. False when the machine refuses: it is final already, or under way. */
export async function closeRequest(tx: Transaction, request: DecisionRequest, command: Extract<DecisionCommand, { type: "supersede" | "expire" }>, context: ChangeContext): Promise<boolean> {
  const outcome = advance(request, command, context);
  if (!outcome.ok) return false;
  await tx.requests.save(outcome.value.request);
  const events = outcome.value.events.map(({ type, ...event }): NewFlowEvent => {
    const detail: JsonObject = "reason" in event ? { reason: event.reason } : {};
    const payload = { requestId: request.id, runId: request.runId, tool: request.tool, ...detail };
    return { correlationId: request.correlationId, actor: context.actor, type, subject: `request:${request.id}`, payload, at: context.now };
  });
  await tx.flow.append(events);
  return true;
}
