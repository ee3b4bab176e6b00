import { flowEventText } from "../domain/audit/chain.ts";
import type { FlowEvent } from "../domain/audit/flow-event.ts";
import type { Decision, DecisionRequest } from "../domain/decision/decision.ts";
import { decisionText, digestHolds } from "../domain/decision/digest.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { JsonObject, RequestId } from "../domain/kernel/values.ts";
import type { Rule } from "../domain/rule/rule.ts";
import type { Run } from "../domain/run/run.ts";
import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";
import type { AuditedRequest, Store, ToolCall, Transaction } from "../ports/store.ts";
import { auditRequest, type AuditProblem } from "./audit-request.ts";

export interface ReplayStep {
  readonly event: FlowEvent;
  /** The event is what was hashed when it was written. Whether the chain around it is whole is for the verification of the trail. */
  readonly hashHolds: boolean;
}

/** Everything that is known of one decision, read and checked anew. */
export interface ReplayedDecision {
  readonly request: DecisionRequest;
  readonly run: Run;
  /** The rule as it is in force today; the trail has the id of the one that asked. */
  readonly rule?: Rule | undefined;
  readonly digestHolds: boolean;
  readonly decided?: { readonly decision: Decision; readonly signatureVerifies: boolean } | undefined;
  /** The call that asked; a gate has none. */
  readonly call?: ToolCall | undefined;
  readonly result?: JsonObject | undefined;
  readonly steps: readonly ReplayStep[];
  readonly problems: readonly AuditProblem[];
}

export interface ReplayDecisionDependencies {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly signatures: SignatureVerifier;
}

/** Replays one request from what was asked to what came back. Nothing is repeated: everything is read, and whatever does not fit is named. Undefined: there is no such request. */
export function createReplayDecision(deps: ReplayDecisionDependencies) {
  return async function replayDecision(id: RequestId): Promise<ReplayedDecision | undefined> {
    const found = await deps.store.transaction((tx) => read(tx, id));
    if (!found) return undefined;
    const { request, call, events } = found;
    const steps = events.filter((event) => concerns(event, request, call)).map((event) => ({ event, hashHolds: hashHolds(deps, event) }));
    const decision = "decision" in request.state ? request.state.decision : undefined;
    const holds = attempt(() => digestHolds(request, deps.hasher.sha256));
    const problems = [...auditRequest(deps, found.audited), ...stepProblems(steps), ...callProblems(found, steps)];
    const { run, rule } = found;
    return {
      request,
      run,
      ...(rule ? { rule } : {}),
      ...(call ? { call } : {}),
      digestHolds: holds,
      ...(decision ? { decided: { decision, signatureVerifies: verifies(deps, request, decision) } } : {}),
      ...(request.state.phase === "executed" ? { result: request.state.result } : {}),
      steps,
      problems,
    };
  };
}

interface Found {
  readonly audited: AuditedRequest;
  readonly request: DecisionRequest;
  readonly run: Run;
  readonly rule?: Rule | undefined;
  readonly call?: ToolCall | undefined;
  readonly events: readonly FlowEvent[];
}

async function read(tx: Transaction, id: RequestId): Promise<Found | undefined> {
  const audited = await tx.audit.request(id);
  const run = audited && (await tx.runs.get(audited.request.runId));
  if (!audited || !run) return undefined;
  const { request } = audited;
  const rule = (await tx.rules.list()).find((candidate) => candidate.id === request.rule);
  const call = await tx.toolCalls.byRequest(id);
  // Both, because an event that was moved to another correlation by hand still has its subject.
  const events = [...(await tx.flow.byCorrelation(request.correlationId)), ...(await tx.flow.bySubject(`request:${id}`))];
  const distinct = [...new Map(events.map((event) => [event.sequence, event])).values()].toSorted((a, b) => a.sequence - b.sequence);
  return { audited, request, run, ...(rule ? { rule } : {}), ...(call ? { call } : {}), events: distinct };
}

/** Events about the request, about the call that asked, about the claim of its effect, and what the run did because of it. */
function concerns(event: FlowEvent, { id }: DecisionRequest, call: ToolCall | undefined): boolean {
  const { subject, payload } = event;
  if (subject === `request:${id}` || subject === `effect:${id}` || payload["requestId"] === id) return true;
  // An edit belongs to both: to what was edited, and to what stands in its place.
  if (payload["edits"] === id || payload["instead"] === id) return true;
  if (call && (subject === `effect:${call.id}` || payload["toolCallId"] === call.id)) return true;
  const key = payload["key"];
  return typeof key === "string" && key.includes(id);
}

function hashHolds({ hasher }: ReplayDecisionDependencies, event: FlowEvent): boolean {
  return attempt(() => hasher.sha256(flowEventText(event)) === event.hash);
}

function verifies({ signatures }: ReplayDecisionDependencies, request: DecisionRequest, decision: Decision): boolean {
  return attempt(() => signatures.verify(decisionText(request, decision), decision.signature, decision.keyId, decision.by));
}

function stepProblems(steps: readonly ReplayStep[]): readonly AuditProblem[] {
  return steps
    .filter((step) => !step.hashHolds)
    .map(({ event }) => ({
      type: "chain.changed",
      subject: `event:${event.sequence}`,
      message: `Event ${event.sequence} is not what it was when it was written.`,
      remedy: compare,
    }));
}

/** What ran has to be what was asked and what was decided. */
function callProblems({ request, call }: Found, steps: readonly ReplayStep[]): readonly AuditProblem[] {
  const problems: AuditProblem[] = [];
  const report = (type: string, message: string): void => void problems.push({ type, subject: `request:${request.id}`, message, remedy: compare });
  const count = (type: string): number => steps.filter(({ event }) => event.type === type).length;
  const decision = "decision" in request.state ? request.state.decision : undefined;
  if (count("decision.executed") > 1) report("effect.executed-twice", "The trail has the consequence of this decision more than once.");
  if (count("decision.execution-began") > 0 && count("decision.decided") === 0) report("effect.undecided", "Its execution began without a decision.");
  if (!call) {
    if (request.kind === "tool" || request.kind === "question") report("call.missing", "The call that asked is gone.");
    return problems;
  }
  if (!attempt(() => call.tool === request.tool && canonicalJson(call.arguments) === canonicalJson(request.arguments)))
    report("call.other-arguments", "The call that asked has another tool or other arguments than the request.");
  if (call.executions > 1) report("effect.executed-twice", `The effect was performed ${call.executions} times.`);
  if (call.executions > 0 && request.kind === "tool" && decision?.verdict.type !== "approve")
    report("effect.undecided", "The effect was performed although nobody approved it.");
  if (request.state.phase === "executed" && call.state !== "done" && call.state !== "denied")
    report("call.unsettled", `The decision was carried out, and the call is ${call.state}.`);
  return problems;
}

const compare = "Compare with a copy of the database from before, and find out who can write to it.";

/** Rows edited by hand may hold anything; what cannot even be checked does not hold. */
function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
