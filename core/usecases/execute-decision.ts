import type { Actor } from "../domain/audit/flow-event.ts";
import type { Decision, DecisionRequest } from "../domain/decision/decision.ts";
import type { DecisionContext } from "../domain/decision/machine.ts";
import type { BranchName, JsonObject, RequestId, TargetVersion } from "../domain/kernel/values.ts";
import { defaultLabelNames } from "../domain/label/names.ts";
import { isToolName, type ToolResult } from "../domain/tool/tool.ts";
import type { SignatureVerifier } from "../ports/crypto.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { ToolCall, Transaction } from "../ports/store.ts";
import { runFlowEvent } from "./change-run.ts";
import { changeRequest, failRequest, requestFlowEvent } from "./change-request.ts";
import { settleQuestion } from "./answer-question.ts";
import type { EffectClaims } from "./effect-claims.ts";
import { describeFailure, effectKeyOf, performTool } from "./perform-tool.ts";
import { gateVersion } from "./open-gate.ts";
import { readLabelNames } from "./repository-labels.ts";
import { textOf } from "./request-decision.ts";
import { settleEdited } from "./settle-edited.ts";
import type { ToolContext, ToolDependencies } from "./tools/tool.ts";
import type { Toolbox } from "./tools/toolbox.ts";
import { verifyDecision, type IntegrityFault } from "./verify-decision.ts";
import { wakeRun } from "./wake-run.ts";

export interface ExecuteDecisionDependencies extends ToolDependencies {
  readonly tools: Toolbox;
  readonly claims: EffectClaims;
  readonly signatures: SignatureVerifier;
  /** The consequence of a gate's verdict. Every step of it is safe to repeat; throws when it could not be completed. */
  readonly applyGate: (request: DecisionRequest, decision: Decision) => Promise<JsonObject>;
}

export type ExecutionOutcome = "executed" | "failed" | "stale" | "expired" | "untrusted" | "nothing" | "busy";

/** One execution: the dependencies, and what was read before anything is changed. */
interface Work extends ExecuteDecisionDependencies {
  readonly needInput: string;
  /** What the tool acts in, to be had through {@link contextFor}. Absent when its run is gone. */
  readonly context: ToolContext | undefined;
}

const gateway: Actor = { type: "system", id: "gateway" };

/**
 * Brings a decision to its consequence, at most once. Everything is verified again from the row itself: whoever can write to the database still cannot approve.
 * What is found half done after a crash is looked up in reality first.
 *
 * @throws InfrastructureError (retryable) when the outside world is not to be had; the request stays where it is, and the outbox brings it again.
 */
export function createExecuteDecision(deps: ExecuteDecisionDependencies) {
  return async function executeDecision(requestId: RequestId): Promise<ExecutionOutcome> {
    const { request, history, run } = await deps.store.transaction((tx) => read(tx, requestId));
    if (!request || (request.state.phase !== "decided" && request.state.phase !== "executing")) return "nothing";
    // What cannot be trusted is not looked up on the forge either: it may name any repository.
    const trusted = verifyDecision(deps, request, request.state.decision, history) === undefined;
    const labels = trusted ? await readLabelNames(deps.forge, request.repository) : defaultLabelNames;
    const context = run && { run, attempt: "attempt" in run.state ? run.state.attempt : 0, labels, deps };
    const work: Work = { ...deps, needInput: labels.needs.input, context };
    const currentVersion = trusted ? await versionNow(work, request) : undefined;
    const claim = {};
    try {
      const begun = await deps.store.transaction((tx) => begin(work, tx, requestId, currentVersion, claim));
      if (typeof begun === "string") {
        if (begun === "busy") throw new InfrastructureError("busy", "the decision is being executed by another process", { retryable: true });
        return begun;
      }
      return await carryOut(work, begun, claim);
    } finally {
      deps.claims.release(claim);
    }
  };
}

async function read(tx: Transaction, id: RequestId) {
  const request = await tx.requests.get(id);
  const history = await tx.flow.bySubject(`request:${id}`);
  return { request, history, run: request && (await tx.runs.get(request.runId)) };
}

interface Begun {
  readonly request: DecisionRequest;
  readonly decision: Decision;
  /** An earlier attempt may have had the effect already. */
  readonly again: boolean;
}

