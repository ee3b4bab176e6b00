import { unreachable } from "../kernel/result.ts";
import type { DecisionRequest, RequestKind, Verdict } from "./decision.ts";

/** What may be said to a card of each kind. */
export const allowedVerdicts: Readonly<Record<RequestKind, readonly Verdict["type"][]>> = {
  tool: ["approve", "deny"],
  question: ["approve", "answer", "deny"],
  gate: ["approve", "deny", "request_changes", "ask", "abort"],
  document: ["approve", "deny", "request_changes", "ask", "abort"],
};

/** Longer words are a mistake or an attack; they would go to the forge and into the agent's next input. Counted in UTF-16 code units. */
export const maximumWords = 20_000;

export type VerdictFault =
  | { readonly type: "decision.verdict-not-allowed"; readonly verdict: Verdict["type"]; readonly allowed: readonly Verdict["type"][] }
  | { readonly type: "decision.words-missing"; readonly verdict: Verdict["type"]; readonly field: "reason" | "text" | "comment" | "question" }
  | { readonly type: "decision.words-too-long"; readonly verdict: Verdict["type"]; readonly limit: number }
  | { readonly type: "decision.no-such-option"; readonly option: number; readonly options: number };

/** What is wrong with a verdict on this request, if anything. */
export function verdictFault(request: DecisionRequest, verdict: Verdict): VerdictFault | undefined {
  const allowed = allowedVerdicts[request.kind];
  if (!allowed.includes(verdict.type)) return { type: "decision.verdict-not-allowed", verdict: verdict.type, allowed };
  const words = wordsOf(verdict);
  if (words && words.text.trim() === "") return { type: "decision.words-missing", verdict: verdict.type, field: words.field };
  if (words && words.text.length > maximumWords) return { type: "decision.words-too-long", verdict: verdict.type, limit: maximumWords };
  const options = optionsOf(request);
  const option = verdict.type === "answer" ? verdict.option : undefined;
  const exists = option === undefined || (Number.isInteger(option) && option >= 0 && option < options.length);
  return exists ? undefined : { type: "decision.no-such-option", option: option ?? 0, options: options.length };
}

/** The options of a question, as the card shows them; the first one is the recommended one that `approve` takes. Options are counted from 0. */
export function optionsOf(request: DecisionRequest): readonly string[] {
  return request.effect.type === "question" ? request.effect.options : [];
}

/** The owner's own words in a verdict; an approval has none. */
export function verdictWords(verdict: Verdict): string | undefined {
  switch (verdict.type) {
    case "approve":
      return undefined;
    case "answer":
      return verdict.text;
    case "request_changes":
      return verdict.comment;
    case "ask":
      return verdict.question;
    case "deny":
    case "abort":
      return verdict.reason;
    default:
      return unreachable(verdict);
  }
}

function wordsOf(verdict: Verdict): { readonly field: "reason" | "text" | "comment" | "question"; readonly text: string } | undefined {
  switch (verdict.type) {
    case "approve":
      return undefined;
    case "abort":
      // Whoever stops everything need not explain it; an empty reason is no fault.
      return verdict.reason.trim() === "" ? undefined : { field: "reason", text: verdict.reason };
    case "deny":
      return { field: "reason", text: verdict.reason };
    case "answer":
      return { field: "text", text: verdict.text };
    case "request_changes":
      return { field: "comment", text: verdict.comment };
    case "ask":
      return { field: "question", text: verdict.question };
    default:
      return unreachable(verdict);
  }
}
