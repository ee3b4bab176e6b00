import type { Actor } from "../domain/audit/flow-event.ts";
import type { DecisionRequest, EditContent, RequestEdit } from "../domain/decision/decision.ts";
import { editText } from "../domain/decision/digest.ts";
import { decide } from "../domain/decision/machine.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { Instant, JsonObject, RequestId } from "../domain/kernel/values.ts";
import type { RunError } from "../domain/run/machine.ts";
import { isFinalRun, type Run } from "../domain/run/run.ts";
import { isToolName } from "../domain/tool/tool.ts";
import type { SignatureVerifier } from "../ports/crypto.ts";
import type { ToolCall, Transaction } from "../ports/store.ts";
import type { AnswerError } from "./answer-request.ts";
import { changeRequest, requestFlowEvent } from "./change-request.ts";
import { changeRun, runFlowEvent, type ChangeContext } from "./change-run.ts";
import { completeArguments, type CompleteArgumentsDependencies, type EditedCall, type EditRefusal } from "./complete-arguments.ts";
import { evaluateCall, type Evaluation } from "./evaluate-call.ts";
import { cameToNothing, effectKeyOf } from "./perform-tool.ts";
import { composeRequest, propose, type Proposal } from "./request-decision.ts";
import { isAsAsked } from "./verify-decision.ts";

/** An edit as it arrives from a surface. */
export interface SignedEdit {
  readonly content: EditContent;
  readonly keyId: string;
  /** Ed25519 over `editText(content)`, base64url. */
  readonly signature: string;
}

export type EditError = AnswerError | EditRefusal | Extract<RunError, { type: "run.ended" }>;

export interface ReplaceRequestDependencies extends CompleteArgumentsDependencies {
  readonly signatures: SignatureVerifier;
}

type Outcome = Result<DecisionRequest, EditError>;

/**
 * Puts a request with edited arguments in the place of one that waits. It is a request like any other: made from the target as it is now, asked because of a rule, bound by its own digest,
 * and decided by itself. The old one is superseded, the run waits for the new one, and the agent's call is told what becomes of it. All of that is one transaction; the first edit wins.
 *
 * @returns the new request; the one that is there already when the same edit comes again.
 */
export function createReplaceRequest(deps: ReplaceRequestDependencies) {
  return async function replaceRequest(signed: SignedEdit): Promise<Outcome> {
    const id = signed.content.requestId;
    const { request, run } = await deps.store.transaction(async (tx) => {
      const found = await tx.requests.get(id);
      return { request: found, run: found && (await tx.runs.get(found.runId)) };
    });
    if (!request || !run) return err({ type: "decision.no-such-request" });
    if (!isGenuine(deps, signed, request)) return deps.store.transaction((tx) => refused(deps, tx, request, signed, { type: "decision.bad-signature" }));
    // What is signed is what an agent could have called, to the letter; else a signature could bring in what no contract knows.
    const { tool } = request;
    const given = isToolName(tool) ? deps.parser.given(tool, signed.content.arguments) : {};
    const waits = request.state.phase === "requested";
    const completed = waits ? await completeArguments(deps, request, run, given) : undefined;
    if (completed && !completed.ok) return completed;
    if (completed && canonicalJson(completed.value.resolved) !== canonicalJson(signed.content.arguments))
      return deps.store.transaction((tx) => refused(deps, tx, request, signed, { type: "decision.other-arguments" }));
    const proposal = completed && (await propose(completed.value.tool, completed.value.context, completed.value.resolved));
    return deps.store.transaction((tx) => replace(deps, tx, signed, completed && proposal ? { ...completed.value, proposal } : undefined));
  };
}

interface Prepared extends EditedCall {
  readonly proposal: Proposal;
}

