import { allowanceOfRule } from "../domain/allowance/allowance.ts";
import type { Actor } from "../domain/audit/flow-event.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { Digest, JsonObject, RequestId } from "../domain/kernel/values.ts";
import { isFinalRun, type Run } from "../domain/run/run.ts";
import { isToolName, type ToolResult } from "../domain/tool/tool.ts";
import type { ToolArgumentParser } from "../ports/tool-arguments.ts";
import type { SignatureVerifier } from "../ports/crypto.ts";
import type { ToolCall, Transaction } from "../ports/store.ts";
import { createAFewAtATime } from "./a-few-at-a-time.ts";
import { runFlowEvent } from "./change-run.ts";
import type { EffectClaims } from "./effect-claims.ts";
import { evaluateCall, type Evaluation } from "./evaluate-call.ts";
import { holdCall, isOpen } from "./hold-call.ts";
import { letThrough, lookOnceMore, type AskingCall } from "./let-through.ts";
import { cameToNothing, describeFailure, effectKeyOf, performTool, type LastLook } from "./perform-tool.ts";
import { readLabelNames } from "./repository-labels.ts";
import { propose, requestDecision, type Proposal } from "./request-decision.ts";
import { stillExecuting, storePerformance } from "./store-performance.ts";
import type { Tool, ToolContext, ToolDependencies } from "./tools/tool.ts";
import type { Toolbox } from "./tools/toolbox.ts";

export interface CallToolDependencies extends ToolDependencies {
  readonly tools: Toolbox;
  readonly parser: ToolArgumentParser;
  readonly claims: EffectClaims;
  /** Of what the owner has allowed beforehand. */
  readonly signatures: SignatureVerifier;
  /** Milliseconds for which a call that asks waits for a quick decision. */
  readonly holdFor: number;
  /** Milliseconds until a request expires. */
  readonly requestLifetime: number;
}

/** Who calls: a run and the attempt whose token was presented. */
export interface CallerIdentity {
  readonly run: Run;
  readonly attempt: number;
}

export interface CallOptions {
  /** Codex's id of the call, for the transcript. */
  readonly callId?: string | undefined;
  readonly holdFor?: number | undefined;
  /** The caller went away: nothing is marked as delivered any more. */
  readonly signal?: AbortSignal | undefined;
}

/** What to do with a call after the transaction that recorded it. */
type Plan =
  | { readonly type: "answer"; readonly result: ToolResult }
  | { readonly type: "hold"; readonly callId: string }
  | { readonly type: "perform"; readonly call: ToolCall; readonly begun: boolean }
  | { readonly type: "propose" };

interface Prepared {
  readonly tool: Tool;
  readonly context: ToolContext;
  readonly resolved: JsonObject;
  readonly digest: Digest;
  readonly key: string;
  readonly callId?: string | undefined;
}

const askedOnce =
  "The owner is asked to decide on this call. End your turn now: you are woken with the result. Do not try to reach the same effect in another way.";
const stillAtIt = "The call is still being carried out. Call it again with the same arguments to learn its result.";

/**
 * A thousand calls that come at once are looked at a few at a time: more would only wait for the database's connections, each with all that it has read so far. Carrying out and
 * holding, which may take long, are not meant by it.
 */
const plannedAtOnce = 16;

/**
 * A governed tool call, from an agent's words to its result. What is unknown, malformed or denied is refused with the reason; what the rules allow is performed
 * once and its result stored; what needs the owner becomes a decision request and is held for a quick answer. The same effect asked for again returns what is stored.
 */
export function createCallTool(deps: CallToolDependencies) {
  const inTurn = createAFewAtATime(plannedAtOnce);
  return async function callTool(caller: CallerIdentity, name: string, raw: unknown, options: CallOptions = {}): Promise<ToolResult> {
    const prepared = await inTurn(() => prepare(deps, caller, name, raw, options));
    if ("status" in prepared) return prepared;
    try {
      const plan = await inTurn(() => planCall(deps, prepared));
      if (plan.type === "perform") return await performNow(deps, prepared, plan, options.signal);
      if (plan.type === "answer") return plan.result;
      return await hold(deps, prepared, plan, options);
    } catch (error) {
      const message = describeFailure(error);
      await record(deps, prepared.context, { ...prepared, name: prepared.tool.name, state: "failed", result: { status: "failed", message } });
      return { status: "failed", message };
    } finally {
      deps.claims.release(prepared);
    }
  };
}

