import type { Actor, NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { Decision, DecisionRequest } from "../domain/decision/decision.ts";
import { advance, evolve, type DecisionCommand, type DecisionContext, type DecisionError, type DecisionEvent } from "../domain/decision/machine.ts";
import { ok, type Result } from "../domain/kernel/result.ts";
import type { Instant, JsonObject } from "../domain/kernel/values.ts";
import type { Transaction } from "../ports/store.ts";

/**
 * Applies a command to a request that was read with `lock`, and stores the new state with its flow events.
 *
 * @returns the request as it is now; the machine's refusal otherwise, with nothing stored.
 */
export async function changeRequest(
  tx: Transaction,
  request: DecisionRequest,
  command: DecisionCommand,
  context: DecisionContext,
): Promise<Result<DecisionRequest, DecisionError>> {
  const outcome = advance(request, command, context);
  if (!outcome.ok) return outcome;
  await store(tx, outcome.value.request, outcome.value.events, context);
  return ok(outcome.value.request);
}

/**
 * Closes a request whose row cannot be trusted. No command of the machine leads there from every phase, because no honest history does. A decision that is not even
 * one in form is dropped with it: it could be shown to nobody.
 */
export async function failRequest(
  tx: Transaction,
  request: DecisionRequest,
  reason: string,
  context: { readonly now: Instant; readonly actor: Actor },
): Promise<DecisionRequest> {
  const event: DecisionEvent = { type: hasDecision(request) ? "decision.failed" : "decision.superseded", at: context.now, reason };
  const failed = evolve(request, event);
  await store(tx, failed, [event], context);
  return failed;
}

function hasDecision({ state }: DecisionRequest): boolean {
  const decision: Partial<Record<keyof Decision, unknown>> | undefined = "decision" in state ? state.decision : undefined;
  const { by, surface, at, keyId, signature, verdict } = decision ?? {};
  const texts = [by, surface, keyId, signature].every((value) => typeof value === "string");
  return texts && Number.isSafeInteger(at) && typeof verdict === "object" && verdict !== null;
}

async function store(
  tx: Transaction,
  request: DecisionRequest,
  events: readonly DecisionEvent[],
  context: { readonly now: Instant; readonly actor: Actor },
): Promise<void> {
  await tx.requests.save(request);
  await tx.flow.append(
    events.map(({ type, at: _at, ...payload }: DecisionEvent & { at?: Instant }) => requestFlowEvent(request, type, withoutUndefined(payload), context)),
  );
}

/** An event about a request, under its run's correlation. The payload always names run, tool and digest, so that a reader needs no second look. */
export function requestFlowEvent(
  request: DecisionRequest,
  type: string,
  payload: JsonObject,
  context: { readonly now: Instant; readonly actor: Actor },
): NewFlowEvent {
  return {
    correlationId: request.correlationId,
    actor: context.actor,
    type,
    subject: `request:${request.id}`,
    payload: {
      requestId: request.id,
      runId: request.runId,
      repository: request.repository,
      issue: request.issue,
      kind: request.kind,
      tool: request.tool,
      digest: request.digest,
      ...payload,
    },
    at: context.now,
  };
}

/** Flow events are JSON: a member that is undefined is left out, at every depth. */
function withoutUndefined(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