async function replace(deps: ReplaceRequestDependencies, tx: Transaction, signed: SignedEdit, prepared: Prepared | undefined): Promise<Outcome> {
  const { content } = signed;
  const request = await tx.requests.get(content.requestId, { lock: true });
  if (!request) return err({ type: "decision.no-such-request" });
  const there = await sameEdit(tx, request, content);
  if (there) return ok(there);
  const context: ChangeContext = { now: deps.clock.now(), actor: { type: "person", id: content.by } };
  const id = deps.random.id() as RequestId;
  const command = { type: "edit", instead: id, digest: content.digest } as const;
  const judged = decide(request, command, context);
  if (!judged.ok) return refused(deps, tx, request, signed, judged.error);
  if (!isAsAsked(deps, request, await tx.flow.bySubject(`request:${request.id}`))) return refused(deps, tx, request, signed, { type: "decision.tampered" });
  const run = await tx.runs.get(request.runId, { lock: true });
  if (!run || isFinalRun(run.state)) return err({ type: "run.ended", phase: run?.state.phase ?? "failed" });
  const call = await tx.toolCalls.byRequest(request.id, { lock: true });
  // It waited a moment ago, and its call with it; whatever was in between is told by the next look.
  if (!prepared || call?.state !== "pending") return err({ type: "decision.closed", phase: request.state.phase });
  const ruled = await ruleOn(tx, run, prepared);
  if (!ruled.ok) return refused(deps, tx, request, signed, ruled.error);
  const place = await makePlace(deps, tx, run, call, prepared, context.now);
  if (!place.ok) return place;
  return store(tx, { run, request, call, asked: place.value, id, signed, prepared, evaluation: ruled.value, command }, context, deps);
}

/** The request that an edit has made already: whoever did not hear of it hands the same edit in again. */
async function sameEdit(tx: Transaction, { state }: DecisionRequest, content: EditContent): Promise<DecisionRequest | undefined> {
  if (state.phase !== "superseded" || state.instead === undefined) return undefined;
  const there = await tx.requests.get(state.instead);
  const isSame = there?.edit?.by === content.by && canonicalJson(there.arguments) === canonicalJson(content.arguments);
  return isSame ? there : undefined;
}

/** A person may ask for what an agent may ask for. What the rules would allow unasked is asked for all the same: the agent did not call it. */
async function ruleOn(
  tx: Transaction,
  run: Run,
  { tool, context, resolved }: Prepared,
): Promise<Result<Evaluation & { readonly triggerLabel: boolean }, EditRefusal>> {
  const facts = tool.facts(context, resolved);
  const evaluation = await evaluateCall(tx, run, tool.name, facts, 1);
  if (evaluation.outcome !== "deny") return ok({ ...evaluation, triggerLabel: facts.triggerLabel });
  return err({
    type: "edit.denied",
    message: `The rule ${evaluation.rule} denies this call, whoever asks for it.`,
    remedy: "Change the arguments to what the rules let an agent ask for, or do it yourself at the forge.",
  });
}

/**
 * Makes room for the edited call: one effect has one row. The call that was edited before goes; the agent's own keeps the key of what it asked for, so that asking again finds it, unless that
 * is what the edit has come back to.
 *
 * @returns the agent's own call.
 */
async function makePlace(
  deps: ReplaceRequestDependencies,
  tx: Transaction,
  run: Run,
  call: ToolCall,
  { tool, resolved }: Prepared,
  now: Instant,
): Promise<Result<ToolCall, EditError>> {
  const asked = call.editOf === undefined ? call : await tx.toolCalls.get(call.editOf, { lock: true });
  if (asked?.state !== "pending") return err({ type: "decision.closed", phase: "superseded" });
  const key = effectKeyOf(deps.hasher, run.id, tool.name, resolved);
  const own = effectKeyOf(deps.hasher, run.id, tool.name, asked.arguments);
  const holder = await tx.toolCalls.byEffectKey(key, { lock: true });
  if (holder && holder.id !== asked.id) {
    if (!cameToNothing(holder) && holder.state !== "denied" && holder.state !== "refused") return err(doneAlready);
    await tx.toolCalls.save({ ...holder, effectKey: undefined });
  }
  if (call.id !== asked.id) {
    const result = { status: "refused", message: "The owner has edited this once more." };
    await tx.toolCalls.save({ ...call, state: "refused", result, effectKey: undefined, finishedAt: now });
  }
  const kept = { ...asked, effectKey: key === own ? undefined : own };
  await tx.toolCalls.save(kept);
  return ok(kept);
}

const doneAlready: EditRefusal = {
  type: "edit.done-already",
  message: "The run has done exactly this already; an effect happens once.",
  remedy: "Deny the call, and say so in the reason.",
};