/** Notes that the execution begins, before anything happens outside. */
async function begin(deps: Work, tx: Transaction, id: RequestId, currentVersion: TargetVersion | undefined, claim: object): Promise<Begun | ExecutionOutcome> {
  const request = await tx.requests.get(id, { lock: true });
  if (!request || (request.state.phase !== "decided" && request.state.phase !== "executing")) return "nothing";
  const { decision } = request.state;
  const context: DecisionContext = { now: deps.clock.now(), actor: gateway, currentVersion };
  const fault = verifyDecision(deps, request, decision, await tx.flow.bySubject(`request:${id}`));
  if (fault) return distrust(deps, tx, request, fault);
  if (!(await deps.claims.take(tx, id, request.correlationId, claim))) return "busy";
  const again = request.state.phase === "executing";
  const changed = await changeRequest(tx, request, again ? { type: "recover" } : { type: "begin", digest: request.digest }, context);
  if (!changed.ok) return "nothing";
  const { phase } = changed.value.state;
  if (phase === "stale" || phase === "expired") return closeUnexecuted(deps, tx, changed.value, phase);
  const call = await tx.toolCalls.byRequest(id, { lock: true });
  if (call && request.kind === "tool" && decision.verdict.type === "approve" && call.state === "pending")
    await tx.toolCalls.save({ ...call, state: "executing", executions: 1 });
  return { request: changed.value, decision, again };
}

/** The target as it is now, where an approval would change one. */
async function versionNow(deps: Work, request: DecisionRequest): Promise<TargetVersion | undefined> {
  if (request.state.phase !== "decided" || request.state.decision.verdict.type !== "approve") return undefined;
  if (request.kind === "gate") return gateNow(deps, request);
  if (request.kind !== "tool" || !isToolName(request.tool)) return undefined;
  const context = contextFor(deps, request);
  return context && deps.tools[request.tool].targetVersion(context, request.arguments);
}

/** The pull request that the owner was shown, against the one that would be merged: its head, its base, and that nobody has closed it. */
async function gateNow(deps: Work, request: DecisionRequest): Promise<TargetVersion | undefined> {
  const pull = request.arguments["pull"];
  if (typeof pull !== "number") return undefined;
  const base = request.arguments["base"];
  const now = await deps.forge.pull(request.repository, pull);
  return gateVersion(now, (typeof base === "string" ? base : now.base) as BranchName);
}

/** The request is read anew when the execution begins: only what was read for exactly its run and repository counts. */
function contextFor({ context }: Work, request: DecisionRequest): ToolContext | undefined {
  return context?.run.id === request.runId && context.run.repository === request.repository ? context : undefined;
}

async function carryOut(deps: Work, begun: Begun, claim: object): Promise<ExecutionOutcome> {
  const { request, decision } = begun;
  switch (request.kind) {
    case "question":
      return settle(deps, request, questionResult(request, decision), "executed");
    case "tool":
      return decision.verdict.type === "approve" ? executeTool(deps, begun, claim) : settle(deps, request, deniedResult(decision), "executed");
    case "gate":
    case "document":
      return executeGate(deps, request, decision);
  }
}

async function executeTool(deps: Work, { request, decision, again }: Begun, claim: object): Promise<ExecutionOutcome> {
  const context = contextFor(deps, request);
  if (!context || !isToolName(request.tool) || deps.tools[request.tool].version !== request.toolVersion)
    return settle(deps, request, { status: "failed", message: "The call cannot be carried out any more.", by: decision.by }, "failed");
  // The key is computed anew: what the call's row says is not what was signed.
  const key = effectKeyOf(deps.hasher, request.runId, request.tool, request.arguments);
  const performance = await performTool(deps.tools[request.tool], context, request.arguments, key, again, async () =>
    (await stillOurs(deps, request, claim)) ? "ours" : "taken over",
  );
  if (performance.type === "done") return settle(deps, request, { ...performance.outcome, status: "done", by: decision.by }, "executed");
  // What may pass is tried again by the queue; the next attempt looks first whether it happened after all.
  const mayPass = performance.type === "unknown" || (performance.error instanceof InfrastructureError && performance.error.retryable);
  if (mayPass) throw performance.error;
  return settle(deps, request, { status: "failed", message: describeFailure(performance.error), by: decision.by }, "failed");
}

async function stillOurs(deps: Work, { id, correlationId }: DecisionRequest, claim: object): Promise<boolean> {
  if (deps.claims.isFresh(claim)) return true;
  return deps.store.transaction(async (tx) => {
    const request = await tx.requests.get(id, { lock: true });
    return request?.state.phase === "executing" && deps.claims.renew(tx, id, correlationId, claim);
  });
}

async function executeGate(deps: Work, request: DecisionRequest, decision: Decision): Promise<ExecutionOutcome> {
  try {
    const result = await deps.applyGate(request, decision);
    return await settle(deps, request, { ...result, status: "done", message: "The gate's decision was applied." }, "executed");
  } catch (error) {
    // Only a conflict is final: the pull request cannot be merged as it is, which is for the agent to mend. Anything else may pass, or waits for the owner.
    if (!(error instanceof InfrastructureError) || error.code !== "conflict" || error.retryable) throw error;
    const message = describeFailure(error);
    await deps.store.transaction((tx) =>
      tx.outbox.add(
        [
          {
            key: `resume:${request.runId}:${request.id}`,
            action: { type: "resume-run", runId: request.runId, note: `The owner's decision at the gate could not be applied. ${message}` },
          },
        ],
        deps.clock.now(),
      ),
    );
    return settle(deps, request, { status: "failed", message }, "failed");
  }
}

