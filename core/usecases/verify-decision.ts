import type { Decision, DecisionRequest, RequestKind } from "../domain/decision/decision.ts";
import { decisionText, digestHolds, editContent, editText } from "../domain/decision/digest.ts";
import type { FlowEvent } from "../domain/audit/flow-event.ts";
import type { Hasher, SignatureVerifier } from "../ports/crypto.ts";

/** Why a stored request or its decision cannot be trusted. None of these happens without somebody writing to the database by hand. */
export type IntegrityFault =
  /** What the request says is not what its digest binds. */
  | "digest-does-not-match"
  /** The request says that a person has edited it, and no trusted key of that person says so. */
  | "edit-not-signed"
  /** The decision was not signed by a trusted key of the person it names, or it was signed for something else. */
  | "signature-invalid"
  /** It was given after the deadline. */
  | "decided-too-late"
  /** The audit trail says that this request had its consequence before. */
  | "executed-before"
  /** The audit trail does not say that anybody ever asked for this: the row was put in, or changed together with its digest. */
  | "never-asked";

export interface DecisionVerifierDependencies {
  readonly hasher: Hasher;
  readonly signatures: SignatureVerifier;
}

/**
 * Checks a decision as if nobody had done so before: the digest is computed anew from the stored arguments, the signature is checked against the installation's
 * trusted keys, and the trail of events must say that exactly this was asked, and not that it has been executed. Whoever can write to the database still cannot approve.
 */
export function verifyDecision(
  deps: DecisionVerifierDependencies,
  request: DecisionRequest,
  decision: Decision,
  history: readonly FlowEvent[],
): IntegrityFault | undefined {
  if (!intact(deps.hasher, request) || request.kind !== kindOfTool(request.tool)) return "digest-does-not-match";
  if (!editHolds(deps, request)) return "edit-not-signed";
  if (!verifies(deps, request, decision)) return "signature-invalid";
  if (decision.at >= request.expiresAt) return "decided-too-late";
  if (!wasAsked(request, history)) return "never-asked";
  const ended = history.some((event) => event.type === "decision.executed" || event.type === "decision.failed");
  return ended ? "executed-before" : undefined;
}

/** Whether the stored decision holds by itself, for whoever shows it: what was asked is what its digest binds, and a trusted key of the person signed it in time. */
export function decisionHolds(deps: DecisionVerifierDependencies, request: DecisionRequest, decision: Decision): boolean {
  if (!intact(deps.hasher, request) || request.kind !== kindOfTool(request.tool) || !editHolds(deps, request)) return false;
  return verifies(deps, request, decision) && decision.at < request.expiresAt;
}

/** Whether a request that waits is still what was asked: its digest holds, the trail knows it with this digest, and who is said to have edited it has done so. */
export function isAsAsked(deps: DecisionVerifierDependencies, request: DecisionRequest, history: readonly FlowEvent[]): boolean {
  return intact(deps.hasher, request) && request.kind === kindOfTool(request.tool) && editHolds(deps, request) && wasAsked(request, history);
}

/** Whether the person who is said to have edited the request has signed exactly these arguments. What nobody has edited holds. */
export function editHolds({ signatures }: Pick<DecisionVerifierDependencies, "signatures">, request: DecisionRequest): boolean {
  const { edit } = request;
  if (edit === undefined) return true;
  try {
    return signatures.verify(editText(editContent(request, edit)), edit.signature, edit.keyId, edit.by);
  } catch {
    // A row edited by hand may hold what has no canonical form at all.
    return false;
  }
}

function wasAsked({ digest }: DecisionRequest, history: readonly FlowEvent[]): boolean {
  return history.some((event) => event.type === "decision.requested" && event.payload["digest"] === digest);
}

function intact(hasher: Hasher, request: DecisionRequest): boolean {
  try {
    return digestHolds(request, hasher.sha256);
  } catch {
    // A row edited by hand may hold what has no canonical form at all.
    return false;
  }
}

/** The kind follows from the tool, which the digest binds: a gate that was relabelled as a question must not be answered as one. */
export function kindOfTool(tool: string): RequestKind {
  switch (tool) {
    case "owner_ask":
      return "question";
    case "stage_gate":
      return "gate";
    case "document_review":
      return "document";
    default:
      return "tool";
  }
}

function verifies(deps: DecisionVerifierDependencies, request: DecisionRequest, decision: Decision): boolean {
  try {
    return deps.signatures.verify(decisionText(request, decision), decision.signature, decision.keyId, decision.by);
  } catch {
    // A row edited by hand may hold values that have no canonical form at all. Nobody signed those.
    return false;
  }
}
