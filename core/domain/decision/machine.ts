import type { Actor } from "../audit/flow-event.ts";
import { err, ok, unreachable, type Result } from "../kernel/result.ts";
import type { Digest, Instant, JsonObject, RequestId, TargetVersion } from "../kernel/values.ts";
import { finalDecisionPhases, type Decision, type DecisionPhase, type DecisionRequest, type DecisionState, type RequestKind } from "./decision.ts";
import { verdictFault, type VerdictFault } from "./verdicts.ts";

export type DecisionCommand =
  /** The owner's word, already verified to be signed. `digest` and `targetVersion` are what the owner saw. */
  | { readonly type: "decide"; readonly decision: Decision; readonly digest: Digest; readonly targetVersion: TargetVersion }
  /** The executor is about to act. `digest` is computed anew from the stored arguments, so that an edited row is noticed. */
  | { readonly type: "begin"; readonly digest: Digest }
  /** An executor died in between and another one takes over: the effect may have happened. */
  | { readonly type: "recover" }
  | { readonly type: "complete"; readonly result: JsonObject }
  | { readonly type: "fail"; readonly reason: string }
  | { readonly type: "expire" }
  /** The target was seen to have moved before anybody decided; `current` is what it is now. */
  | { readonly type: "move"; readonly current: TargetVersion }
  | { readonly type: "supersede"; readonly reason: string }
  /** A person changes the arguments: the request `instead` takes this one's place. `digest` is what they saw. */
  | { readonly type: "edit"; readonly instead: RequestId; readonly digest: Digest };

export type DecisionEvent =
  | { readonly type: "decision.decided"; readonly decision: Decision }
  | { readonly type: "decision.execution-began"; readonly at: Instant }
  /** Before acting, the effect's key must be looked up: what it finds is the result, and nothing is done again. */
  | { readonly type: "decision.execution-recovered"; readonly at: Instant; readonly consultEffectKey: true }
  | { readonly type: "decision.executed"; readonly at: Instant; readonly result: JsonObject }
  | { readonly type: "decision.failed"; readonly at: Instant; readonly reason: string }
  | { readonly type: "decision.went-stale"; readonly at: Instant; readonly current: TargetVersion }
  | { readonly type: "decision.expired"; readonly at: Instant }
  | { readonly type: "decision.superseded"; readonly at: Instant; readonly reason: string; readonly instead?: RequestId | undefined };

/** Why a command was refused. The surface turns the type into words and, where there is one, a remedy. */
export type DecisionError =
  | { readonly type: "decision.already-decided"; readonly decision: Decision }
  | { readonly type: "decision.closed"; readonly phase: DecisionPhase }
  /** Somebody has edited it: the other request is what can be decided. */
  | { readonly type: "decision.edited"; readonly instead: RequestId }
  | { readonly type: "decision.not-decided" }
  | { readonly type: "decision.not-executing"; readonly phase: DecisionPhase }
  /** Somebody else is at it, or died at it: only `recover` may go on. */
  | { readonly type: "decision.already-executing"; readonly startedAt: Instant }
  | { readonly type: "decision.other-arguments" }
  | { readonly type: "decision.other-target"; readonly seen: TargetVersion; readonly shown: TargetVersion }
  | { readonly type: "decision.not-due"; readonly expiresAt: Instant }
  | { readonly type: "decision.not-for-agents" }
  /** Only the arguments of a tool call can be edited; everything else is answered in words. */
  | { readonly type: "decision.not-editable"; readonly kind: RequestKind }
  | { readonly type: "decision.expired" }
  | VerdictFault;

export interface DecisionContext {
  readonly now: Instant;
  readonly actor: Actor;
  /** The target as it is now; for `decide` and `begin`. Without it the target counts as unmoved: pass it wherever there is one. */
  readonly currentVersion?: TargetVersion | undefined;
}

type Outcome = Result<readonly DecisionEvent[], DecisionError>;

/**
 * What a command does to a request. Deciding changes nothing: apply the events with {@link evolve}. A decision or an execution that comes too late, or to a target that moved,
 * is accepted as the event that closes the request (`expired`, `went-stale`): look at the events, not only at `ok`.
 */
export function decide(request: DecisionRequest, command: DecisionCommand, context: DecisionContext): Outcome {
  if (isFinalDecision(request.state)) return err(closed(request.state));
  switch (command.type) {
    case "decide":
      return takeDecision(request, command, context);
    case "begin":
      return begin(request, command.digest, context);
    case "recover":
      return executing(request.state, { type: "decision.execution-recovered", at: context.now, consultEffectKey: true });
    case "complete":
      return executing(request.state, { type: "decision.executed", at: context.now, result: command.result });
    case "fail":
      return executing(request.state, { type: "decision.failed", at: context.now, reason: command.reason });
    case "expire":
      return expire(request, context.now);
    case "move":
      return move(request, command.current, context.now);
    case "supersede":
      // A decided one as well, as long as nothing was done: its run has ended.
      return request.state.phase !== "executing" ? ok([{ type: "decision.superseded", at: context.now, reason: command.reason }]) : err(decided(request.state));
    case "edit":
      return edit(request, command, context);
    default:
      return unreachable(command);
  }
}

/** {@link decide} and {@link evolve} in one step. */
export function advance(
  request: DecisionRequest,
  command: DecisionCommand,
  context: DecisionContext,
): Result<{ readonly request: DecisionRequest; readonly events: readonly DecisionEvent[] }, DecisionError> {
  const outcome = decide(request, command, context);
  return outcome.ok ? ok({ request: outcome.value.reduce(evolve, request), events: outcome.value }) : outcome;
}