async function prepare(
  deps: CallToolDependencies,
  { run, attempt }: CallerIdentity,
  name: string,
  raw: unknown,
  options: CallOptions,
): Promise<Prepared | ToolResult> {
  const bare = { run, attempt, deps };
  const refuse = async (message: string, details: JsonObject = {}): Promise<ToolResult> => {
    const result: ToolResult = { ...details, status: "refused", message };
    await record(deps, bare, { name, resolved: {}, state: "refused", result, callId: options.callId });
    return result;
  };
  if (!isToolName(name)) return refuse(`There is no tool '${name.slice(0, 80)}'.`);
  const parsed = deps.parser.parse(name, raw);
  if (!parsed.ok) {
    const problems = parsed.error.slice(0, 20).map((problem) => (problem.field === "" ? problem.message : `${problem.field}: ${problem.message}`));
    return refuse(`The arguments of ${name} are not valid. ${problems.join("; ")}.`, { problems });
  }
  const tool = deps.tools[name];
  try {
    const context: ToolContext = { ...bare, labels: await readLabelNames(deps.forge, run.repository) };
    const resolved = await tool.resolve(context, parsed.value);
    if (!resolved.ok) return await refuse(resolved.error.message);
    const digest = deps.hasher.sha256(canonicalJson(resolved.value));
    const key = effectKeyOf(deps.hasher, run.id, name, resolved.value);
    return { tool, context, resolved: resolved.value, digest, key, callId: options.callId };
  } catch (error) {
    const message = describeFailure(error);
    await record(deps, bare, { name, resolved: parsed.value, state: "failed", result: { status: "failed", message }, callId: options.callId });
    return { status: "failed", message };
  }
}

/** Records the call and says what to do. When the rules ask, the effect is previewed outside the transaction, and the rules are asked again. */
async function planCall(deps: CallToolDependencies, prepared: Prepared): Promise<Exclude<Plan, { type: "propose" }>> {
  const first = await deps.store.transaction((tx) => begin(deps, tx, prepared, undefined));
  if (first.type !== "propose") return first;
  const proposal = await propose(prepared.tool, prepared.context, prepared.resolved);
  const second = await deps.store.transaction((tx) => begin(deps, tx, prepared, proposal));
  if (second.type === "propose") throw new Error("a proposal was there");
  return second;
}

async function begin(deps: CallToolDependencies, tx: Transaction, prepared: Prepared, proposal: Proposal | undefined): Promise<Plan> {
  const { tool, context, resolved, key } = prepared;
  const run = await tx.runs.get(context.run.id, { lock: true });
  if (!run || isFinalRun(run.state)) return refuseNow(deps, tx, prepared, "The run has ended; nothing is done for it any more.");
  const earlier = await tx.toolCalls.byEffectKey(key, { lock: true });
  if (earlier) {
    const known = await repeat(deps, tx, run, earlier, prepared);
    if (known) return known;
  }
  const facts = tool.facts(context, resolved);
  const evaluation = await evaluateCall(tx, run, tool.name, facts);
  if (evaluation.outcome === "deny") return denyNow(deps, tx, prepared, evaluation);
  if (evaluation.outcome === "auto") return startNow(deps, tx, run, prepared, evaluation);
  const id = deps.random.id();
  const allowed = await letThrough(deps, tx, { tool, run, resolved, facts, rule: evaluation.rule }, id);
  if (allowed) return startNow(deps, tx, run, prepared, allowed, id);
  if (!proposal) return { type: "propose" };
  return ask(deps, tx, run, prepared, { evaluation, proposal, triggerLabel: facts.triggerLabel });
}

