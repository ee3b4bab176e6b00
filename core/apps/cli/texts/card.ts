import type { InboxCard } from "../../../contract/inbox.ts";
import { age } from "../output.ts";
import { warnings } from "./preview.ts";

/** A request as the owner reads it, in the order of the card: the exact effect first, then its arguments, why, where from, which rule, until when. */
export function cardText(card: InboxCard, now: number): string {
  const parts = [
    card.summary,
    "",
    ...(card.warnings.length === 0 ? [] : [...warningLines(card), ""]),
    "What exactly will happen",
    indent(effectText(card.effect)),
    ...warnings(card),
    "",
    `Exact arguments of ${card.tool}${card.hiddenCharacters ? " (hidden characters are shown as escapes)" : ""}`,
    indent(card.arguments),
    ...(card.edit
      ? ["", `Edited by ${card.edit.by} on ${card.edit.surface} at ${new Date(card.edit.at).toISOString()}; the agent asked for`, indent(card.edit.asked)]
      : []),
    ...(card.rationale ? ["", "Why, in the agent's words (not verified)", indent(card.rationale)] : []),
    "",
    `From       ${card.repository}#${card.issue}, stage ${card.stage}, role ${card.role}, run ${card.runId}`,
    `Rule       ${card.rule.id}: ${card.rule.description}`,
    `Risk       ${card.risk}`,
    `Digest     ${card.digest}`,
    `Target     ${card.targetVersion}`,
    `Asked      ${new Date(card.createdAt).toISOString()} (${age(card.createdAt, now)}); expires ${new Date(card.expiresAt).toISOString()}`,
    `State      ${stateText(card)}`,
    ...(card.phase === "requested" ? [`Decide     signalbox inbox ${waysOf(card).join(" | ")} ${card.id}`] : []),
    ...(card.instead === undefined ? [] : [`Instead    ${card.instead}`]),
  ];
  return parts.join("\n");
}

function waysOf({ verdicts, editable }: InboxCard): readonly string[] {
  return [...verdicts.map((verdict) => verdict.replace("_", "-")), ...(editable === undefined ? [] : ["edit"])];
}

/** What to know before deciding, marked so that no text of an agent passes for it: theirs is always indented. */
export function warningLines({ warnings }: InboxCard): readonly string[] {
  return warnings.map((warning) => `! ${warning.replaceAll("\n", " ")}`);
}

function stateText(card: InboxCard): string {
  const decision = card.decision;
  if (!decision) return card.failure ? `${card.phase}: ${card.failure}` : card.phase;
  const signature = card.signatureVerified ? "signature verified" : "SIGNATURE DOES NOT VERIFY";
  return `${card.phase}; ${decision.verdict.type} by ${decision.by} on ${decision.surface} at ${new Date(decision.at).toISOString()}, ${signature}${card.failure ? `; ${card.failure}` : ""}`;
}

/** The effect in lines; a label change shows the set before, what goes, what comes, and the set after. */
export function effectText(effect: InboxCard["effect"]): string {
  switch (effect.type) {
    case "labels":
      return [`Labels of ${effect.target.kind} #${effect.target.number}`, ...labelLines(effect)].join("\n");
    case "text":
      return [`Comment on ${effect.target.kind} #${effect.target.number}:`, indent(effect.text)].join("\n");
    case "pull":
      return [`Pull request ${effect.head} -> ${effect.base}: ${effect.title}`, indent(effect.body)].join("\n");
    case "question":
      return [
        effect.question,
        ...effect.options.map(
          (option, index) => `${index + 1}. ${option}${index === 0 && !option.toLowerCase().includes("recommended") ? "  (recommended)" : ""}`,
        ),
        "or your own words",
      ].join("\n");
    case "gate":
      return [
        effect.pull === undefined
          ? "No pull request"
          : `Pull request #${effect.pull} at ${effect.head ?? "?"}${effect.pullState ? `, ${effect.pullState.toUpperCase()} BY HAND` : effect.merges ? ", merged on approval" : ", stays open on approval"}`,
        ...labelLines(effect.labels),
        `artifacts  ${effect.artifacts.present.length} of ${effect.artifacts.required.length} required${effect.artifacts.missing.length > 0 ? `, missing: ${effect.artifacts.missing.join(", ")}` : ""}`,
        ...effect.files.map((file) => `file       ${file}`),
      ].join("\n");
    case "other":
      return effect.description;
  }
}

function labelLines(plan: {
  readonly before: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly after: readonly string[];
}): readonly string[] {
  return [
    `before     ${plan.before.join(", ") || "none"}`,
    ...plan.removed.map((label) => `  - ${label}`),
    ...plan.added.map((label) => `  + ${label}`),
    `after      ${plan.after.join(", ") || "none"}`,
  ];
}

export function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
