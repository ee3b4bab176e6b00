import type { InboxCard, InboxItem } from "../../../contract/inbox.ts";
import { givenArguments } from "../../../contract/tools.ts";
import type { DecisionRequest, RequestEdit, RequestKind } from "../../../domain/decision/decision.ts";
import { cardWarnings } from "../../../domain/decision/card-warnings.ts";
import { putAwayUntil } from "../../../domain/decision/snooze.ts";
import { countHidden, escapeHidden } from "../../../domain/kernel/hidden-characters.ts";
import { canonicalJson } from "../../../domain/kernel/canonical-json.ts";
import type { Instant } from "../../../domain/kernel/values.ts";
import type { Run } from "../../../domain/run/run.ts";
import { isToolName } from "../../../domain/tool/tool.ts";
import type { Rule } from "../../../domain/rule/rule.ts";
import type { ListedRequest } from "../../../ports/decision-requests.ts";

/** What each kind of request can be decided with, in the order in which it is offered. */
const verdictsOf: Readonly<Record<RequestKind, InboxItem["verdicts"]>> = {
  tool: ["approve", "deny"],
  question: ["answer", "approve", "deny"],
  gate: ["approve", "request_changes", "ask", "deny", "abort"],
  document: ["approve", "request_changes", "ask", "deny", "abort"],
};

/** Of each request that the owner has put away, until when. */
export type Snoozes = ReadonlyMap<string, Instant>;

/** With the time until which it is put away, if it is. */
export function withSnooze<Item extends InboxItem>(item: Item, snoozes: Snoozes, now: Instant): Item {
  const until = putAwayUntil({ phase: item.phase, expiresAt: item.expiresAt as Instant }, snoozes.get(item.id), now);
  return until === undefined ? item : { ...item, snoozedUntil: until };
}

export function inboxItem(request: ListedRequest): InboxItem {
  const { decision } = request;
  return {
    id: request.id,
    kind: request.kind,
    tool: request.tool,
    summary: request.summary,
    repository: request.repository,
    issue: request.issue,
    runId: request.runId,
    stage: request.stage,
    role: request.role,
    risk: request.risk,
    phase: request.phase,
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
    verdicts: verdictsOf[request.kind],
    ...(decision
      ? {
          decision: { verdict: decision.verdict as NonNullable<InboxItem["decision"]>["verdict"], by: decision.by, surface: decision.surface, at: decision.at },
        }
      : {}),
  };
}

/** A request that was read whole, as lists have it. */
function asListed(request: DecisionRequest, { stage, role }: Run): ListedRequest {
  const { phase } = request.state;
  return { ...request, phase, stage, role, ...("decision" in request.state ? { decision: request.state.decision } : {}) };
}

/** What was found out about a request's row: `verifies` is absent when there is no decision to verify. */
export interface Trust {
  readonly verifies: boolean | undefined;
  /** It is still what was asked. */
  readonly isAsAsked: boolean;
}

const notAsAsked =
  "This is not what was asked: the request was changed or put in by hand. It cannot be decided; run `signalbox audit verify`, and find out who can write to the database.";

/** The whole card. Nothing of it is cut off: what the digest covers is all there. */
export function inboxCard(request: DecisionRequest, run: Run, rule: Rule | undefined, { verifies, isAsAsked }: Trust): InboxCard {
  const text = canonicalJson(request.arguments);
  const state = request.state;
  const result = state.phase === "executed" ? (state.result as NonNullable<InboxCard["result"]>) : undefined;
  return {
    ...inboxItem(asListed(request, run)),
    effect: request.effect as InboxCard["effect"],
    arguments: escapeHidden(text),
    hiddenCharacters: countHidden(text) > 0 || hasEscapedHidden(text),
    warnings: [...(isAsAsked ? [] : [notAsAsked]), ...cardWarnings(request)],
    ...editable(request),
    ...(request.edit === undefined ? {} : { edit: editView(request.edit) }),
    ...(state.phase === "superseded" && state.instead !== undefined ? { instead: state.instead } : {}),
    ...(request.rationale === undefined ? {} : { rationale: request.rationale }),
    rule: { id: request.rule, description: rule?.description ?? "built in" },
    digest: request.digest,
    targetVersion: request.targetVersion,
    ...(verifies === undefined ? {} : { signatureVerified: verifies }),
    ...(result === undefined ? {} : { result }),
    ...failureOf(request),
  };
}

/** As a person may write it again: of the completed arguments what the tool's contract names. */
function editable({ kind, state, tool, arguments: completed }: DecisionRequest): Pick<InboxCard, "editable"> {
  if (kind !== "tool" || state.phase !== "requested" || !isToolName(tool)) return {};
  return { editable: escapeHidden(JSON.stringify(givenArguments(tool, completed), undefined, 2)) };
}

function editView({ of, by, surface, at, asked }: RequestEdit): NonNullable<InboxCard["edit"]> {
  return { of, by, surface, at, asked: escapeHidden(canonicalJson(asked)) };
}

/** JSON itself escapes control characters other than line breaks and tabs; they count as hidden too. */
function hasEscapedHidden(json: string): boolean {
  return /\\u00(?:0[0-8bcef]|1[0-9a-f])/u.test(json);
}

function failureOf(request: DecisionRequest): { readonly failure?: string } {
  const state = request.state;
  switch (state.phase) {
    case "failed":
    case "superseded":
      return { failure: state.reason };
    case "stale":
      return { failure: `the target moved on from ${state.seen} to ${state.current}` };
    case "expired":
      return { failure: "nobody decided in time; silence is never consent" };
    case "requested":
    case "decided":
    case "executing":
    case "executed":
      return {};
  }
}