/** What is known of the same effect: its result, its pending request, or a half-done attempt. A call that came to nothing makes room for a new one. */
async function repeat(deps: CallToolDependencies, tx: Transaction, run: Run, earlier: ToolCall, prepared: Prepared): Promise<Plan | undefined> {
  const settled = earlier.result as ToolResult | undefined;
  if (cameToNothing(earlier)) {
    await tx.toolCalls.save({ ...earlier, effectKey: undefined });
    return undefined;
  }
  await tx.toolCalls.save({ ...earlier, repeats: earlier.repeats + 1, delivered: earlier.delivered || !isOpen(earlier) });
  await tx.flow.append([callEvent(deps, run, earlier, "tool.repeated", { state: earlier.state })]);
  if (!isOpen(earlier) && settled) return { type: "answer", result: settled };
  const isHalfDone = earlier.state === "executing" && earlier.requestId === undefined;
  if (isHalfDone && (await isStillUnasked(tx, run, earlier, prepared)) && (await deps.claims.take(tx, earlier.id, run.correlationId, prepared)))
    return { type: "perform", call: { ...earlier, repeats: earlier.repeats + 1 }, begun: true };
  return { type: "hold", callId: earlier.id };
}

/** A row that says that a call was begun is no reason to go on with it: the rules are asked again, or the allowance is directly before the effect. Others are left to be settled. */
async function isStillUnasked(tx: Transaction, run: Run, earlier: ToolCall, { tool, context, resolved }: Prepared): Promise<boolean> {
  if (allowanceOfRule(earlier.rule) !== undefined) return true;
  return (await evaluateCall(tx, run, tool.name, tool.facts(context, resolved), 1)).outcome === "auto";
}

async function startNow(
  deps: CallToolDependencies,
  tx: Transaction,
  run: Run,
  prepared: Prepared,
  { rule, outcome }: Evaluation,
  id = deps.random.id(),
): Promise<Plan> {
  const effectKey = prepared.tool.effectful ? prepared.key : undefined;
  // Written before the effect: whoever finds it after a crash knows that the effect may have happened.
  const made = newCall(deps, prepared.context, { ...prepared, name: prepared.tool.name, state: "executing" });
  const call = { ...made, id, rule, outcome, effectKey, executions: 1 };
  await tx.toolCalls.insert(call);
  await deps.claims.take(tx, call.id, run.correlationId, prepared, { digest: call.digest });
  return { type: "perform", call, begun: false };
}

async function denyNow(deps: CallToolDependencies, tx: Transaction, prepared: Prepared, { rule }: Evaluation): Promise<Plan> {
  const result: ToolResult = {
    status: "denied",
    message: `This call is not allowed (rule ${rule}). Do not try to reach the same effect in another way.`,
    rule,
  };
  await recordIn(deps, tx, prepared.context, { ...prepared, name: prepared.tool.name, state: "denied", result, rule });
  return { type: "answer", result };
}

async function refuseNow(deps: CallToolDependencies, tx: Transaction, prepared: Prepared, message: string): Promise<Plan> {
  const result: ToolResult = { status: "refused", message };
  await recordIn(deps, tx, prepared.context, { ...prepared, name: prepared.tool.name, state: "refused", result });
  return { type: "answer", result };
}

async function ask(
  deps: CallToolDependencies,
  tx: Transaction,
  run: Run,
  prepared: Prepared,
  { evaluation, proposal, triggerLabel }: { readonly evaluation: Evaluation; readonly proposal: Proposal; readonly triggerLabel: boolean },
): Promise<Plan> {
  const now = deps.clock.now();
  const id = deps.random.id() as RequestId;
  const expiresAt = (now + deps.requestLifetime) as typeof now;
  const asked = await requestDecision(tx, run, { ...prepared, id, proposal, evaluation, triggerLabel, expiresAt }, { now, actor: agent(run) });
  if (!asked.ok) return refuseNow(deps, tx, prepared, "The run waits for another decision already. End your turn; make this call again after you were woken.");
  const call = {
    ...newCall(deps, prepared.context, { ...prepared, name: prepared.tool.name, state: "pending" }),
    ...evaluation,
    effectKey: prepared.key,
    requestId: id,
  };
  await tx.toolCalls.insert(call);
  await tx.flow.append([callEvent(deps, run, call, "tool.requested", { requestId: id, summary: asked.value.summary })]);
  return { type: "hold", callId: call.id };
}

