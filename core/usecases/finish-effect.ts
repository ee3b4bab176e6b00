import type { NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { CorrelationId, JsonObject, RequestId, RunId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { EffectRow } from "../ports/effects.ts";
import type { Store } from "../ports/store.ts";

/** Notes that an effect was performed, with what came of it. One that is settled already stays as it is. */
export function finishEffect(deps: { readonly store: Store; readonly clock: Clock }, effectId: string, result: JsonObject): Promise<void> {
  return deps.store.transaction(async (tx) => {
    const row = await tx.outbox.get(effectId, { lock: true });
    if (!row || row.state !== "pending") return;
    const at = deps.clock.now();
    await tx.outbox.save({ ...row, state: "done", result, lastError: undefined, doneAt: at });
    const { correlationId, subject } = await contextOf(
      row,
      (id) => tx.runs.get(id),
      (id) => tx.requests.get(id),
    );
    const event = (type: string, about: string, payload: JsonObject): NewFlowEvent => ({
      correlationId,
      actor: { type: "system", id: "orchestrator" },
      type,
      subject: about,
      payload,
      at,
    });
    const changed =
      row.action.type === "change-labels"
        ? [event("label.changed", `issue:${row.action.repository}#${row.action.number}`, { ...result, as: row.action.as })]
        : [];
    await tx.flow.append([event("effect.done", subject, { effect: row.action.type, key: row.key, attempts: row.attempts }), ...changed]);
  });
}

/** What an effect belongs to, so that it is found under its run. */
export async function contextOf(
  row: EffectRow,
  run: (id: RunId) => Promise<{ readonly correlationId: CorrelationId } | undefined>,
  request: (id: RequestId) => Promise<{ readonly runId: RunId; readonly correlationId: CorrelationId } | undefined>,
): Promise<{ readonly correlationId: CorrelationId; readonly subject: string; readonly runId?: RunId | undefined }> {
  const { action } = row;
  if ("runId" in action)
    return {
      correlationId: (await run(action.runId))?.correlationId ?? (action.runId as string as CorrelationId),
      subject: `run:${action.runId}`,
      runId: action.runId,
    };
  if (action.type === "execute-decision") {
    const owner = await request(action.requestId);
    return {
      correlationId: owner?.correlationId ?? (action.requestId as string as CorrelationId),
      subject: `request:${action.requestId}`,
      runId: owner?.runId,
    };
  }
  // Labels, comments and checks carry the run in their key where they belong to one: `labels:<run>:…`.
  const runId = row.key.split(":")[1] as RunId | undefined;
  const owner = runId ? await run(runId) : undefined;
  const number = action.type === "post-comment" ? action.issue : action.type === "change-labels" ? action.number : undefined;
  const subject = owner ? `run:${runId}` : number === undefined ? `repository:${action.repository}` : `issue:${action.repository}#${number}`;
  return { correlationId: owner?.correlationId ?? (row.key as CorrelationId), subject, runId: owner ? runId : undefined };
}
