import type { DraftChange, DraftRow } from "../../../core/contract/drafts.ts";
import type { DocumentVerdict } from "../../../core/domain/document/document-verdict.ts";

/** What the owner says of a document as a whole, and has not sent. */
export interface VerdictDraft {
  readonly id: string;
  readonly verdict: DocumentVerdict;
  readonly body: string | undefined;
  /** `stale`: it is not sent as it stands, `why` says what for. `sending`: what becomes of it is not known yet. */
  readonly state: "kept" | "stale" | "sending";
  readonly why?: Extract<DraftChange["type"], "other-version" | "words-missing" | "document-gone"> | undefined;
}

interface Version {
  readonly path: string;
  readonly hash: string;
}

/** The verdict on a document among the drafts. It is on one version: when the document has another one, that shows before anything was compared. */
export function verdictOn(drafts: readonly DraftRow[], repository: string, { path, hash }: Version): VerdictDraft | undefined {
  for (const { id, repository: place, intent, state } of drafts) {
    if (intent.type !== "verdict" || place !== repository || intent.path !== path || isClosed(state)) continue;
    const { verdict, body } = intent;
    if (state.phase === "sending") return { id, verdict, body, state: "sending" };
    if (intent.hash !== hash) return { id, verdict, body, state: "stale", why: "other-version" };
    if (state.phase === "stale") return { id, verdict, body, state: "stale", why: reasonOf(state.change) };
    return { id, verdict, body, state: "kept" };
  }
  return undefined;
}

/** Whether the owner has a comment on a line of the document that can still be sent with the verdict. */
export function hasComments(drafts: readonly DraftRow[], repository: string, path: string): boolean {
  return drafts.some(
    ({ repository: place, intent, state }) =>
      intent.type === "comment" && place === repository && intent.path === path && !isClosed(state) && state.phase !== "stale",
  );
}

function isClosed({ phase }: DraftRow["state"]): boolean {
  return phase === "sent" || phase === "refused" || phase === "discarded";
}

function reasonOf({ type }: DraftChange): VerdictDraft["why"] {
  return type === "words-missing" || type === "document-gone" ? type : "other-version";
}
