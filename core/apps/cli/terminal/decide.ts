import type { InboxCard, InboxItem } from "../../../contract/inbox.ts";
import type { CommandContext, HostClient } from "../control.ts";
import { cardText } from "../texts/card.ts";
import { deskCard } from "./desk-card.ts";
import { decisionChoices, documentsOf, type DecisionChoice, type Words } from "./decision-choices.ts";
import type { Choice, Dialogue } from "./dialogue.ts";

export type Handled = "decided" | "later";

interface Desk {
  readonly client: HostClient;
  readonly dialogue: Dialogue;
  readonly context: Pick<CommandContext, "now">;
}

/** Shows a waiting request and lets the owner decide. What is signed is what was shown: a request that changed meanwhile is a conflict, not a decision. */
export async function decide(desk: Desk, item: InboxItem): Promise<Handled> {
  const card = await desk.client.inbox.get({ id: item.id });
  const choices = decisionChoices(card);
  if (choices.length === 0) return "decided"; // somebody else was first
  const title = `${titles[card.kind]}: ${withoutKind(card.summary)}`;
  desk.dialogue.say(deskCard(card, desk.context.now()), title);
  const documents = documentsOf(card);
  for (;;) {
    const value = await desk.dialogue.choose(`${questions[card.kind]}  (${card.stage}, #${card.issue})`, [...choices, ...others(documents)]);
    if (value === undefined || value === "later") {
      desk.dialogue.line("Nothing was decided. It stays in the inbox.");
      return "later";
    }
    if (value === "read") await readOneOf(desk, card, documents);
    if (value === "whole") await desk.dialogue.read(title, cardText(card, desk.context.now()));
    const choice = choices.find((candidate) => candidate.value === value);
    const words = choice && (await wordsFor(desk, choice, documents));
    if (!choice || !words) continue;
    const decided = await desk.client.inbox.decide({
      id: card.id,
      verdict: choice.verdict(words),
      surface: "command-line",
      digest: card.digest,
      targetVersion: card.targetVersion,
    });
    desk.dialogue.line(`Signed and recorded: ${decided.decision?.verdict.type.replace("_", " ") ?? "decided"} by ${decided.decision?.by ?? "you"}.`);
    return "decided";
  }
}

/** What can be done with a card besides deciding it. */
function others(documents: readonly string[]): readonly Choice<string>[] {
  return [
    ...(documents.length === 0 ? [] : [{ value: "read", label: "Read the documents", hint: `${documents.length} files` }]),
    { value: "whole", label: "Show the whole card", hint: "exact arguments, digest, rule" },
    { value: "later", label: "Later", hint: "it stays in the inbox" },
  ];
}

/** Summaries of questions say themselves that they are questions. */
const withoutKind = (summary: string): string => summary.replace(/^Question: /u, "");

const titles: Readonly<Record<InboxCard["kind"], string>> = { tool: "Decision", question: "Question", gate: "Stage gate", document: "Document" };
const questions: Readonly<Record<InboxCard["kind"], string>> = {
  tool: "May it?",
  question: "Your answer?",
  gate: "Is the stage good?",
  document: "Is the document good?",
};

/** Undefined when the owner went back. */
async function wordsFor(desk: Desk, choice: DecisionChoice, documents: readonly string[]): Promise<Words | undefined> {
  const text = choice.asks === undefined ? "" : await desk.dialogue.write(choice.asks);
  if (text === undefined) return undefined;
  const said = choice.takesNotes && documents.length > 0 ? await notesOn(desk, documents) : { notes: [] };
  if (choice.confirm !== undefined && !(await desk.dialogue.agree(choice.confirm))) return undefined;
  return { text, ...said };
}

/** Comments on lines, and one verdict for each document; the last one counts. */
async function notesOn({ dialogue }: Desk, documents: readonly string[]): Promise<Omit<Words, "text">> {
  const notes: Words["notes"][number][] = [];
  const verdicts = new Map<string, NonNullable<Words["documents"]>[number]>();
  for (;;) {
    const choices = [
      { value: "", label: notes.length + verdicts.size === 0 ? "No, send it as it is" : "That is all, send it" },
      ...documents.map((path) => ({ value: path, label: path })),
    ];
    const path = await dialogue.choose("Comment on a line as well? Each comment must be answered.", choices);
    if (!path) return { notes, documents: [...verdicts.values()] };
    const place = (await dialogue.write("Which line? Or of the whole document: good, or changes."))?.trim();
    if (place === "good") verdicts.set(path, { path, verdict: "good" });
    if (place === "changes") {
      const body = await dialogue.write("What needs to change in it?");
      if (body !== undefined) verdicts.set(path, { path, verdict: "changes", body });
    }
    if (place === "good" || place === "changes") continue;
    const line = Number(place);
    if (!Number.isInteger(line) || line < 1) {
      dialogue.line("A line is a whole number from 1; good and changes are about the whole document.");
      continue;
    }
    const body = await dialogue.write(`What about line ${line}?`);
    if (body !== undefined) notes.push({ path, line, body });
  }
}

async function readOneOf(desk: Desk, card: InboxCard, documents: readonly string[]): Promise<void> {
  const path = await desk.dialogue.choose(
    "Which one?",
    documents.map((document) => ({ value: document, label: document })),
  );
  if (path === undefined) return;
  const { text } = await desk.client.documents.read({ repository: card.repository, path });
  await desk.dialogue.read(path, numbered(text));
}

/** Line numbers, because comments refer to them. */
export function numbered(text: string): string {
  return text
    .split("\n")
    .map((line, index) => `${String(index + 1).padStart(4)}  ${line}`)
    .join("\n");
}