async function performNow(
  deps: CallToolDependencies,
  prepared: Prepared,
  { call, begun }: Extract<Plan, { type: "perform" }>,
  signal?: AbortSignal,
): Promise<ToolResult> {
  const { tool, context, resolved, key } = prepared;
  const performance = await performTool(tool, context, resolved, key, begun, () => lastLook(deps, prepared, call));
  if (performance.type === "unknown")
    return {
      status: "failed",
      message: `${describeFailure(performance.error)} It is not known whether the call took effect: call it again with the same arguments to find out.`,
    };
  return storePerformance(deps, context.run, call, performance, { delivered: signal?.aborted !== true });
}

/** Directly before the effect: still ours, and still allowed where it was allowed beforehand. */
async function lastLook(deps: CallToolDependencies, prepared: Prepared, call: ToolCall): Promise<LastLook> {
  const { tool, context, resolved } = prepared;
  if (!(await stillExecuting(deps, context.run, call.id, prepared))) return "taken over";
  const asking: Omit<AskingCall, "rule"> = { tool, run: context.run, resolved, facts: tool.facts(context, resolved) };
  return lookOnceMore(deps, asking, call);
}

async function hold(
  deps: CallToolDependencies,
  prepared: Prepared,
  plan: { readonly callId: string },
  { holdFor = deps.holdFor, signal }: CallOptions,
): Promise<ToolResult> {
  await holdCall(deps, plan.callId, holdFor, signal);
  return deps.store.transaction(async (tx) => {
    const call = await tx.toolCalls.get(plan.callId, { lock: true });
    if (!call || isOpen(call) || !call.result)
      return { status: "pending", message: call?.state === "executing" && !call.requestId ? stillAtIt : askedOnce, tool: prepared.tool.name };
    if (!call.delivered && signal?.aborted !== true) await tx.toolCalls.save({ ...call, delivered: true });
    return call.result as ToolResult;
  });
}

interface NewCall {
  readonly name: string;
  readonly resolved: JsonObject;
  readonly state: ToolCall["state"];
  readonly result?: ToolResult | undefined;
  readonly rule?: string | undefined;
  readonly callId?: string | undefined;
}

type CallContext = Omit<ToolContext, "labels">;

function newCall(deps: CallToolDependencies, { run, attempt }: CallContext, { name, resolved, state, result, rule, callId }: NewCall): ToolCall {
  const now = deps.clock.now();
  return {
    id: deps.random.id(),
    runId: run.id,
    attempt,
    tool: name.slice(0, 100),
    arguments: resolved,
    digest: deps.hasher.sha256(canonicalJson(resolved)),
    rule: rule ?? "none",
    outcome: "deny",
    state,
    ...(result ? { result, finishedAt: now } : {}),
    executions: 0,
    repeats: 0,
    delivered: result !== undefined,
    createdAt: now,
    ...(callId === undefined ? {} : { callId: callId.slice(0, 200) }),
  };
}

function record(deps: CallToolDependencies, context: CallContext, made: NewCall): Promise<void> {
  return deps.store.transaction((tx) => recordIn(deps, tx, context, made));
}

async function recordIn(deps: CallToolDependencies, tx: Transaction, context: CallContext, made: NewCall): Promise<void> {
  const call = newCall(deps, context, made);
  await tx.toolCalls.insert(call);
  await tx.flow.append([callEvent(deps, context.run, call, `tool.${made.state}`, { message: made.result?.message ?? "" })]);
}

function callEvent(deps: CallToolDependencies, run: Run, call: ToolCall, type: string, payload: JsonObject): ReturnType<typeof runFlowEvent> {
  const about = { toolCallId: call.id, tool: call.tool, digest: call.digest, rule: call.rule, outcome: call.outcome, ...payload };
  return runFlowEvent(run, type, about, { now: deps.clock.now(), actor: agent(run) });
}

function agent(run: Run): Actor {
  return { type: "agent", id: run.id };
}
