import type { DecisionPhase, DecisionRequest, Verdict } from "../decision/decision.ts";
import type { DocumentVerdict } from "../document/document-verdict.ts";
import type { Digest, Instant, RepositoryName, RequestId, TargetVersion } from "../kernel/values.ts";
import { findAgain, textLines, type LineAnchor } from "./line-anchor.ts";

/** A decision that the owner means to take, on what was shown. Nothing is signed before it is sent. */
export interface DecisionIntent {
  readonly type: "decision";
  readonly requestId: RequestId;
  readonly summary: string;
  readonly digest: string;
  readonly targetVersion: string;
  readonly verdict: Verdict;
}

/** A comment on a line of a document. */
export interface CommentIntent {
  readonly type: "comment";
  readonly path: string;
  readonly title: string;
  /** Hash of the version that was read. */
  readonly hash: string;
  readonly anchor: LineAnchor;
  readonly body: string;
}

/** What the owner says of a document as a whole. There is one for each document that can still be sent. */
export interface VerdictIntent {
  readonly type: "verdict";
  readonly path: string;
  readonly title: string;
  /** Hash of the version that was read: the verdict is on no other. */
  readonly hash: string;
  readonly verdict: DocumentVerdict;
  /** What needs to change. Absent where comments on its lines say it, and of a document that is good. */
  readonly body?: string | undefined;
}

/** What the owner says in the review of a pull request. */
export type NoteIntent = CommentIntent | VerdictIntent;

/** What changed since a draft was written, for the owner to read. */
export type Change =
  | { readonly type: "request-gone" }
  | { readonly type: "already-decided"; readonly by: string; readonly surface: string; readonly at: Instant; readonly verdict: Verdict["type"] }
  | { readonly type: "request-closed"; readonly phase: DecisionPhase }
  /** Another request stands in its place, with arguments that a person has edited. */
  | { readonly type: "request-edited"; readonly instead: RequestId; readonly summary: string }
  | { readonly type: "expired"; readonly at: Instant }
  /** The request has other arguments, or another effect, than those that were shown. */
  | { readonly type: "other-content" }
  | { readonly type: "other-target"; readonly was: string; readonly now: string }
  | { readonly type: "document-gone" }
  /** The document has another version than the one that the verdict is on. */
  | { readonly type: "other-version" }
  /** It says that changes are needed, and nothing says which any more. */
  | { readonly type: "words-missing" }
  | { readonly type: "line-changed"; readonly was: string; readonly now?: string | undefined };

export type DraftState =
  /** Written and not compared with anything yet. */
  | { readonly phase: "draft" }
  /** It still fits. `line`: where a comment belongs now. */
  | { readonly phase: "valid"; readonly checkedAt: Instant; readonly line?: number | undefined }
  | { readonly phase: "stale"; readonly checkedAt: Instant; readonly change: Change }
  /** On its way. Stored before anything leaves, so that after a crash it is looked for before it is sent again. */
  | { readonly phase: "sending"; readonly since: Instant; readonly line?: number | undefined }
  | { readonly phase: "sent"; readonly at: Instant }
  | { readonly phase: "refused"; readonly at: Instant; readonly reason: string }
  | { readonly phase: "discarded"; readonly at: Instant };

/** What the owner has prepared on this machine and nobody else has heard of. */
export interface Draft {
  readonly id: string;
  readonly repository: RepositoryName;
  readonly issue?: number | undefined;
  readonly intent: DecisionIntent | NoteIntent;
  readonly writtenAt: Instant;
  readonly state: DraftState;
}

export const finalDraftPhases = ["sent", "refused", "discarded"] as const;

/** A draft as it is kept of one version of what it is about. */
export type Finding = { readonly type: "fits"; readonly line?: number | undefined } | { readonly type: "changed"; readonly change: Change };

/**
 * Compares a decision that was drafted with the request as it is now.
 *
 * @param instead the request that stands in its place, where it was edited.
 */
export function compareRequest(
  intent: DecisionIntent,
  request: DecisionRequest | undefined,
  now: Instant,
  instead?: Pick<DecisionRequest, "id" | "summary">,
): Finding {
  if (!request) return changed({ type: "request-gone" });
  const { state } = request;
  if ("decision" in state && state.decision !== undefined) {
    const { by, surface, at, verdict } = state.decision;
    return changed({ type: "already-decided", by, surface, at, verdict: verdict.type });
  }
  if (instead) return changed({ type: "request-edited", instead: instead.id, summary: instead.summary });
  if (state.phase !== "requested") return changed({ type: "request-closed", phase: state.phase });
  if (now >= request.expiresAt) return changed({ type: "expired", at: request.expiresAt });
  if (request.targetVersion !== (intent.targetVersion as TargetVersion))
    return changed({ type: "other-target", was: intent.targetVersion, now: request.targetVersion });
  return request.digest === (intent.digest as Digest) ? { type: "fits" } : changed({ type: "other-content" });
}

/** Compares a comment that was drafted with the document as it is now. */
export function compareDocument(intent: CommentIntent, document: { readonly hash: string; readonly text: string } | undefined): Finding {
  if (!document) return changed({ type: "document-gone" });
  if (document.hash === intent.hash) return { type: "fits", line: intent.anchor.line };
  const found = findAgain(intent.anchor, textLines(document.text));
  return found.type === "found"
    ? { type: "fits", line: found.line }
    : changed({ type: "line-changed", was: found.was, ...(found.now === undefined ? {} : { now: found.now }) });
}

/**
 * Compares a verdict that was drafted with the document as it is now. It is on the version that was read, and on no other, however little has changed.
 *
 * @param isExplained whether comments on its lines say what needs to change: {@link isExplained}.
 */
export function compareVersion(intent: VerdictIntent, document: { readonly hash: string } | undefined, isExplained: boolean): Finding {
  if (!document) return changed({ type: "document-gone" });
  if (document.hash !== intent.hash) return changed({ type: "other-version" });
  return intent.verdict === "good" || intent.body !== undefined || isExplained ? { type: "fits" } : changed({ type: "words-missing" });
}

/** Whether comments on a document's lines say what needs to change: those that can still be sent, and those that were sent about the same version. */
export function isExplained(version: { readonly repository: string; readonly path: string; readonly hash: string }, drafts: readonly Draft[]): boolean {
  return drafts.some(({ repository, intent, state }) => {
    if (intent.type !== "comment" || repository !== version.repository || intent.path !== version.path) return false;
    return state.phase === "sent" ? intent.hash === version.hash : ["draft", "valid", "sending"].includes(state.phase);
  });
}

function changed(change: Change): Finding {
  return { type: "changed", change };
}
