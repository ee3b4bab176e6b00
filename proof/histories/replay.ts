import { isDeepStrictEqual } from "node:util";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { createSignatureVerifier } from "../../core/adapters/node-crypto/signatures.ts";
import { verifyChain } from "../../core/domain/audit/chain.ts";
import type { FlowEvent } from "../../core/domain/audit/flow-event.ts";
import type { DecisionRequest } from "../../core/domain/decision/decision.ts";
import * as decisionMachine from "../../core/domain/decision/machine.ts";
import type { DecisionCommand, DecisionEvent } from "../../core/domain/decision/machine.ts";
import { labelNames } from "../../core/domain/label/names.ts";
import * as runMachine from "../../core/domain/run/machine.ts";
import type { RunCommand, RunEvent } from "../../core/domain/run/machine.ts";
import { nextSteps } from "../../core/domain/run/next-steps.ts";
import type { Run } from "../../core/domain/run/run.ts";
import { parseTurnTexts } from "../../core/domain/run/turn-text.ts";
import { auditRequest } from "../../core/usecases/audit-request.ts";
import { pastTurns } from "../../core/usecases/past-turns.ts";
import type { History, RecordedRun } from "./history.ts";
import { recordedTransaction, statusCommentOf } from "./recorded-store.ts";

/** The parts of the domain that read old events. A test passes changed ones, to see that the change is noticed. */
export interface Machines {
  readonly run: Pick<typeof runMachine, "decide" | "evolve">;
  readonly request: Pick<typeof decisionMachine, "decide" | "evolve">;
  readonly sha256: ReturnType<typeof createHasher>["sha256"];
  readonly nextSteps: typeof nextSteps;
}

export const today: Machines = { run: runMachine, request: decisionMachine, sha256: createHasher().sha256, nextSteps };

/** What today's domain reads differently than it was, one sentence each. Empty: every run and request of the history is read as what it was. */
export async function misreadings(history: History, machines: Machines = today): Promise<readonly string[]> {
  const found: string[] = [];
  const chain = verifyChain(history.events, machines.sha256);
  if (!chain.ok) found.push(`event ${chain.error.sequence}: the chain breaks (${chain.error.why.type})`);
  for (const recorded of history.runs) {
    found.push(...replayRun(recorded.run, eventsOf(history, `run:${recorded.run.id}`), machines).map((what) => `run ${recorded.run.id}: ${what}`));
    found.push(...(await derivedFrom(history, recorded, machines)).map((what) => `run ${recorded.run.id}: ${what}`));
  }
  const signatures = createSignatureVerifier(history.keys);
  for (const request of history.requests) {
    const events = eventsOf(history, `request:${request.id}`);
    found.push(...replayRequest(request, events, machines).map((what) => `request ${request.id}: ${what}`));
    const decision = "decision" in request.state ? request.state.decision : undefined;
    const audited = { request, ...(decision ? { decision } : {}), history: events };
    const hasher = { ...createHasher(), sha256: machines.sha256 };
    found.push(...auditRequest({ hasher, signatures }, audited).map((problem) => `request ${request.id}: ${problem.type}: ${problem.message}`));
  }
  return found;
}

function eventsOf(history: History, subject: string): readonly FlowEvent[] {
  return history.events.filter((event) => event.subject === subject);
}

/** What every event about a run or a request names besides what happened. */
const aboutRun = ["runId", "repository", "issue", "stage", "variant"];
const aboutRequest = ["requestId", "runId", "repository", "issue", "kind", "tool", "digest"];

function contentOf(event: FlowEvent, about: readonly string[]): Readonly<Record<string, unknown>> {
  const own = Object.entries(event.payload).filter(([name]) => !about.includes(name));
  return { type: event.type, at: event.at, ...Object.fromEntries(own) };
}

/** Events about runs that the machine does not emit. */
const besideTheMachine = ["run.queued"];

