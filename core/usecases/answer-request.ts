import type { Actor } from "../domain/audit/flow-event.ts";
import type { Decision, DecisionRequest, SignedContent } from "../domain/decision/decision.ts";
import { signedText } from "../domain/decision/digest.ts";
import type { DecisionError } from "../domain/decision/machine.ts";
import { err, type Result } from "../domain/kernel/result.ts";
import type { CorrelationId, JsonObject, RequestId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";
import type { Store, Transaction } from "../ports/store.ts";
import { changeRequest, requestFlowEvent } from "./change-request.ts";
import { closeExpired } from "./close-expired.ts";
import { isAsAsked } from "./verify-decision.ts";

/** A decision as it arrives from a surface. */
export interface SignedDecision {
  readonly content: SignedContent;
  readonly keyId: string;
  /** Ed25519 over `signedText(content)`, base64url. */
  readonly signature: string;
}

export type AnswerError =
  | DecisionError
  /** Not signed by a trusted key of the person it names. */
  | { readonly type: "decision.bad-signature" }
  | { readonly type: "decision.no-such-request" }
  /** The stored request was changed by hand since it was made: it cannot be decided any more. */
  | { readonly type: "decision.tampered" }
  | { readonly type: "decision.stale" };

export interface AnswerRequestDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly signatures: SignatureVerifier;
}

/**
 * Records the owner's decision, whatever surface it came from. The first valid one wins; a later one learns who decided. Nothing is executed here: the outbox
 * effect wakes the executor, which verifies everything again and looks at the target.
 *
 * @returns the request as decided.
 */
export function createAnswerRequest(deps: AnswerRequestDependencies) {
  return async function answerRequest(signed: SignedDecision): Promise<Result<DecisionRequest, AnswerError>> {
    const genuine = isGenuine(deps, signed);
    return deps.store.transaction(async (tx) => {
      const request = await tx.requests.get(signed.content.requestId, { lock: true });
      const refusal = !genuine
        ? ({ type: "decision.bad-signature" } as const)
        : request
          ? await tampered(deps, tx, request)
          : ({ type: "decision.no-such-request" } as const);
      if (refusal || !request) return refused(deps, tx, signed, request, refusal ?? { type: "decision.no-such-request" });
      return decide(deps, tx, request, signed);
    });
  };
}

async function decide(
  deps: AnswerRequestDependencies,
  tx: Transaction,
  request: DecisionRequest,
  { content, keyId, signature }: SignedDecision,
): Promise<Result<DecisionRequest, AnswerError>> {
  const decision: Decision = { verdict: content.verdict, by: content.by, surface: content.surface, at: content.at, keyId, signature };
  const context = { now: deps.clock.now(), actor: { type: "person", id: content.by } as const };
  // What was signed must be what the row says, the deadline included; the machine compares the rest.
  if (content.expiresAt !== request.expiresAt) return refused(deps, tx, { content, keyId, signature }, request, { type: "decision.other-arguments" });
  // A gate that is due is asked anew with the state of today, by whoever looks for what is due.
  if (request.kind === "gate" && context.now >= request.expiresAt && request.state.phase === "requested")
    return refused(deps, tx, { content, keyId, signature }, request, { type: "decision.expired" });
  const decided = await changeRequest(tx, request, { type: "decide", decision, digest: content.digest, targetVersion: content.targetVersion }, context);
  if (!decided.ok) return refused(deps, tx, { content, keyId, signature }, request, decided.error);
  if (decided.value.state.phase === "expired") {
    // Nobody else will come for it: whoever looks for what is due looks at what waits.
    await closeExpired(tx, decided.value, { now: context.now, actor: { type: "system", id: "gateway" } });
    return err({ type: "decision.expired" });
  }
  if (decided.value.state.phase === "stale") return err({ type: "decision.stale" });
  await tx.outbox.add([{ key: `execute:${request.id}`, action: { type: "execute-decision", requestId: request.id } }], context.now);
  return decided;
}

function isGenuine(deps: AnswerRequestDependencies, { content, keyId, signature }: SignedDecision): boolean {
  try {
    return deps.signatures.verify(signedText(content), signature, keyId, content.by);
  } catch {
    // Content without a canonical form was never signed.
    return false;
  }
}

/** What was settled already is not looked at: whoever comes late learns how it ended. */
async function tampered(deps: AnswerRequestDependencies, tx: Transaction, request: DecisionRequest): Promise<AnswerError | undefined> {
  if (request.state.phase !== "requested") return undefined;
  const history = await tx.flow.bySubject(`request:${request.id}`);
  return isAsAsked(deps, request, history) ? undefined : { type: "decision.tampered" };
}

/** Leaves a trace of every attempt that did not count. Who sent an unsigned one is not known, so nobody is named as its author. */
async function refused(
  deps: AnswerRequestDependencies,
  tx: Transaction,
  signed: SignedDecision,
  request: DecisionRequest | undefined,
  error: AnswerError,
): Promise<Result<never, AnswerError>> {
  const now = deps.clock.now();
  const actor: Actor = error.type === "decision.bad-signature" ? { type: "system", id: "gateway" } : { type: "person", id: signed.content.by };
  const type = error.type === "decision.tampered" ? "decision.integrity-violated" : "decision.refused";
  const payload: JsonObject = {
    reason: error.type,
    keyId: String(signed.keyId),
    claimedBy: String(signed.content.by),
    surface: String(signed.content.surface),
  };
  if (request) await tx.flow.append([requestFlowEvent(request, type, payload, { now, actor })]);
  else {
    const id = String(signed.content.requestId).slice(0, 100) as RequestId;
    await tx.flow.append([{ correlationId: `request:${id}` as CorrelationId, actor, type, subject: `request:${id}`, payload, at: now }]);
  }
  return err(error);
}
