import { cardWarnings } from "../decision/card-warnings.ts";
import type { DecisionRequest } from "../decision/decision.ts";
import { canonicalJson } from "../kernel/canonical-json.ts";
import type { Json, JsonObject } from "../kernel/values.ts";
import type { AllowanceContent, AllowanceScope } from "./allowance.ts";

/** More than these nobody has in view when signing. */
export const maximumUses = 100;
/** Milliseconds. */
export const maximumLifetime = 30 * 86_400_000;

/**
 * The tools whose calls may be allowed beforehand at all, each with the arguments that may vary. What names what is done (labels that are set, people who are asked) never varies; a question
 * to the owner is not there to be answered beforehand, and what is of high risk is always looked at.
 */
const ceilings: Readonly<Record<string, readonly string[]>> = {
  github_request_label: ["number", "reason"],
  // The branch is the run's own, whatever the agent says.
  github_create_pr: ["title", "body", "head"],
  github_comment: ["number", "body"],
  github_request_review: [],
  kb_doc_upsert_meta: ["path"],
  kb_link_issue_doc: ["path"],
  kb_link_pr_doc: ["path"],
  docset_sync_issue: [],
  docset_sync_pr: [],
  docset_sync_issue_map: [],
};

/** Arguments of a tool that may vary; undefined where its calls cannot be allowed beforehand. */
export function varyingCeiling(tool: string): readonly string[] | undefined {
  return Object.hasOwn(ceilings, tool) ? ceilings[tool] : undefined;
}

/** Why there can be no such allowance, with what to do instead. */
export interface AllowanceFault {
  readonly type: `allowance.${string}`;
  readonly message: string;
  readonly remedy: string;
}

/** Why no allowance can be made out of a request, if so. */
export function requestCeiling(
  request: Pick<DecisionRequest, "kind" | "tool" | "risk" | "arguments" | "effect" | "repository" | "rationale" | "edit">,
): AllowanceFault | undefined {
  if (request.kind !== "tool" || varyingCeiling(request.tool) === undefined)
    return fault("not-for-this", "Only calls of a tool can be allowed beforehand, and not of this one.", "Decide on this request by itself.");
  if (request.risk === "high") return fault("high-risk", "What is of high risk is never allowed beforehand.", "Decide on each such request by itself.");
  // What an allowance is about is what agents ask for. Nobody knows of these arguments that any agent does.
  if (request.edit !== undefined)
    return fault(
      "edited",
      "A person has written these arguments: no agent has asked for this.",
      "Decide on this request by itself, and make the rule out of one that stands as an agent has asked for it.",
    );
  // A card that warns is to be read by somebody, each time.
  if (cardWarnings(request).length > 0)
    return fault("not-plain", "Its text holds something that does not show or may pass for something else.", "Decide on this request by itself.");
  return undefined;
}

/** What is wrong with the terms of an allowance, whoever has signed them. Asked when it is signed, and again whenever it is used. */
export function termsFault(content: AllowanceContent): AllowanceFault | undefined {
  const ceiling = varyingCeiling(content.tool);
  if (!ceiling) return fault("not-for-this", `Calls of ${content.tool} cannot be allowed beforehand.`, "Decide on each of them.");
  const { varying, limit, expiresAt, at, scope } = content;
  const tooWide = varying.find((name) => !ceiling.includes(name));
  if (tooWide !== undefined)
    return fault("too-wide", `The argument ${tooWide} of ${content.tool} may not vary.`, `What may vary: ${ceiling.join(", ") || "nothing"}.`);
  if (varying.some((name) => Object.hasOwn(content.arguments, name)) || new Set(varying).size < varying.length)
    return fault("contradiction", "An argument cannot both vary and be fixed.", "Name each argument once.");
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > maximumUses)
    return fault("limit", "The number of calls is out of range.", `Choose a whole number from 1 to ${maximumUses}.`);
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= at || expiresAt - at > maximumLifetime)
    return fault("lifetime", "The end is out of range.", `Choose an end within the next ${maximumLifetime / 86_400_000} days.`);
  // The same call of a run is carried out once, whoever allows it.
  if (scope.type === "run" && varying.length === 0)
    return fault(
      "lets-nothing-through",
      "A run's same call is never carried out twice, so this would let nothing through.",
      "Let an argument vary, or choose a wider scope.",
    );
  return undefined;
}

/** A call as an allowance sees it. The run's token says who, the validated arguments say what. */
export interface AllowableCall {
  readonly tool: string;
  readonly toolVersion: number;
  readonly repository: string;
  readonly runId: string;
  readonly issue: number;
  readonly stage: string;
  readonly arguments: JsonObject;
  /** The rule that asks for this call. */
  readonly rule: string;
}

/**
 * Whether a call is one of those that an allowance is about, by all that it says: tool, place, the rule that asks, and every argument. A call whose text holds what does not show is never one,
 * not even where that argument may vary.
 */
export function covers(content: AllowanceContent, call: AllowableCall): boolean {
  return (
    content.tool === call.tool &&
    content.toolVersion === call.toolVersion &&
    content.repository === call.repository &&
    content.rule === call.rule &&
    inScope(content.scope, call) &&
    sameBut(content.varying, content.arguments, call.arguments) &&
    cardWarnings({ arguments: call.arguments, effect: { type: "other", description: "" }, repository: content.repository }).length === 0
  );
}

function inScope(scope: AllowanceScope, call: AllowableCall): boolean {
  switch (scope.type) {
    case "run":
      return scope.runId === call.runId;
    case "issue":
      return scope.issue === call.issue;
    case "stage":
      return scope.stage === call.stage;
    case "repository":
      return true;
    default:
      // A row edited by hand may hold anything.
      return false;
  }
}

function sameBut(varying: readonly string[], fixed: JsonObject, given: JsonObject): boolean {
  const rest: Readonly<Record<string, Json>> = Object.fromEntries(Object.entries(given).filter(([name]) => !varying.includes(name)));
  return canonicalJson(rest) === canonicalJson(fixed);
}

function fault(type: string, message: string, remedy: string): AllowanceFault {
  return { type: `allowance.${type}`, message, remedy };
}
