import type { z } from "zod";
import type { InboxCard, verdict } from "../../../contract/inbox.ts";

export type Verdict = z.infer<typeof verdict>;
type ChangeRequest = Extract<Verdict, { type: "request_changes" }>;
type ReviewNote = NonNullable<ChangeRequest["comments"]>[number];
type DocumentNote = NonNullable<ChangeRequest["documents"]>[number];

/** What the owner wrote for a choice that needs words. */
export interface Words {
  readonly text: string;
  readonly notes: readonly ReviewNote[];
  /** What is said of whole documents. */
  readonly documents?: readonly DocumentNote[] | undefined;
}

/** One way to decide a request, as the menu offers it. */
export interface DecisionChoice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** Words are needed: what is asked for. */
  readonly asks?: string | undefined;
  /** Lines of documents may be commented on. */
  readonly takesNotes?: boolean | undefined;
  /** It cannot be taken back: asked once more with this. */
  readonly confirm?: string | undefined;
  verdict(words: Words): Verdict;
}

/** Every way to decide a card, best known first. Exactly what the host takes: a verdict that the card does not list is not offered. */
export function decisionChoices(card: InboxCard): readonly DecisionChoice[] {
  if (card.phase !== "requested") return [];
  return card.verdicts.flatMap((type) => choicesFor(card, type));
}

function choicesFor(card: InboxCard, type: Verdict["type"]): readonly DecisionChoice[] {
  switch (type) {
    case "approve":
      return approvals(card);
    case "answer":
      return answers(card);
    case "deny":
      return [
        {
          value: "deny",
          label: card.kind === "question" ? "Refuse to answer…" : "Deny…",
          hint: "the agent is told why",
          asks: "Why not? The agent is told.",
          verdict: ({ text }) => ({ type: "deny", reason: text }),
        },
      ];
    case "request_changes":
      return [
        {
          value: "request_changes",
          label: "Request changes…",
          hint: "the same pull request is revised",
          asks: "What has to change?",
          takesNotes: true,
          verdict: ({ text, notes, documents = [] }) => ({
            type: "request_changes",
            comment: text,
            ...(notes.length === 0 ? {} : { comments: [...notes] }),
            ...(documents.length === 0 ? {} : { documents: [...documents] }),
          }),
        },
      ];
    case "ask":
      return [
        {
          value: "ask",
          label: "Ask the agent…",
          hint: "decide after its answer",
          asks: "What do you want to know?",
          verdict: ({ text }) => ({ type: "ask", question: text }),
        },
      ];
    case "abort":
      return [
        {
          value: "abort",
          label: "Abort the work on this issue…",
          hint: "ends its runs, closes its pull requests",
          asks: "Why does it end?",
          confirm: `End all work on ${card.repository}#${card.issue}?`,
          verdict: ({ text }) => ({ type: "abort", reason: text }),
        },
      ];
  }
}

function approvals(card: InboxCard): readonly DecisionChoice[] {
  // The first option of a question is the recommended one: approving would say the same in fewer words.
  if (card.kind === "question") return [];
  if (card.kind !== "gate" || card.effect.type !== "gate")
    return [{ value: "approve", label: "Approve", hint: "exactly what is shown, once", verdict: () => ({ type: "approve" }) }];
  const merges = card.effect.merges && card.effect.pull !== undefined ? `, merge #${card.effect.pull}` : "";
  const next = card.effect.labels.added.find((label) => label.startsWith("run:"));
  const stay: DecisionChoice = {
    value: "stay",
    label: `Approve${merges}, and stop here`,
    hint: "no next stage yet",
    verdict: () => ({ type: "approve", proceed: false }),
  };
  return next === undefined
    ? [{ ...stay, value: "approve", label: `Approve${merges}`, hint: undefined, verdict: () => ({ type: "approve" }) }]
    : [{ value: "approve", label: `Approve${merges}, and start ${next}`, verdict: () => ({ type: "approve" }) }, stay];
}

function answers(card: InboxCard): readonly DecisionChoice[] {
  const offered = card.effect.type === "question" ? card.effect.options : [];
  return [
    ...offered.map((text, option): DecisionChoice => ({
      value: `option-${option}`,
      label: `${option + 1}. ${text}`,
      hint: option === 0 ? "recommended" : undefined,
      verdict: () => ({ type: "answer", text, option }),
    })),
    { value: "words", label: "In my own words…", asks: "Your answer", verdict: ({ text }) => ({ type: "answer", text }) },
  ];
}

/** Documents that a gate is about, for reading and for comments on lines. */
export function documentsOf(card: InboxCard): readonly string[] {
  return card.effect.type === "gate" ? card.effect.files.filter((file) => file.endsWith(".md") && !file.includes("/_")) : [];
}
