import type { DecisionRequest, SignedContent, Surface, Verdict } from "../domain/decision/decision.ts";
import { signedText } from "../domain/decision/digest.ts";
import { err, type Result } from "../domain/kernel/result.ts";
import type { PersonId, RequestId, TargetVersion } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { DecisionSigner, Hasher, SignatureVerifier } from "../ports/crypto.ts";
import type { Store } from "../ports/store.ts";
import type { AnswerError, SignedDecision } from "./answer-request.ts";
import { isAsAsked } from "./verify-decision.ts";

export interface DecideDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly signatures: SignatureVerifier;
  /** Lives in the owner's own process only. */
  readonly signer: DecisionSigner;
  /** {@link createAnswerRequest}, here or behind the wire. */
  readonly answerRequest: (signed: SignedDecision) => Promise<Result<DecisionRequest, AnswerError>>;
}

export interface DecideInput {
  readonly requestId: RequestId;
  readonly verdict: Verdict;
  readonly surface: Surface;
  /** The digest of what the owner was shown; without it the decision is about the request as it is now. A draft made offline must pass it. */
  readonly shownDigest?: string | undefined;
  /** The target's version that the owner was shown. */
  readonly shownTargetVersion?: string | undefined;
}

/**
 * Decides as the owner: reads the request, makes sure that it is the one that was shown and says what its digest binds, signs, and hands the decision in.
 *
 * @returns the decided request, or why it does not count.
 */
export function createDecide(deps: DecideDependencies) {
  return async function decide(input: DecideInput): Promise<Result<DecisionRequest, AnswerError>> {
    const { request, history } = await deps.store.transaction(async (tx) => ({
      request: await tx.requests.get(input.requestId),
      history: await tx.flow.bySubject(`request:${input.requestId}`),
    }));
    if (!request) return err({ type: "decision.no-such-request" });
    if (input.shownDigest !== undefined && input.shownDigest !== request.digest) return err({ type: "decision.other-arguments" });
    if (input.shownTargetVersion !== undefined && input.shownTargetVersion !== request.targetVersion)
      return err({ type: "decision.other-target", seen: input.shownTargetVersion as TargetVersion, shown: request.targetVersion });
    // The owner's key never signs for a row that was changed after it was made, or that was put in by hand. What was settled already is for the first answer to say.
    if (request.state.phase === "requested" && !isAsAsked(deps, request, history)) return err({ type: "decision.tampered" });
    return deps.answerRequest(signDecision(deps.signer, request, input.verdict, input.surface, deps.clock));
  };
}

/** Signs a verdict on exactly this request. */
export function signDecision(signer: DecisionSigner, request: DecisionRequest, verdict: Verdict, surface: Surface, clock: Clock): SignedDecision {
  const content: SignedContent = {
    requestId: request.id,
    digest: request.digest,
    targetVersion: request.targetVersion,
    expiresAt: request.expiresAt,
    verdict,
    by: signer.person as PersonId,
    surface,
    at: clock.now(),
  };
  return { content, keyId: signer.keyId, signature: signer.sign(signedText(content)) };
}
