import { inlineCode } from "../kernel/markdown.ts";
import type { DocumentNote } from "./document-verdict.ts";

/** The verdicts as markdown for the text of a review: what needs changes first, each with what an agent is to do about it. Empty without verdicts. */
export function documentNotesText(notes: readonly DocumentNote[]): string {
  if (notes.length === 0) return "";
  const inOrder = [...notes.filter(({ verdict }) => verdict === "changes"), ...notes.filter(({ verdict }) => verdict === "good")];
  return ["What this review says of the documents:", ...inOrder.map(noteText)].join("\n\n");
}

function noteText({ path, verdict, body }: DocumentNote): string {
  if (verdict === "good") return `- ${inlineCode(path)} is good as it is. Leave it unchanged, unless a comment on its lines asks for something.`;
  if (body === undefined) return `- ${inlineCode(path)} needs changes: those that the comments on its lines ask for.`;
  return `- ${inlineCode(path)} needs changes:\n\n${body.replaceAll(/^(?=.)/gmu, "  ")}`;
}
