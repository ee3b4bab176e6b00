import type { RunId } from "../domain/kernel/values.ts";
import type { Transaction } from "../ports/store.ts";
import { changeRequest } from "./change-request.ts";
import type { ChangeContext } from "./change-run.ts";

/** Voids what a run still asks for. A request that is being executed at this moment is left to its executor. */
export async function supersedeRequests(tx: Transaction, runId: RunId, reason: string, context: ChangeContext): Promise<void> {
  for (const { id } of await tx.requests.open({ runId })) {
    const request = await tx.requests.get(id, { lock: true });
    if (request) await changeRequest(tx, request, { type: "supersede", reason }, context);
  }
}
