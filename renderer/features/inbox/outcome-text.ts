import type { InboxCard } from "../../../core/contract/inbox.ts";
import type { Say } from "../../i18n/language.tsx";

/** Who decided what, and where. */
export function decisionText({ verdict, by, surface }: NonNullable<InboxCard["decision"]>, say: Say): string {
  return say("inbox.by", { verdict: say(`inbox.verdict.${verdict.type}`), by, surface });
}

/** How a request ended that was not carried out: in the owner's language where the window knows it, and in the host's words where they say more. */
export function endingTexts({ phase, instead, failure }: Pick<InboxCard, "phase" | "instead" | "failure">, say: Say): readonly string[] {
  if (phase === "expired") return [say("inbox.ended.expired")];
  if (instead !== undefined) return [say("inbox.ended.edited")];
  return [...(phase === "stale" ? [say("inbox.ended.stale")] : []), ...(failure === undefined ? [] : [failure])];
}
