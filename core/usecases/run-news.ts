import type { DecisionRequest } from "../domain/decision/decision.ts";
import { optionsOf } from "../domain/decision/verdicts.ts";
import type { JsonObject, RunId } from "../domain/kernel/values.ts";
import type { OwnerAnswer } from "../domain/run/specification.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { ToolCall, Transaction } from "../ports/store.ts";
import { renderAnswer, renderDecisionResult, type DecisionResult } from "./render-prompt.ts";

/** A nonce for a prompt's fences. */
export function fenceNonce(randomness: Randomness): string {
  return randomness.id().replaceAll("-", "");
}

/** Calls that were settled after the agent had been told `pending`, and whose outcome it has not been told yet. */
export async function undeliveredCalls(tx: Transaction, runId: RunId): Promise<readonly ToolCall[]> {
  const calls = await tx.toolCalls.forRun(runId);
  return calls.filter(
    (call) =>
      call.requestId !== undefined &&
      !call.delivered &&
      (call.state === "done" || call.state === "denied" || call.state === "failed" || call.state === "refused"),
  );
}

/**
 * The news for the agent as one input, and a note that it has been told. Undefined when there is none. Called in the transaction that hands the input out, so
 * that nothing is told twice and nothing is forgotten.
 */
export async function takeNews(tx: Transaction, runId: RunId, randomness: Randomness): Promise<string | undefined> {
  const texts: string[] = [];
  for (const { id } of await undeliveredCalls(tx, runId)) {
    const call = await tx.toolCalls.get(id, { lock: true });
    if (!call || call.delivered || !call.requestId) continue;
    // What a person put in its place is what was decided on.
    const instead = await tx.toolCalls.insteadOf(call.id);
    const request = await tx.requests.get(instead?.requestId ?? call.requestId);
    texts.push(renderCall(call, request, instead?.arguments, fenceNonce(randomness)));
    await tx.toolCalls.save({ ...call, delivered: true });
  }
  return texts.length === 0 ? undefined : texts.join("\n\n");
}

function renderCall(call: ToolCall, request: DecisionRequest | undefined, editedArguments: JsonObject | undefined, nonce: string): string {
  const answer = request && answerOf(request);
  if (answer && call.state === "done") return renderAnswer(answer, nonce);
  const state = request?.state;
  const decision = state && "decision" in state ? state.decision : undefined;
  const verdict = verdictOf(call, request);
  const message = typeof call.result?.["message"] === "string" ? call.result["message"] : undefined;
  const reason = decision?.verdict.type === "deny" ? decision.verdict.reason : verdict === "executed" ? undefined : message;
  const result = verdict === "executed" && call.result ? JSON.stringify(call.result) : undefined;
  const edited = editedArguments && JSON.stringify(editedArguments);
  return renderDecisionResult({ tool: call.tool, verdict, by: decision?.by, reason, result, edited }, nonce);
}

function verdictOf(call: ToolCall, request: DecisionRequest | undefined): DecisionResult["verdict"] {
  const phase = request?.state.phase;
  if (phase === "expired" || phase === "stale") return phase;
  if (call.state === "done") return "executed";
  return call.state === "denied" ? "denied" : "failed";
}

/** What the owner answered to a question, if the request is one and was answered. */
export function answerOf(request: DecisionRequest): OwnerAnswer | undefined {
  const { state } = request;
  if (request.kind !== "question" || !("decision" in state)) return undefined;
  const { verdict, by } = state.decision;
  const asked = request.arguments["question"];
  const question = typeof asked === "string" ? asked : request.summary;
  if (verdict.type === "answer") return { question, answer: verdict.text, by };
  // The first option is the recommended one; approving the question takes it.
  if (verdict.type === "approve") return { question, answer: optionsOf(request)[0] ?? "", by };
  return undefined;
}
