import type { DraftChange, DraftRow } from "../../../core/contract/drafts.ts";
import { verdictWords } from "../../../core/domain/decision/verdicts.ts";
import type { Say } from "../../i18n/language.tsx";
import { moment } from "../../ui/moment.ts";

const closed: readonly DraftRow["state"]["phase"][] = ["sent", "refused", "discarded"];

/** Those that can still be sent or discarded, as they were written; and what became of the others, the last one first. */
export function splitDrafts(drafts: readonly DraftRow[]): { readonly open: readonly DraftRow[]; readonly closed: readonly DraftRow[] } {
  const isClosed = ({ state }: DraftRow): boolean => closed.includes(state.phase);
  return { open: drafts.filter((draft) => !isClosed(draft)), closed: drafts.filter(isClosed).reverse() };
}

/** What a draft would do, in one line. */
export function draftTitle({ intent, state }: DraftRow, say: Say): string {
  if (intent.type === "decision") return `${say(`drafts.verdict.${intent.verdict.type}`)}: ${intent.summary}`;
  if (intent.type === "verdict") return `${say(`docs.verdict.${intent.verdict}`)}: ${intent.title}`;
  const now = state.phase === "valid" && state.line !== undefined && state.line !== intent.line ? state.line : undefined;
  const line = now === undefined ? say("drafts.line", { n: intent.line }) : say("drafts.lineMoved", { n: intent.line, now });
  return `${intent.title}, ${line}`;
}

/** The owner's own words in it. */
export function draftWords({ intent }: DraftRow): string | undefined {
  return intent.type === "decision" ? verdictWords(intent.verdict) : intent.body;
}

/** Its words, where they can be changed. */
export function wordsToEdit({ intent }: DraftRow): string | undefined {
  if (intent.type === "comment") return intent.body;
  return intent.type === "verdict" && intent.verdict === "changes" ? (intent.body ?? "") : undefined;
}

/** The request that can be decided on instead: the one that was drafted on, or what stands in its place. */
export function requestToOpen({ intent, state }: DraftRow): string | undefined {
  if (intent.type !== "decision") return undefined;
  return state.phase === "stale" && state.change.type === "request-edited" ? state.change.instead : intent.requestId;
}

/** What has changed since it was written, in a sentence. */
export function changeText(change: DraftChange, say: Say, language: string): string {
  switch (change.type) {
    case "already-decided":
      return say("drafts.change.already-decided", {
        verdict: say(`inbox.verdict.${change.verdict}`),
        by: change.by,
        surface: change.surface,
        when: moment(change.at, language),
      });
    case "request-closed":
      return say("drafts.change.request-closed", { phase: say(`inbox.phase.${change.phase}`) });
    case "request-edited":
      return say("drafts.change.request-edited", { summary: change.summary });
    case "expired":
      return say("drafts.change.expired", { when: moment(change.at, language) });
    case "request-gone":
    case "other-content":
    case "other-target":
    case "document-gone":
    case "other-version":
    case "words-missing":
    case "line-changed":
      return say(`drafts.change.${change.type}`);
  }
}
