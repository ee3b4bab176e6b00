import type { FlowEvent } from "../../../domain/audit/flow-event.ts";
import type { RunDetail, RunRow } from "../../../contract/runs.ts";
import { isFinalRun, type Run, type RunAttempt, type WaitReason } from "../../../domain/run/run.ts";
import { dayStart, meters, pressing, type Spent } from "../../../domain/hold/budget.ts";
import type { Holds } from "../../../domain/hold/holds.ts";
import { unreachable } from "../../../domain/kernel/result.ts";
import type { Instant, RequestId } from "../../../domain/kernel/values.ts";
import { describeMeter } from "../../../domain/run/status-comment.ts";
import { detectStall } from "../../../domain/run/stall.ts";
import { noUsage, totalTokens } from "../../../domain/session/usage.ts";
import { artifactPath, stageTable } from "../../../domain/stage/table.ts";
import type { DecisionRequest } from "../../../domain/decision/decision.ts";
import type { PullChecks } from "../../../ports/pull-checks.ts";
import type { ToolCall, Transaction, UsageTotals } from "../../../ports/store.ts";
import { eventText } from "./event-text.ts";

/** What may hold the runs that are shown, read once for all of them. */
export interface HoldsNow {
  readonly holds: Holds;
  readonly today: Spent;
  readonly at: Instant;
}

export async function holdsNow(tx: Transaction, now: Instant): Promise<HoldsNow> {
  const holds = await tx.holds.get();
  return { holds, at: now, today: holds.budgets.day === undefined ? { tokens: 0 } : await tx.usage.spentSince(dayStart(now)) };
}

/** The hold that a run is under, and a limit that is nearly used up. */
function heldBy(run: Run, used: UsageTotals, { holds, today }: HoldsNow): Pick<RunRow, "pause" | "budget"> {
  if (isFinalRun(run.state)) return {};
  const { pause, budgets } = holds;
  const spent: Spent = { tokens: totalTokens(used), ...(used.cost === undefined ? {} : { usd: used.cost }) };
  const meter = pressing(meters(budgets, { run: spent, day: today }));
  return {
    ...(pause && run.state.phase === "parked" && run.state.reason === "pause"
      ? { pause: { by: pause.by, since: pause.since, ...(pause.reason === undefined ? {} : { reason: pause.reason }) } }
      : {}),
    ...(meter === undefined ? {} : { budget: { ...meter } }),
  };
}

/** What belongs to a run's row and stands elsewhere. */
interface Beside {
  readonly used: UsageTotals;
  readonly attempt: number;
  /** What the request asks for that the run waits for. */
  readonly asked: string | undefined;
  /** Of its pull request, where any are known. */
  readonly checks: PullChecks | undefined;
}

/** Runs as rows, in their order: what each does or waits for in one sentence. However many they are, each table is read once; only of those at work more has to be known. */
export async function runRows(tx: Transaction, runs: readonly Run[], now: HoldsNow): Promise<RunRow[]> {
  const ids = runs.map(({ id }) => id);
  const used = await tx.usage.totals(ids);
  const attempts = await tx.attempts.newestOf(ids);
  const asked = await tx.requests.summaries(runs.flatMap((run) => requestOf(run) ?? []));
  const checks = await checksOf(tx, runs);
  const rows: RunRow[] = [];
  for (const run of runs) {
    const request = requestOf(run);
    const beside = {
      used: used.get(run.id) ?? noUsage,
      attempt: attempts.get(run.id) ?? 0,
      asked: request && asked.get(request),
      checks: checks.get(pullKey(run)),
    };
    rows.push({ ...rowOf(run, beside, now), ...(await stallOf(tx, run, now.at)) });
  }
  return rows;
}

async function checksOf(tx: Transaction, runs: readonly Run[]): Promise<ReadonlyMap<string, PullChecks>> {
  const pulls = new Map(runs.flatMap(({ repository, pull }) => (pull === undefined ? [] : [[pullKey({ repository, pull }), { repository, pull }] as const])));
  return new Map((await tx.pullChecks.of([...pulls.values()])).map((checks) => [pullKey(checks), checks]));
}

