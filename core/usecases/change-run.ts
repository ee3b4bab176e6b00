import type { Actor, NewFlowEvent } from "../domain/audit/flow-event.ts";
import { ok, type Result } from "../domain/kernel/result.ts";
import type { Instant, JsonObject } from "../domain/kernel/values.ts";
import { advance, type RunCommand, type RunError, type RunEvent } from "../domain/run/machine.ts";
import type { Run } from "../domain/run/run.ts";
import type { Transaction } from "../ports/store.ts";
import { followChecks } from "./follow-checks.ts";

export interface ChangeContext {
  readonly now: Instant;
  readonly actor: Actor;
}

/** Milliseconds in which a run's changes share one edit of its status comment: GitHub allows some 80 edits a minute, and a run may change several times a second. */
const statusPause = 500;

/** What the server does of its own accord. */
export const orchestratorActor: Actor = { type: "system", id: "orchestrator" };

/**
 * Applies a command to a run that was read with `lock`: the new state, its flow events and the wish for a fresh status comment are stored together.
 *
 * @returns the run as it is now; the machine's refusal otherwise, with nothing stored.
 */
export async function changeRun(tx: Transaction, run: Run, command: RunCommand, context: ChangeContext): Promise<Result<Run, RunError>> {
  const outcome = advance(run, command, context);
  if (!outcome.ok) return outcome;
  const { run: changed, events } = outcome.value;
  if (events.length === 0) return ok(run);
  await tx.runs.save(changed);
  await appendRunEvents(tx, changed, events.map(toFlow), context);
  if (events.some(({ type }) => type === "run.pull-linked")) await followChecks(tx, changed, context.now);
  if (changed.pull !== undefined && changed.head !== undefined && changed.head !== run.head)
    await tx.pullChecks.moved(changed.repository, changed.pull, changed.head);
  return ok(changed);
}

/** Appends events about a run and asks for its status comment to be brought up to date. */
export async function appendRunEvents(
  tx: Transaction,
  run: Run,
  events: readonly { readonly type: string; readonly payload: JsonObject }[],
  context: ChangeContext,
): Promise<void> {
  const stored = await tx.flow.append(events.map((event) => runFlowEvent(run, event.type, event.payload, context)));
  const last = stored.at(-1);
  if (!last) return;
  const action = { type: "sync-status-comment", runId: run.id } as const;
  await tx.outbox.add([{ key: `status:${run.id}:${last.sequence}`, action, notBefore: statusPause, joinsWaiting: true }], context.now);
}

/** An event about a run, under the run's correlation. The payload always names issue and stage, so that a reader needs no second look. */
export function runFlowEvent(run: Run, type: string, payload: JsonObject, context: ChangeContext): NewFlowEvent {
  return {
    correlationId: run.correlationId,
    actor: context.actor,
    type,
    subject: `run:${run.id}`,
    payload: { runId: run.id, repository: run.repository, issue: run.issue, stage: run.stage, variant: run.variant, ...payload },
    at: context.now,
  };
}

function toFlow({ type, at: _at, ...payload }: RunEvent): { readonly type: string; readonly payload: JsonObject } {
  return { type, payload: Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined)) };
}
