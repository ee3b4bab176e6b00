import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import type { JsonFault } from "../../../core/domain/kernel/strict-json.ts";
import type { Say } from "../../i18n/language.tsx";

/** Where a text breaks and what to do, in the owner's language. What it quotes of the text is shown whole, hidden characters too. */
export function faultSentence(fault: JsonFault, say: Say): string {
  const { line, column, type, ...quoted } = fault;
  const message = say(`inbox.${type}`, "name" in quoted ? { name: JSON.stringify(quoted.name) } : quoted);
  return say("inbox.edit.fault", { line, column, message: revealHidden(message) });
}
