import type { DecisionRequest, EffectPreview, RequestEdit } from "../domain/decision/decision.ts";
import { requestText } from "../domain/decision/digest.ts";
import { ok, type Result } from "../domain/kernel/result.ts";
import type { Instant, Json, JsonObject, RequestId, TargetVersion } from "../domain/kernel/values.ts";
import type { RunError } from "../domain/run/machine.ts";
import type { Run } from "../domain/run/run.ts";
import { countHidden } from "../domain/kernel/hidden-characters.ts";
import type { Effect } from "../ports/effects.ts";
import type { Forge } from "../ports/forge.ts";
import type { Transaction } from "../ports/store.ts";
import { changeRun, type ChangeContext } from "./change-run.ts";
import { requestFlowEvent } from "./change-request.ts";
import type { Evaluation } from "./evaluate-call.ts";
import { withoutMarkers, type Tool, type ToolContext } from "./tools/tool.ts";
import { kindOfTool } from "./verify-decision.ts";

/** What the owner will be shown, read from the forge before anything is stored. */
export interface Proposal {
  readonly effect: EffectPreview;
  readonly targetVersion: TargetVersion;
}

export async function propose(tool: Tool, context: ToolContext, resolved: JsonObject): Promise<Proposal> {
  const once = readingOnce(context);
  // The version first: if the target moves in between, the request goes stale instead of showing one state and binding another.
  const targetVersion = await tool.targetVersion(once, resolved);
  return { targetVersion, effect: await tool.preview(once, resolved) };
}

/** The issue that both ask for is read once: then what is shown is the very state that is bound. */
function readingOnce(context: ToolContext): ToolContext {
  const read = new Map<string, ReturnType<Forge["issue"]>>();
  const issue: Forge["issue"] = (repository, number) => {
    const key = `${repository}#${number}`;
    const reading = read.get(key) ?? context.deps.forge.issue(repository, number);
    read.set(key, reading);
    return reading;
  };
  return { ...context, deps: { ...context.deps, forge: { ...context.deps.forge, issue } } };
}

export interface NewRequest {
  readonly id: RequestId;
  readonly tool: Tool;
  readonly context: ToolContext;
  readonly resolved: JsonObject;
  readonly proposal: Proposal;
  readonly evaluation: Evaluation;
  readonly triggerLabel: boolean;
  readonly expiresAt: Instant;
  /** Where a person asks in an agent's place; the agent's words on why stay the agent's. */
  readonly edited?: { readonly edit: RequestEdit; readonly rationale?: string | undefined } | undefined;
}

/**
 * Stores a request for the owner's decision and lets the run wait for it, in one transaction with the call that asks.
 *
 * @returns the run's refusal when it cannot wait now (it waits for another decision already, or has ended).
 */
export async function requestDecision(tx: Transaction, run: Run, asked: NewRequest, change: ChangeContext): Promise<Result<DecisionRequest, RunError>> {
  const request = composeRequest(run, asked, change.now);
  const waiting = await changeRun(
    tx,
    run,
    { type: "await-decision", requestId: request.id, kind: request.kind === "question" ? "question" : "tool", attempt: asked.context.attempt },
    change,
  );
  if (!waiting.ok) return waiting;
  await tx.requests.insert(request);
  await tx.flow.append([
    requestFlowEvent(
      request,
      "decision.requested",
      { summary: request.summary, rule: request.rule, expiresAt: request.expiresAt, targetVersion: request.targetVersion },
      change,
    ),
  ]);
  if (request.kind === "question") await tx.outbox.add(announce(run, request, asked), change.now);
  return ok(request);
}

/** The request with its digest, as it will be stored and shown. */
export function composeRequest(
  run: Run,
  { id, tool, context, resolved, proposal, evaluation, triggerLabel, expiresAt, edited }: NewRequest,
  now: Instant,
): DecisionRequest {
  const hidden = countHidden(JSON.stringify(resolved));
  const rationale = edited ? edited.rationale : tool.rationale?.(resolved);
  const bound = {
    tool: tool.name,
    toolVersion: tool.version,
    arguments: resolved,
    repository: run.repository,
    runId: run.id,
    targetVersion: proposal.targetVersion,
    expiresAt,
    issue: run.issue,
    summary: `${tool.summary(resolved)}${hidden > 0 ? ` [${hidden} hidden characters in the arguments]` : ""}`,
    effect: proposal.effect,
    rule: evaluation.rule,
    risk: triggerLabel ? "high" : tool.risk,
    ...(edited ? { edit: edited.edit } : {}),
  } as const;
  return {
    ...bound,
    id,
    kind: kindOfTool(tool.name),
    correlationId: run.correlationId,
    digest: context.deps.hasher.sha256(requestText(bound)),
    createdAt: now,
    ...(rationale === undefined ? {} : { rationale }),
    state: { phase: "requested" },
  };
}

/** A question is shown on the issue too, so that whoever watches it knows why nothing moves. An answer there does not count: only a signed one does. */
function announce(run: Run, request: DecisionRequest, { context, resolved }: NewRequest): readonly Effect[] {
  const options = (resolved["options"] as readonly string[]).map((option, index) => `${index + 1}. ${inert(option)}${index === 0 ? " (recommended)" : ""}`);
  const background = typeof resolved["context"] === "string" ? ["", quote(resolved["context"])] : [];
  const body = [
    `**The agent of \`${run.stage}\` has a question.**`,
    "",
    quote(textOf(resolved["question"])),
    ...background,
    "",
    ...options,
    "",
    "Please answer it in Signalbox; a comment here is not taken as the answer.",
  ];
  const marker = `signalbox:question:${request.id}`;
  return [
    {
      key: `comment:${run.id}:question:${request.id}`,
      action: { type: "post-comment", repository: run.repository, issue: run.issue, marker, body: body.join("\n") },
    },
    {
      key: `labels:${run.id}:question:${request.id}`,
      action: { type: "change-labels", repository: run.repository, number: run.issue, add: [context.labels.needs.input], remove: [], as: "bot" },
    },
  ];
}

/** An argument that validation has made a text; empty where a row was edited. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Foreign text inside a comment of ours: quoted, and without marks of ours. */
export function quote(text: string): string {
  return inert(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

function inert(text: string): string {
  return withoutMarkers(text);
}