interface Replacement {
  readonly run: Run;
  readonly request: DecisionRequest;
  readonly call: ToolCall;
  /** The agent's own call. */
  readonly asked: ToolCall;
  readonly id: RequestId;
  readonly signed: SignedEdit;
  readonly prepared: Prepared;
  readonly evaluation: Evaluation & { readonly triggerLabel: boolean };
  readonly command: { readonly type: "edit"; readonly instead: RequestId; readonly digest: DecisionRequest["digest"] };
}

async function store(tx: Transaction, made: Replacement, context: ChangeContext, deps: ReplaceRequestDependencies): Promise<Outcome> {
  const { run, request, asked, id, signed, prepared, evaluation, command } = made;
  const closed = await changeRequest(tx, request, command, context);
  if (!closed.ok) return closed;
  const { triggerLabel, ...ruled } = evaluation;
  // The deadline stays: the agent was promised an answer by then, and silence is no consent however often something is edited.
  const { expiresAt, rationale } = request;
  const edited = { edit: editOf(request, signed, asked.arguments), rationale };
  const next = composeRequest(run, { ...prepared, id, evaluation: ruled, triggerLabel, expiresAt, edited }, context.now);
  await tx.requests.insert(next);
  const call: ToolCall = {
    id: deps.random.id(),
    runId: run.id,
    attempt: asked.attempt,
    tool: next.tool,
    arguments: next.arguments,
    digest: deps.hasher.sha256(canonicalJson(next.arguments)),
    effectKey: effectKeyOf(deps.hasher, run.id, next.tool, next.arguments),
    rule: evaluation.rule,
    outcome: "ask",
    state: "pending",
    requestId: id,
    executions: 0,
    repeats: 0,
    // The agent did not make this call; it is told through its own.
    delivered: true,
    createdAt: context.now,
    editOf: asked.id,
  };
  await tx.toolCalls.insert(call);
  await tx.flow.append(trailOf(run, request, next, call, context));
  // A run that waits for something else, or works, finds the new request when its turn ends, as it would have found the old one.
  await changeRun(tx, run, { type: "await-instead", requestId: request.id, instead: id }, context);
  return ok(next);
}

function editOf(request: DecisionRequest, { content, keyId, signature }: SignedEdit, asked: JsonObject): RequestEdit {
  const { by, surface, at } = content;
  return { of: request.id, shown: content.digest, asked, by, surface, at, keyId, signature };
}

function trailOf(run: Run, request: DecisionRequest, next: DecisionRequest, call: ToolCall, context: ChangeContext) {
  const { summary, rule, expiresAt, targetVersion } = next;
  const about = {
    toolCallId: call.id,
    tool: call.tool,
    digest: call.digest,
    rule,
    outcome: call.outcome,
    editOf: call.editOf ?? "",
    requestId: next.id,
    summary,
  };
  return [
    requestFlowEvent(next, "decision.requested", { summary, rule, expiresAt, targetVersion, edits: request.id }, context),
    runFlowEvent(run, "tool.edited", about, context),
  ];
}

function isGenuine({ signatures }: ReplaceRequestDependencies, { content, keyId, signature }: SignedEdit, request: DecisionRequest): boolean {
  try {
    return content.tool === request.tool && signatures.verify(editText(content), signature, keyId, content.by);
  } catch {
    // Content without a canonical form was never signed.
    return false;
  }
}

/** Leaves a trace of every edit that did not count. Who sent an unsigned one is not known, so nobody is named as its author. */
async function refused(
  deps: ReplaceRequestDependencies,
  tx: Transaction,
  request: DecisionRequest,
  { content, keyId }: SignedEdit,
  error: EditError,
): Promise<Outcome> {
  const now = deps.clock.now();
  const actor: Actor = error.type === "decision.bad-signature" ? { type: "system", id: "gateway" } : { type: "person", id: content.by };
  const payload = { reason: error.type, keyId: String(keyId), claimedBy: String(content.by), surface: String(content.surface) };
  const type = error.type === "decision.tampered" ? "decision.integrity-violated" : "decision.edit-refused";
  await tx.flow.append([requestFlowEvent(request, type, payload, { now, actor })]);
  return err(error);
}
