import type { NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { Decision, DecisionRequest } from "../domain/decision/decision.ts";
import type {
  BranchName,
  CorrelationId,
  DeliveryId,
  Digest,
  Instant,
  PersonId,
  RepositoryName,
  RequestId,
  RunId,
  TargetVersion,
} from "../domain/kernel/values.ts";
import type { Run, RunAttempt } from "../domain/run/run.ts";
import type { StoredDelivery, ToolCall } from "../ports/store.ts";

/** Valid rows for tests that care about one or two of their properties. Every call makes new ids. */
let count = 0;

export function unique(prefix: string): string {
  count += 1;
  return `${prefix}-${count}-${process.pid}`;
}

export const sampleDigest = "d".repeat(64) as Digest;

export function sampleRun(overrides: Partial<Run> = {}): Run {
  const id = unique("run") as RunId;
  return {
    id,
    project: "sample",
    repository: "acme/shop" as RepositoryName,
    issue: 1,
    stage: "intake",
    variant: "work",
    role: "pm",
    branch: `codex/${id}` as BranchName,
    baseBranch: "main" as BranchName,
    profile: { model: "scripted", reasoning: "medium" },
    trigger: { kind: "label", label: "run:intake", actor: "olga" },
    correlationId: unique("correlation") as CorrelationId,
    keepSlot: false,
    state: { phase: "queued" },
    createdAt: 1_000 as Instant,
    ...overrides,
  };
}

export function sampleAttempt(runId: RunId, overrides: Partial<Omit<RunAttempt, "fencingToken">> = {}): Omit<RunAttempt, "fencingToken"> {
  return { runId, attempt: 1, phase: "starting", leaseUntil: 5_000 as Instant, startedAt: 1_000 as Instant, ...overrides };
}

export function sampleRequest(runId: RunId, overrides: Partial<DecisionRequest> = {}): DecisionRequest {
  return {
    id: unique("request") as RequestId,
    kind: "tool",
    runId,
    repository: "acme/shop" as RepositoryName,
    issue: 1,
    correlationId: unique("correlation") as CorrelationId,
    tool: "github_request_label",
    toolVersion: 1,
    arguments: { issue: 1, add: ["run:vision"], nested: { b: null, a: [1, 2.5] } },
    digest: sampleDigest,
    targetVersion: "labels:run:intake" as TargetVersion,
    expiresAt: 100_000 as Instant,
    createdAt: 1_000 as Instant,
    summary: "Add the label run:vision to issue 1.",
    effect: {
      type: "labels",
      target: { kind: "issue", number: 1 },
      before: ["run:intake"],
      removed: [],
      added: ["run:vision"],
      after: ["run:intake", "run:vision"],
    },
    rule: "ask-trigger-labels",
    risk: "medium",
    state: { phase: "requested" },
    ...overrides,
  };
}

export function sampleDecision(overrides: Partial<Decision> = {}): Decision {
  return {
    verdict: { type: "approve" },
    by: "olga" as PersonId,
    surface: "command-line",
    at: 2_000 as Instant,
    keyId: "key-1",
    signature: "c2lnbmF0dXJl",
    ...overrides,
  };
}

export function sampleToolCall(runId: RunId, overrides: Partial<ToolCall> = {}): ToolCall {
  return {
    id: unique("call"),
    runId,
    attempt: 1,
    tool: "github_comment",
    arguments: { body: "Hello" },
    digest: sampleDigest,
    rule: "auto-comment",
    outcome: "auto",
    state: "executing",
    executions: 0,
    repeats: 0,
    delivered: false,
    createdAt: 1_000 as Instant,
    ...overrides,
  };
}

export function sampleDelivery(overrides: Partial<StoredDelivery> = {}): StoredDelivery {
  return {
    id: unique("delivery") as DeliveryId,
    event: "issues",
    repository: "acme/shop" as RepositoryName,
    body: '{"action":"labeled"}',
    receivedAt: 1_000 as Instant,
    state: "received",
    ...overrides,
  };
}

export function sampleFlowEvent(overrides: Partial<NewFlowEvent> = {}): NewFlowEvent {
  return {
    correlationId: "correlation" as CorrelationId,
    actor: { type: "system", id: "orchestrator" },
    type: "run.parked",
    subject: "run:1",
    payload: { reason: "decision" },
    at: 1_000 as Instant,
    ...overrides,
  };
}