function pullKey({ repository, pull }: Pick<Run, "repository" | "pull">): string {
  return `${repository}#${pull}`;
}

function requestOf({ state }: Run): RequestId | undefined {
  return "requestId" in state ? state.requestId : undefined;
}

function rowOf(run: Run, { used, attempt, asked, checks }: Beside, now: HoldsNow): RunRow {
  const requestId = requestOf(run);
  const endedAt = "at" in run.state ? run.state.at : undefined;
  const held = heldBy(run, used, now);
  const reason = "reason" in run.state && run.state.phase !== "parked" ? run.state.reason : asked;
  return {
    id: run.id,
    repository: run.repository,
    issue: run.issue,
    ...(run.pull === undefined ? {} : { pull: run.pull }),
    ...(checks?.head === undefined || checks.summary === undefined
      ? {}
      : { checks: { ...checks.summary, failing: [...checks.summary.failing], head: checks.head } }),
    stage: run.stage,
    variant: run.variant,
    role: run.role,
    branch: run.branch,
    phase: run.state.phase,
    status: statusText(run, asked, held),
    ...held,
    ...(run.state.phase === "parked" ? { waitsFor: run.state.reason } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(requestId === undefined ? {} : { requestId }),
    attempt,
    ...(run.threadId === undefined ? {} : { threadId: run.threadId }),
    profile: run.profile,
    tokens: { ...used },
    createdAt: run.createdAt,
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/** So many signs of life are looked at: enough for what a command usually takes, and little to read. */
const signsRead = 200;

async function stallOf(tx: Transaction, run: Run, now: Instant): Promise<Pick<RunRow, "stall">> {
  // Any other phase has a reason to stand still, and there are many of them.
  if (run.state.phase !== "preparing" && run.state.phase !== "running") return {};
  const stall = detectStall(run, await tx.transcript.signs(run.id, signsRead), now);
  return stall === undefined ? {} : { stall };
}

function statusText(run: Run, asked: string | undefined, held: Pick<RunRow, "pause" | "budget">): string {
  const state = run.state;
  switch (state.phase) {
    case "queued":
      return "queued, about to start";
    case "preparing":
      return `preparing attempt ${state.attempt}`;
    case "running":
      return `working (attempt ${state.attempt})`;
    case "waiting_mcp":
      return `waits for your decision: ${asked ?? state.requestId}`;
    case "waiting_input":
      return `waits for your answer: ${asked ?? state.requestId}`;
    case "waiting_owner_review":
      return "waits for your review of the stage";
    case "parked":
      return parkedText(state.reason, asked, held);
    case "succeeded":
      return "succeeded";
    case "failed":
      return `failed: ${state.reason}`;
    case "failed_precondition":
      return `not started: ${state.reason}`;
    case "cancelled":
      return `cancelled by ${state.by}: ${state.reason}`;
    case "superseded":
      return `superseded by run ${state.by}`;
    default:
      return unreachable(state);
  }
}

function parkedText(reason: WaitReason, asked: string | undefined, { pause, budget }: Pick<RunRow, "pause" | "budget">): string {
  switch (reason) {
    case "owner":
      return "parked by you";
    case "pause":
      // Without a pause it is about to go on: its last attempt is still storing its session.
      return pause
        ? `paused by ${pause.by} since ${pausedSince(pause.since)}${pause.reason === undefined ? "" : `: ${pause.reason}`}`
        : "paused, about to go on";
    case "budget":
      return budget?.level === "spent"
        ? `stopped, a budget is spent: ${describeMeter(budget)}. Raise it, or cancel the run`
        : "stopped by a budget, about to go on";
    case "decision":
    case "answer":
      return `parked, no process: waits for your ${reason}${asked === undefined ? "" : `: ${asked}`}`;
    default:
      return unreachable(reason);
  }
}

function pausedSince(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Everything about one run. `verifies` says whether a decision's signature holds now. */
export async function runDetail(tx: Transaction, run: Run, now: HoldsNow, verifies: (request: DecisionRequest) => boolean): Promise<RunDetail> {
  const [rows, calls, requests, attempts, events] = [
    await runRows(tx, [run], now),
    await tx.toolCalls.forRun(run.id),
    await tx.requests.forRun(run.id),
    await attemptsOf(tx, run),
    await timelineOf(tx, run),
  ];
  const [row] = rows as [RunRow];
  return {
    ...row,
    trigger: { kind: run.trigger.kind, label: run.trigger.label, actor: run.trigger.actor },
    attempts: attempts.map((attempt) => ({
      attempt: attempt.attempt,
      phase: attempt.phase,
      startedAt: attempt.startedAt,
      ...(attempt.endedAt === undefined ? {} : { endedAt: attempt.endedAt }),
      ...(attempt.outcome === undefined ? {} : { outcome: attempt.outcome }),
    })),
    toolCalls: calls.map(toolCallView),
    decisions: requests.map((request) => decisionView(request, verifies)),
    pushes: events.filter((event) => event.type === "push.accepted").map(pushView),
    artifacts: await artifactsOf(tx, run),
    timeline: events.map((event) => ({
      sequence: event.sequence,
      at: event.at,
      actor: event.actor.id,
      type: event.type,
      subject: event.subject,
      text: eventText(event),
    })),
  };
}

async function attemptsOf(tx: Transaction, run: Run): Promise<readonly RunAttempt[]> {
  const latest = await tx.attempts.latest(run.id);
  const numbers = Array.from({ length: latest?.attempt ?? 0 }, (_, index) => index + 1);
  const found = [];
  for (const number of numbers) found.push(await tx.attempts.get(run.id, number));
  return found.flatMap((attempt) => (attempt ? [attempt] : []));
}

async function timelineOf(tx: Transaction, run: Run): Promise<readonly FlowEvent[]> {
  const subjects = [`run:${run.id}`, ...(await tx.requests.forRun(run.id)).map((request) => `request:${request.id}`)];
  const events = [];
  for (const subject of subjects) events.push(...(await tx.flow.bySubject(subject)));
  return events.toSorted((a, b) => a.sequence - b.sequence);
}

/** Present means indexed at the place where the stage's document belongs, on any branch. */
export async function artifactsOf(tx: Transaction, run: Pick<Run, "repository" | "issue" | "stage">): Promise<RunDetail["artifacts"]> {
  const required = stageTable[run.stage].artifacts.required;
  const pathOf = (type: string): string => artifactPath(run.issue, run.stage, type);
  const paths = new Set((await tx.documents.at(run.repository, required.map(pathOf))).map((document) => document.path));
  const isPresent = (type: string): boolean => paths.has(pathOf(type));
  return { required: [...required], present: required.filter(isPresent), missing: required.filter((type) => !isPresent(type)) };
}

function toolCallView(call: ToolCall): RunDetail["toolCalls"][number] {
  return {
    id: call.id,
    attempt: call.attempt,
    tool: call.tool,
    arguments: call.arguments as RunDetail["toolCalls"][number]["arguments"],
    rule: call.rule,
    outcome: call.outcome,
    state: call.state,
    executions: call.executions,
    repeats: call.repeats,
    ...(call.requestId === undefined ? {} : { requestId: call.requestId }),
    ...(call.result === undefined ? {} : { result: call.result as RunDetail["toolCalls"][number]["arguments"] }),
    at: call.createdAt,
  };
}

function decisionView(request: DecisionRequest, verifies: (request: DecisionRequest) => boolean): RunDetail["decisions"][number] {
  const decision = "decision" in request.state ? request.state.decision : undefined;
  return {
    id: request.id,
    kind: request.kind,
    phase: request.state.phase,
    digest: request.digest,
    ...(decision ? { verdict: decision.verdict.type, by: decision.by, surface: decision.surface, signatureVerified: verifies(request) } : {}),
  };
}

function pushView(event: FlowEvent): RunDetail["pushes"][number] {
  const files = event.payload["files"];
  const commit = event.payload["commit"];
  return {
    commit: typeof commit === "string" ? commit : "",
    files: Array.isArray(files) ? files.filter((file) => typeof file === "string") : [],
    at: event.at,
  };
}

export function isFinal(run: Pick<RunRow, "phase">): boolean {
  return isFinalRun(run);
}