function replayRun(recorded: Run, events: readonly FlowEvent[], { run: machine }: Machines): readonly string[] {
  const found: string[] = [];
  const own = events.filter((event) => event.type.startsWith("run.") && !besideTheMachine.includes(event.type));
  let run = bornAs(recorded, own);
  for (let at = 0; at < own.length;) {
    const event = own[at] as FlowEvent;
    // One command may have had several events; they were written at one moment.
    const group = event.type === "run.attempt-lost" ? own.slice(at, at + 2) : [event];
    const contents = group.map((each) => contentOf(each, aboutRun));
    const context = { now: event.at, actor: event.actor };
    const commands = runCommands(contents as unknown as readonly RunEvent[], run);
    const emits = commands.some((command) => {
      const outcome = machine.decide(run, command, context);
      return outcome.ok && isDeepStrictEqual(plain(outcome.value), plain(contents));
    });
    if (!emits) found.push(`from ${run.state.phase}, no command emits ${group.map((each) => each.type).join(" and ")} (event ${event.sequence}) any more`);
    run = (contents as unknown as readonly RunEvent[]).reduce((state, each) => machine.evolve(state, each), run);
    at += group.length;
  }
  for (const name of ["state", "pull", "threadId", "head"] as const) {
    if (!isDeepStrictEqual(plain(run[name]), plain(recorded[name])))
      found.push(`its events lead to ${name} ${JSON.stringify(run[name])}; it was ${JSON.stringify(recorded[name])}`);
  }
  return found;
}

/** The run as it was inserted. A revise begins with its pull request and head; they are in no event of its own. */
function bornAs(recorded: Run, events: readonly FlowEvent[]): Run {
  const isSetBy = (type: string): boolean => events.some((event) => event.type === type);
  const { pull, head, threadId: _thread, ...rest } = recorded;
  return {
    ...rest,
    ...(pull !== undefined && !isSetBy("run.pull-linked") ? { pull } : {}),
    ...(head !== undefined && !isSetBy("run.head-moved") ? { head } : {}),
    state: { phase: "queued" },
  };
}

/** The commands that may have led to these events; one of them did. */
function runCommands(events: readonly RunEvent[], run: Run): readonly RunCommand[] {
  const [event] = events;
  if (!event) return [];
  const attempt = "attempt" in run.state ? run.state.attempt : 0;
  switch (event.type) {
    case "run.attempt-prepared":
      return [{ type: "prepare", attempt: event.attempt }];
    case "run.started":
      return [{ type: "start", attempt: event.attempt }];
    case "run.waited":
      return [{ type: "await-decision", requestId: event.requestId, kind: event.for === "decision" ? "tool" : "question" }];
    case "run.answered":
      return [{ type: "answered", requestId: event.requestId }];
    case "run.waits-instead":
      return "requestId" in run.state && run.state.requestId !== undefined
        ? [{ type: "await-instead", requestId: run.state.requestId, instead: event.requestId }]
        : [];
    case "run.parked":
      if (event.reason === "owner") return [{ type: "owner-park" }];
      if (event.reason === "pause" || event.reason === "budget")
        return [
          { type: "hold", reason: event.reason },
          { type: "hold", reason: event.reason, goesOn: true },
        ];
      return [{ type: "park", reason: event.reason }, { type: "owner-resume" }, { type: "let-go" }, { type: "attempt-lost", attempt, maxAttempts: 5 }];
    case "run.resumed":
      return [{ type: "resume" }, { type: "owner-resume" }, { type: "let-go" }];
    case "run.gate-opened":
      return [{ type: "open-gate", requestId: event.requestId }];
    case "run.attempt-lost":
      return [{ type: "attempt-lost", attempt: event.attempt, maxAttempts: 5 }];
    default:
      return endingCommands(event);
  }
}

function endingCommands(event: RunEvent): readonly RunCommand[] {
  switch (event.type) {
    case "run.succeeded":
      return [{ type: "conclude", verdict: "approve", by: event.by }];
    case "run.cancelled":
      return [
        { type: "conclude", verdict: "deny", by: event.by, reason: event.reason },
        { type: "conclude", verdict: "abort", by: event.by, reason: event.reason },
        { type: "cancel", by: event.by, reason: event.reason },
      ];
    case "run.superseded":
      return [{ type: "supersede", by: event.by }];
    case "run.failed":
      return [{ type: "fail", reason: event.reason }];
    case "run.precondition-failed":
      return [{ type: "fail-precondition", reason: event.reason }];
    case "run.pull-linked":
      return [{ type: "link-pull", number: event.pull }];
    case "run.thread-linked":
      return [{ type: "link-thread", threadId: event.threadId, fresh: true }];
    case "run.head-moved":
      return [{ type: "moved-head", sha: event.head }];
    default:
      return []; // Nothing of today's machine has this name.
  }
}

