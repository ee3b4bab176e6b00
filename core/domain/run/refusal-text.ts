import { unreachable } from "../kernel/result.ts";
import { escapeMarkdown, inlineCode } from "../kernel/markdown.ts";
import type { ProfileError } from "../label/profile.ts";
import type { LabelNames } from "../label/names.ts";
import { artifactTitle } from "../stage/artifacts.ts";
import type { RefusalReason } from "./admission.ts";

/** A refusal in words: what is wrong, and what to do, each a markdown line without markup around it. */
export interface RefusalText {
  readonly what: string;
  readonly remedy: string;
}

/** Says exactly what to remove or to do, in the repository's own label names. Foreign text in it is inert. */
export function refusalText(reason: RefusalReason, names: LabelNames): RefusalText {
  switch (reason.type) {
    case "admission.conflicting-triggers":
      return {
        what: `The issue has ${reason.labels.length} trigger labels: ${codes(reason.labels)}. Only one can say what is to start.`,
        remedy: `Remove all of them, then set the one that you mean again.`,
      };
    case "admission.unknown-stage":
      return { what: `${inlineCode(reason.label)} starts nothing: there is no such trigger.`, remedy: unknownRemedy(reason.label, reason.known) };
    case "admission.no-revise":
      return {
        what: `The stage ${reason.stage} has no revision of its own.`,
        remedy: `Set ${inlineCode(names.triggers[reason.stage].work)} on the issue to run it again.`,
      };
    case "admission.issue-closed":
      return { what: "The issue is closed.", remedy: "Open it again and set the trigger label anew." };
    case "admission.blocked":
      return {
        what: `The issue is marked ${inlineCode(reason.label)}.`,
        remedy: `Clear what blocks it, remove ${inlineCode(reason.label)}, then set the trigger label again.`,
      };
    case "admission.input-needed":
      return {
        what: `A question is open (${inlineCode(reason.label)}).`,
        remedy: `Answer it, or remove ${inlineCode(reason.label)} if it has been settled, then set the trigger label again.`,
      };
    case "admission.missing-artifacts":
      return {
        what: `The stage ${reason.stage} builds on ${reason.previous}, which has not left everything yet. Missing: ${reason.missing.map((type) => `${escapeMarkdown(artifactTitle(type))} (${inlineCode(type)})`).join(", ")}.`,
        remedy: `Finish ${reason.previous} first: set ${inlineCode(names.triggers[reason.previous].work)}, approve its documents so that they are merged, then set the trigger label again.`,
      };
    case "admission.pull-missing":
      return pullMissing(reason, names);
    case "admission.branch-busy":
      return {
        what: `The branch ${inlineCode(reason.branch)} is taken by another run: ${reason.stage}${reason.variant === "revise" ? " (revise)" : ""}, ${inlineCode(reason.runId)}.`,
        remedy: "Wait until it has ended, or cancel it, then set the trigger label again.",
      };
    case "admission.profile":
      return profileText(reason.error);
    default:
      return unreachable(reason);
  }
}

/** The comment under the issue. `marker` makes it findable, so that a repeated event edits it in place. */
export function refusalComment(reason: RefusalReason, names: LabelNames, marker: string): string {
  const { what, remedy } = refusalText(reason, names);
  return `<!-- ${marker.replaceAll("--", "")} -->\n**No run was started.** ${what}\n\n**What to do:** ${remedy}\n`;
}

function pullMissing(reason: Extract<RefusalReason, { type: "admission.pull-missing" }>, names: LabelNames): RefusalText {
  const opener = reason.variant === "revise" ? reason.stage : "dev";
  const task =
    reason.variant === "revise"
      ? `There is nothing to revise: no pull request is open from ${inlineCode(reason.branch)}.`
      : `The stage ${reason.stage} looks at the delivery, but no pull request is open from ${inlineCode(reason.branch)}.`;
  return {
    what: task,
    remedy: `Remove the trigger label and set ${inlineCode(names.triggers[opener].work)} to have the work done and its pull request opened.`,
  };
}

function profileText(error: ProfileError): RefusalText {
  switch (error.type) {
    case "profile.conflict":
      return {
        what: `The issue has ${error.labels.length} ${error.kind} labels: ${codes(error.labels)}.`,
        remedy: "Leave one of them (or none, for the default), then set the trigger label again.",
      };
    case "profile.unknown-reasoning":
      return {
        what: `${inlineCode(error.label)} is no level of reasoning.`,
        remedy: `Replace it by one of ${codes(error.known.map((level) => `[ai-reasoning-${level}]`))}, then set the trigger label again.`,
      };
    default:
      return unreachable(error);
  }
}

function unknownRemedy(label: string, known: readonly string[]): string {
  const [nearest] = known.map((name) => ({ name, steps: distance(label.toLowerCase(), name.toLowerCase()) })).toSorted((a, b) => a.steps - b.steps);
  const guess = nearest && nearest.steps <= 3 ? `Did you mean ${inlineCode(nearest.name)}? ` : "";
  return `${guess}Remove it and set one of: ${codes(known)}.`;
}

/** How many characters differ (Levenshtein). */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min((row[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    previous = row;
  }
  return previous[b.length] ?? 0;
}

function codes(names: readonly string[]): string {
  return names.map(inlineCode).join(", ");
}