function deniedResult({ by, verdict }: Decision): ToolResult {
  const reason = verdict.type === "deny" ? verdict.reason : "";
  return { status: "denied", message: "The owner denied the call. Accept it and do not try to reach the same effect in another way.", by, reason };
}

/** Approving a question takes its first option. The options are those that the digest binds, not those of the card. */
function questionResult(request: DecisionRequest, { verdict, by }: Decision): ToolResult {
  const options = (request.arguments["options"] as readonly string[] | undefined) ?? [];
  const question = textOf(request.arguments["question"]);
  if (verdict.type === "deny")
    return { status: "denied", message: "The owner declined to answer. Go on without the answer, or end the turn.", by, reason: verdict.reason, question };
  const option = verdict.type === "answer" ? verdict.option : 0;
  const answer = verdict.type === "answer" ? verdict.text : (options[0] ?? "");
  return { status: "done", message: `The owner answered: ${answer}`, answer, by, question, ...(option === undefined ? {} : { option }) };
}

/** Stores the consequence: request, call and run, in one transaction. */
function settle(deps: Work, request: DecisionRequest, result: ToolResult, outcome: "executed" | "failed"): Promise<ExecutionOutcome> {
  return deps.store.transaction(async (tx) => {
    const current = await tx.requests.get(request.id, { lock: true });
    if (current?.state.phase !== "executing") return "nothing";
    const context = { now: deps.clock.now(), actor: gateway };
    const closed = await changeRequest(tx, current, outcome === "executed" ? { type: "complete", result } : { type: "fail", reason: result.message }, context);
    if (!closed.ok) return "nothing";
    await tellRun(deps, tx, request, result);
    return outcome;
  });
}

async function closeUnexecuted(deps: Work, tx: Transaction, request: DecisionRequest, phase: "stale" | "expired"): Promise<ExecutionOutcome> {
  const message =
    phase === "stale"
      ? "What the call was aimed at changed after the owner was asked, so it was not carried out. Look at the new state and call again if it is still right."
      : "Nobody decided in time, so the call was not carried out.";
  const current = request.state.phase === "stale" ? { seen: request.state.seen, current: request.state.current } : {};
  if (request.kind === "gate") {
    const note =
      "The pull request changed after the owner was asked, so the decision was not applied. Check the current state; the gate opens again when your turn ends.";
    await tx.outbox.add([{ key: `resume:${request.runId}:${request.id}`, action: { type: "resume-run", runId: request.runId, note } }], deps.clock.now());
  }
  await tellRun(deps, tx, request, { ...current, status: phase, message });
  return phase;
}

/** A row that says `decided` without a signature that says so is never executed. The agent is told, and the trail shows it. */
async function distrust(deps: Work, tx: Transaction, request: DecisionRequest, fault: IntegrityFault): Promise<ExecutionOutcome> {
  const context = { now: deps.clock.now(), actor: gateway };
  await tx.flow.append([requestFlowEvent(request, "decision.integrity-violated", { reason: fault }, context)]);
  await failRequest(tx, request, `untrusted: ${fault}`, context);
  await tellRun(deps, tx, request, {
    status: "refused",
    message: "The decision on this call could not be verified, so the call was not carried out. Do not repeat it; mention it in your summary.",
  });
  return "untrusted";
}

/** The call gets its result, and the run goes on. */
async function tellRun(deps: Work, tx: Transaction, request: DecisionRequest, result: ToolResult): Promise<void> {
  const context = { now: deps.clock.now(), actor: gateway };
  const call = await tx.toolCalls.byRequest(request.id, { lock: true });
  const run = await tx.runs.get(request.runId);
  if (call && run && (call.state === "pending" || call.state === "executing")) {
    const settled = { ...call, ...settledCall(call, result), result, finishedAt: context.now };
    await tx.toolCalls.save(settled);
    const type = { done: "tool.executed", denied: "tool.denied" }[result.status as string] ?? (result.status === "refused" ? "tool.refused" : "tool.failed");
    await tx.flow.append([runFlowEvent(run, type, { toolCallId: call.id, tool: call.tool, requestId: request.id, status: result.status }, context)]);
    await settleEdited(tx, run, settled, context);
  }
  if (run && request.kind === "question") await settleQuestion(tx, run, request, result, deps.needInput, context.now);
  if (request.kind !== "gate") await wakeRun(tx, request.runId, request.id, context);
}

function settledCall(call: ToolCall, { status }: ToolResult): Pick<ToolCall, "state" | "executions"> {
  if (status === "done") return { state: "done", executions: call.executions };
  return { state: status === "denied" ? "denied" : status === "refused" ? "refused" : "failed", executions: 0 };
}