function replayRequest(recorded: DecisionRequest, events: readonly FlowEvent[], { request: machine }: Machines): readonly string[] {
  const found: string[] = [];
  let request: DecisionRequest = { ...recorded, state: { phase: "requested" } };
  for (const event of events.filter((each) => each.type.startsWith("decision.") && each.type !== "decision.requested")) {
    const content = contentOf(event, aboutRequest) as unknown as DecisionEvent;
    const emits = decisionCommands(content, request).some(([command, currentVersion]) => {
      const outcome = machine.decide(request, command, { now: event.at, actor: event.actor, currentVersion });
      return (
        outcome.ok &&
        isDeepStrictEqual(
          outcome.value.map((each) => plain({ at: event.at, ...each })),
          [plain(content)],
        )
      );
    });
    if (!emits) found.push(`from ${request.state.phase}, no command emits ${event.type} (event ${event.sequence}) any more`);
    request = machine.evolve(request, content);
  }
  if (!isDeepStrictEqual(plain(request.state), plain(recorded.state)))
    found.push(`its events lead to ${JSON.stringify(request.state)}; it was ${JSON.stringify(recorded.state)}`);
  return found;
}

type Candidate = readonly [DecisionCommand, DecisionRequest["targetVersion"] | undefined];

function decisionCommands(event: DecisionEvent, { digest, targetVersion, state }: DecisionRequest): readonly Candidate[] {
  switch (event.type) {
    case "decision.decided":
      return [[{ type: "decide", decision: event.decision, digest, targetVersion }, undefined]];
    case "decision.execution-began":
      return [[{ type: "begin", digest }, undefined]];
    case "decision.execution-recovered":
      return [[{ type: "recover" }, undefined]];
    case "decision.executed":
      return [[{ type: "complete", result: event.result }, undefined]];
    case "decision.failed":
      return [[{ type: "fail", reason: event.reason }, undefined]];
    case "decision.went-stale":
      return state.phase === "decided" ? [[{ type: "begin", digest }, event.current]] : [];
    case "decision.expired":
      return [[{ type: "expire" }, undefined]];
    case "decision.superseded":
      return [[event.instead === undefined ? { type: "supersede", reason: event.reason } : { type: "edit", instead: event.instead, digest }, undefined]];
    default:
      return [];
  }
}

/** What is made of a run's events and rows for people and for the next turn. */
async function derivedFrom(history: History, recorded: RecordedRun, machines: Machines): Promise<readonly string[]> {
  const found: string[] = [];
  const { run, memory, statusComment } = recorded;
  const compare = (what: string, is: unknown, was: unknown): void => {
    if (!isDeepStrictEqual(plain(is), plain(was))) found.push(`${what} would be ${JSON.stringify(is)}; it was ${JSON.stringify(was)}`);
  };
  const names = labelNames(new Map());
  compare("the next steps", names.ok ? machines.nextSteps(run.stage, names.value) : [], recorded.nextSteps);
  compare("what is remembered of its turns", await pastTurns(recordedTransaction(history), run.id), recorded.pastTurns);
  if (statusComment !== undefined) compare("the status comment", statusCommentOf(history, recorded), statusComment.trimEnd());
  const last = eventsOf(history, `run:${run.id}`).findLast((event) => event.type === "turn.ended");
  if (memory?.verdict && last)
    compare(
      "the last verdict",
      [memory.attempt, memory.turn, memory.verdict.type],
      ["attempt", "turn", "verdict"].map((name) => last.payload[name]),
    );
  if (memory?.verdict?.type === "continue" && parseTurnTexts(memory.verdict.input).length === 0)
    found.push("the input that it goes on with is not understood any more");
  return found;
}

/** As it comes back from storage: without members that are undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