/** Applies one event. Total over every phase, so that a replayed history never fails. */
export function evolve(request: DecisionRequest, event: DecisionEvent): DecisionRequest {
  return { ...request, state: nextState(request, event) };
}

export function isFinalDecision(state: DecisionState): boolean {
  return (finalDecisionPhases as readonly DecisionPhase[]).includes(state.phase);
}

function takeDecision(request: DecisionRequest, command: Extract<DecisionCommand, { type: "decide" }>, context: DecisionContext): Outcome {
  const { decision } = command;
  if (context.actor.type === "agent") return err({ type: "decision.not-for-agents" });
  if (request.state.phase !== "requested") return err(decided(request.state));
  if (command.digest !== request.digest) return err({ type: "decision.other-arguments" });
  if (command.targetVersion !== request.targetVersion) return err({ type: "decision.other-target", seen: command.targetVersion, shown: request.targetVersion });
  const fault = verdictFault(request, decision.verdict);
  if (fault) return err(fault);
  if (context.now >= request.expiresAt) return ok([{ type: "decision.expired", at: context.now }]);
  return ok([staleness(request, context) ?? { type: "decision.decided", decision }]);
}

/**
 * The last gate before an effect: what was decided must still be what is about to happen, to the target that was shown, and in time. A verdict that performs
 * nothing outside (a denial, an answer, a question) is brought to the agent however the target moved.
 */
function begin(request: DecisionRequest, digest: Digest, context: DecisionContext): Outcome {
  const { state } = request;
  if (state.phase === "requested") return err({ type: "decision.not-decided" });
  if (state.phase === "executing") return err({ type: "decision.already-executing", startedAt: state.startedAt });
  if (state.phase !== "decided") return err(closed(state));
  if (digest !== request.digest) return err({ type: "decision.other-arguments" });
  const begun: DecisionEvent = { type: "decision.execution-began", at: context.now };
  if (!changesTarget(request, state.decision)) return ok([begun]);
  if (context.now >= request.expiresAt) return ok([{ type: "decision.expired", at: context.now }]);
  return ok([staleness(request, context) ?? begun]);
}

/** Silence is never consent: at the deadline an undecided request closes as expired. */
function expire(request: DecisionRequest, now: Instant): Outcome {
  if (request.state.phase !== "requested") return err(decided(request.state));
  return now < request.expiresAt ? err({ type: "decision.not-due", expiresAt: request.expiresAt }) : ok([{ type: "decision.expired", at: now }]);
}

/** A request that nobody has decided closes at once when its target moves; a decided one is looked at when it begins. */
function move(request: DecisionRequest, current: TargetVersion, now: Instant): Outcome {
  if (request.state.phase !== "requested") return err(decided(request.state));
  return current === request.targetVersion ? ok([]) : ok([{ type: "decision.went-stale", at: now, current }]);
}

/**
 * Only what waits can be edited, by a person who has seen it as it is. A target that moved does not matter here: the request that takes its place is made from the target as it is
 * then. The deadline does: whoever comes too late gets no new request, and the old one is closed by {@link expire}, so that the agent is told the same as ever.
 */
function edit(request: DecisionRequest, { instead, digest }: Extract<DecisionCommand, { type: "edit" }>, { now, actor }: DecisionContext): Outcome {
  if (actor.type !== "person") return err({ type: "decision.not-for-agents" });
  if (request.state.phase !== "requested") return err(decided(request.state));
  if (request.kind !== "tool") return err({ type: "decision.not-editable", kind: request.kind });
  if (digest !== request.digest) return err({ type: "decision.other-arguments" });
  if (now >= request.expiresAt) return err({ type: "decision.expired" });
  return ok([{ type: "decision.superseded", at: now, reason: `edited by ${actor.id}`, instead }]);
}

function executing(state: DecisionState, event: DecisionEvent): Outcome {
  return state.phase === "executing" ? ok([event]) : err({ type: "decision.not-executing", phase: state.phase });
}

function changesTarget(request: DecisionRequest, { verdict }: Decision): boolean {
  return request.kind !== "question" && verdict.type === "approve";
}

function staleness(request: DecisionRequest, { now, currentVersion }: DecisionContext): DecisionEvent | undefined {
  const moved = currentVersion !== undefined && currentVersion !== request.targetVersion;
  return moved ? { type: "decision.went-stale", at: now, current: currentVersion } : undefined;
}

/** Tells the second surface who was first, wherever somebody was. */
function decided(state: DecisionState): DecisionError {
  if (state.phase === "superseded" && state.instead !== undefined) return { type: "decision.edited", instead: state.instead };
  return "decision" in state ? { type: "decision.already-decided", decision: state.decision } : { type: "decision.closed", phase: state.phase };
}

const closed = decided;

function nextState(request: DecisionRequest, event: DecisionEvent): DecisionState {
  const { state } = request;
  switch (event.type) {
    case "decision.decided":
      return { phase: "decided", decision: event.decision };
    case "decision.execution-began":
      return "decision" in state ? { phase: "executing", decision: state.decision, startedAt: event.at } : state;
    case "decision.execution-recovered":
      return state;
    case "decision.executed":
      return "decision" in state ? { phase: "executed", decision: state.decision, executedAt: event.at, result: event.result } : state;
    case "decision.failed":
      return "decision" in state ? { phase: "failed", decision: state.decision, at: event.at, reason: event.reason } : state;
    case "decision.went-stale":
      return { phase: "stale", seen: request.targetVersion, current: event.current, at: event.at };
    case "decision.expired":
      return { phase: "expired", at: event.at };
    case "decision.superseded":
      return { phase: "superseded", at: event.at, reason: event.reason, ...(event.instead === undefined ? {} : { instead: event.instead }) };
    default:
      return unreachable(event);
  }
}
