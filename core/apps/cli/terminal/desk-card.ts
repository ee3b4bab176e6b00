import type { InboxCard } from "../../../contract/inbox.ts";
import { age } from "../output.ts";
import { effectText, indent, warningLines } from "../texts/card.ts";
import { warnings } from "../texts/preview.ts";

/** More of the agent's words than this is for the whole card: the choices have to stay on the screen. */
const longestRationale = 400;
const longestEffect = 1_200;

/**
 * What is needed to decide, on a screen of 24 lines: the exact effect, why, and until when. Digest, target and canonical arguments are on the whole card, one key
 * away; what is signed covers them all the same.
 */
export function deskCard(card: InboxCard, now: number): string {
  const why = card.rationale === undefined ? [] : ["", "Why, in the agent's words (not verified)", indent(clipped(card.rationale, longestRationale))];
  return [
    ...(card.warnings.length === 0 ? [] : [...warningLines(card), "! Look at the whole card.", ""]),
    card.effect.type === "gate" ? gateText(card.effect) : clipped(effectText(card.effect), longestEffect),
    ...warnings(card),
    ...why,
    "",
    `${card.repository}#${card.issue}, ${card.stage} as ${card.role}; risk ${card.risk}; asked ${asked(card.createdAt, now)}, expires ${until(card.expiresAt)}`,
  ].join("\n");
}

type Gate = Extract<InboxCard["effect"], { type: "gate" }>;

/** A gate in a handful of lines: files by their names under the folder they share. */
function gateText(gate: Gate): string {
  const { labels, artifacts } = gate;
  const changes = [...labels.removed.map((label) => `- ${label}`), ...labels.added.map((label) => `+ ${label}`)].join("   ");
  const missing = artifacts.missing.length > 0 ? `, MISSING ${artifacts.missing.join(", ")}` : "";
  return [
    gate.pull === undefined
      ? "No pull request"
      : `Approving ${gate.merges ? "merges" : "leaves open"} pull request #${gate.pull} at ${gate.head?.slice(0, 12) ?? "?"}${gate.pullState ? `, which was ${gate.pullState.toUpperCase()} BY HAND` : ""}`,
    `labels     ${labels.before.join(", ") || "none"}`,
    `change     ${changes || "none"}`,
    `after      ${labels.after.join(", ") || "none"}`,
    `artifacts  ${artifacts.present.length} of ${artifacts.required.length} required${missing}`,
    `files      ${filesText(gate.files)}`,
  ].join("\n");
}

/** Documents by name under the folder they share; the gateway's own docset and index files only by their number. */
function filesText(files: readonly string[]): string {
  const documents = files.filter((file) => !file.startsWith("docs/_"));
  const others = files.length - documents.length;
  const [first] = documents;
  const folder = first?.slice(0, first.lastIndexOf("/") + 1) ?? "";
  const isShared = documents.length > 1 && folder !== "" && documents.every((file) => file.startsWith(folder));
  const named = isShared ? `${documents.map((file) => file.slice(folder.length)).join(", ")}  in ${folder}` : documents.join(", ");
  const counted = others === 0 ? [] : [`${others} docset and index ${others === 1 ? "file" : "files"}`];
  return [...(named === "" ? [] : [named]), ...counted].join("; and ") || "none";
}

/** What is cut off is counted: a card must not look complete when it is not. */
function clipped(text: string, longest: number): string {
  const characters = Array.from(text);
  if (characters.length <= longest) return text;
  const rest = characters.length - longest;
  return `${characters.slice(0, longest).join("").trimEnd()} … ${rest.toLocaleString("en")} more characters on the whole card; the digest covers all`;
}

function asked(at: number, now: number): string {
  const since = age(at, now);
  return since === "just now" ? since : `${since} ago`;
}

function until(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
