import { inlineCode } from "../kernel/markdown.ts";
import { unreachable } from "../kernel/result.ts";
import type { LabelNames } from "../label/names.ts";
import type { ResolveError } from "./resolve.ts";
import { processStages } from "./stage.ts";
import { canRevise } from "./table.ts";

/** The comment for a review that could not be tied to a stage; goes together with `need:input`. */
export function resolveComment(error: ResolveError, names: LabelNames, marker: string): string {
  return `<!-- ${marker.replaceAll("--", "")} -->\n**The review asks for changes, but no run was started.** ${what(error)}\n\n**What to do:** ${remedy(error, names)}\n`;
}

function what(error: ResolveError): string {
  switch (error.type) {
    case "resolve.conflict":
      return `${error.source === "pull-label" ? "The pull request" : "The issue"} names ${error.stages.length} stages: ${error.labels.map(inlineCode).join(", ")}.`;
    case "resolve.nothing":
      return error.seen.length > 0
        ? `Only ${error.seen.join(", ")} could be meant, and that has no revision.`
        : "Neither labels nor earlier runs say which stage it belongs to.";
    default:
      return unreachable(error);
  }
}

function remedy(error: ResolveError, names: LabelNames): string {
  const revisions = processStages.filter(canRevise).map((stage) => inlineCode(names.triggers[stage].revise ?? ""));
  const first = error.type === "resolve.conflict" ? "Remove all but one of these labels. Then " : "";
  const rest = `remove ${inlineCode(names.needs.input)} and set the revision that you mean on the issue: ${revisions.join(", ")}.`;
  return first === "" ? rest.charAt(0).toUpperCase() + rest.slice(1) : first + rest;
}
