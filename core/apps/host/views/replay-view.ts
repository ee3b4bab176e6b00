import type { DecisionReplay } from "../../../contract/audit.ts";
import type { ReplayedDecision } from "../../../usecases/replay-decision.ts";
import { eventText } from "./event-text.ts";
import { inboxCard } from "./inbox-view.ts";

/** A replayed decision as the contract has it: the same card that the inbox shows, then what was decided, what ran, what came back, and the steps. */
export function replayView(replayed: ReplayedDecision): DecisionReplay {
  const { request, run, rule, decided, call, result } = replayed;
  return {
    ok: replayed.problems.length === 0,
    shown: inboxCard(request, run, rule, { verifies: decided?.signatureVerifies, isAsAsked: replayed.digestHolds }),
    digestHolds: replayed.digestHolds,
    asked: { rule: request.rule, ...(rule ? { description: rule.description } : {}), ...(call ? { toolCallId: call.id } : {}) },
    ...(decided ? { decided: decidedView(decided) } : {}),
    ...(call ? { ran: ranView(call) } : {}),
    ...(result ? { cameBack: result as NonNullable<DecisionReplay["cameBack"]> } : {}),
    steps: replayed.steps.map(({ event, hashHolds }) => ({
      sequence: event.sequence,
      hash: event.hash,
      hashHolds,
      at: event.at,
      actor: `${event.actor.type} ${event.actor.id}`,
      type: event.type,
      subject: event.subject,
      text: eventText(event),
    })),
    problems: [...replayed.problems],
  };
}

function decidedView({ decision, signatureVerifies }: NonNullable<ReplayedDecision["decided"]>): NonNullable<DecisionReplay["decided"]> {
  const { verdict, by, surface, at, keyId, signature } = decision;
  return { verdict: verdict as NonNullable<DecisionReplay["decided"]>["verdict"], by, surface, at, keyId, signature, signatureVerifies };
}

function ranView(call: NonNullable<ReplayedDecision["call"]>): NonNullable<DecisionReplay["ran"]> {
  const { id, tool, state, executions, repeats, effectKey, delivered, result } = call;
  return {
    toolCallId: id,
    tool,
    state,
    executions,
    repeats,
    ...(effectKey === undefined ? {} : { effectKey }),
    delivered,
    ...(result ? { result: result as NonNullable<NonNullable<DecisionReplay["ran"]>["result"]> } : {}),
  };
}
