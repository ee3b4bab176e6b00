import type { Actor } from "../audit/flow-event.ts";
import { err, ok, unreachable, type Result } from "../kernel/result.ts";
import type { CommitSha, Instant, PersonId, RequestId, RunId, ThreadId } from "../kernel/values.ts";
import { stageTable } from "../stage/table.ts";
import { endingText } from "./ending.ts";
import { evolve, type RunEvent } from "./evolve.ts";
import { isFinalRun, isHeld, isHoldReason, liveAttempt, type HoldReason, type Run, type RunPhase, type RunState } from "./run.ts";
import { transitionTable } from "./transitions.ts";

export { evolve, type RunEvent } from "./evolve.ts";
export { transitionTable } from "./transitions.ts";

/** `attempt` on a command is the one that its sender belongs to; an older one is refused, so that a process that was thought dead cannot act. */
export type RunCommand =
  | { readonly type: "prepare"; readonly attempt: number }
  | { readonly type: "start"; readonly attempt: number }
  | { readonly type: "await-decision"; readonly requestId: RequestId; readonly kind: "tool" | "question"; readonly attempt?: number | undefined }
  | { readonly type: "answered"; readonly requestId: RequestId }
  /** `requestId` was edited, and `instead` stands in its place. */
  | { readonly type: "await-instead"; readonly requestId: RequestId; readonly instead: RequestId }
  /** `reason` must fit what the run waits for. */
  | { readonly type: "park"; readonly reason: "decision" | "answer"; readonly attempt?: number | undefined }
  /** `requestId`: what was answered; checked where it is given. */
  | { readonly type: "resume"; readonly requestId?: RequestId | undefined }
  | { readonly type: "owner-park" }
  | { readonly type: "owner-resume" }
  /** `goesOn`: what it waited for is there, so that without the hold it would go on now. */
  | { readonly type: "hold"; readonly reason: HoldReason; readonly goesOn?: true | undefined }
  | { readonly type: "let-go" }
  | { readonly type: "open-gate"; readonly requestId: RequestId; readonly attempt?: number | undefined }
  | { readonly type: "conclude"; readonly verdict: "approve" | "deny" | "abort"; readonly by: PersonId; readonly reason?: string | undefined }
  | { readonly type: "supersede"; readonly by: RunId }
  | { readonly type: "cancel"; readonly by: PersonId; readonly reason: string }
  | { readonly type: "fail"; readonly reason: string; readonly attempt?: number | undefined }
  | { readonly type: "fail-precondition"; readonly reason: string }
  | { readonly type: "attempt-lost"; readonly attempt: number; readonly maxAttempts: number }
  | { readonly type: "link-pull"; readonly number: number }
  /** `fresh`: the attempt had no snapshot to restore, so its thread is a new one. */
  | { readonly type: "link-thread"; readonly threadId: ThreadId; readonly attempt?: number | undefined; readonly fresh?: boolean | undefined }
  | { readonly type: "moved-head"; readonly sha: CommitSha };

export type RunError =
  /** It has ended; nothing can change it. */
  | { readonly type: "run.ended"; readonly phase: RunPhase }
  | { readonly type: "run.wrong-phase"; readonly phase: RunPhase; readonly command: RunCommand["type"]; readonly accepted: readonly RunPhase[] }
  | { readonly type: "run.stale-attempt"; readonly attempt: number; readonly current: number | undefined }
  | { readonly type: "run.other-request"; readonly requestId: RequestId | undefined; readonly waitsFor: RequestId | undefined }
  | { readonly type: "run.waits-for-something-else"; readonly reason: string }
  | { readonly type: "run.held-by-owner" }
  /** It goes on when what holds everything is over, and not by itself alone. */
  | { readonly type: "run.held"; readonly by: HoldReason }
  | { readonly type: "run.other-thread"; readonly current: ThreadId }
  | { readonly type: "run.needs-gate" }
  /** Agents do not decide about runs. */
  | { readonly type: "run.not-for-agents"; readonly command: RunCommand["type"] };

export interface RunContext {
  readonly now: Instant;
  readonly actor: Actor;
}

type Outcome = Result<readonly RunEvent[], RunError>;
type State<P extends RunPhase> = Extract<RunState, { readonly phase: P }>;

/** The owner's, or the server's in the owner's place. */
const ownersCommands: readonly RunCommand["type"][] = ["conclude", "cancel", "owner-park", "owner-resume", "hold", "let-go", "supersede", "await-instead"];

/** What a command does to a run. Deciding changes nothing: apply the events with {@link evolve}. No events and no error: it was so already. */
export function decide(run: Run, command: RunCommand, context: RunContext): Outcome {
  const refusal = refuse(run.state, command, context.actor);
  return refusal ? err(refusal) : decideAccepted(run, command, context.now);
}

/** {@link decide} and {@link evolve} in one step. */
export function advance(run: Run, command: RunCommand, context: RunContext): Result<{ readonly run: Run; readonly events: readonly RunEvent[] }, RunError> {
  const outcome = decide(run, command, context);
  return outcome.ok ? ok({ run: outcome.value.reduce(evolve, run), events: outcome.value }) : outcome;
}

function refuse(state: RunState, command: RunCommand, actor: Actor): RunError | undefined {
  if (isFinalRun(state)) return { type: "run.ended", phase: state.phase };
  const accepted: readonly RunPhase[] = transitionTable[command.type].from;
  if (!accepted.includes(state.phase)) return { type: "run.wrong-phase", phase: state.phase, command: command.type, accepted };
  if (actor.type === "agent" && ownersCommands.includes(command.type)) return { type: "run.not-for-agents", command: command.type };
  const sender = "attempt" in command && command.type !== "prepare" ? command.attempt : undefined;
  const current = liveAttempt(state) ?? ("attempt" in state ? state.attempt : undefined);
  return sender !== undefined && sender !== current ? { type: "run.stale-attempt", attempt: sender, current } : undefined;
}

/** The phase fits; each function checks what else must hold. */
function decideAccepted(run: Run, command: RunCommand, at: Instant): Outcome {
  const { state } = run;
  switch (command.type) {
    case "prepare":
      return command.attempt === 1
        ? ok([{ type: "run.attempt-prepared", attempt: 1, at }])
        : err({ type: "run.stale-attempt", attempt: command.attempt, current: 1 });
    case "start":
      return ok(state.phase === "running" ? [] : [{ type: "run.started", attempt: command.attempt, at }]);
    case "await-decision":
      return ok([{ type: "run.waited", for: command.kind === "tool" ? "decision" : "answer", requestId: command.requestId, at }]);
    case "answered":
      return answered(state, command.requestId, at);
    case "await-instead":
      return awaitInstead(state, command, at);
    case "park":
      return park(state, command.reason, at);
    case "resume":
      return resume(state, command.requestId, at);
    case "owner-park":
      return ownerPark(state, at);
    case "owner-resume":
      return ownerResume(state, at);
    case "hold":
      return hold(state, command, at);
    case "let-go":
      return letGo(state, at);
    case "open-gate":
      return ok(requestOf(state) === command.requestId ? [] : [{ type: "run.gate-opened", requestId: command.requestId, at }]);
    case "conclude":
      return conclude(run, command, at);
    case "supersede":
      return ok([{ type: "run.superseded", by: command.by, at }]);
    case "cancel":
      return ok([{ type: "run.cancelled", by: command.by, reason: command.reason, at }]);
    case "fail":
      return ok([{ type: "run.failed", reason: command.reason, at }]);
    case "fail-precondition":
      return ok([{ type: "run.precondition-failed", reason: command.reason, at }]);
    case "attempt-lost":
      return attemptLost(state, command, at);
    case "link-pull":
      return ok(run.pull === command.number ? [] : [{ type: "run.pull-linked", pull: command.number, at }]);
    case "link-thread":
      return linkThread(run, command, at);
    case "moved-head":
      return ok(run.head === command.sha ? [] : [{ type: "run.head-moved", head: command.sha, at }]);
    default:
      return unreachable(command);
  }
}

function answered(state: RunState, requestId: RequestId, at: Instant): Outcome {
  // A parked run goes on by `resume`; only what is held is told of the answer in passing.
  if (state.phase === "parked" && !isHeld(state.reason))
    return err({ type: "run.wrong-phase", phase: "parked", command: "answered", accepted: ["waiting_mcp", "waiting_input"] });
  return otherRequest(state, requestId) ?? ok([{ type: "run.answered", requestId, at }]);
}

function awaitInstead(state: RunState, { requestId, instead }: Extract<RunCommand, { type: "await-instead" }>, at: Instant): Outcome {
  const waitsFor = pendingOf(state);
  if (waitsFor !== "decision") return err({ type: "run.waits-for-something-else", reason: waitsFor ?? state.phase });
  return otherRequest(state, requestId) ?? ok([{ type: "run.waits-instead", requestId: instead, at }]);
}

function park(state: RunState, reason: "decision" | "answer", at: Instant): Outcome {
  const waitsFor = pendingOf(state);
  if (waitsFor !== reason) return err({ type: "run.waits-for-something-else", reason: waitsFor ?? state.phase });
  return ok([{ type: "run.parked", reason, requestId: requestOf(state), at }]);
}

function resume(state: RunState, requestId: RequestId | undefined, at: Instant): Outcome {
  const held = heldError(state);
  if (held) return err(held);
  const other = requestId === undefined ? undefined : otherRequest(state, requestId);
  return other ?? ok([{ type: "run.resumed", attempt: attemptOf(state) + 1, at }]);
}

/** The owner's park keeps what the run waited for, so that nothing is lost when the owner lets go. */
function ownerPark(state: RunState, at: Instant): Outcome {
  if (state.phase === "parked" && state.reason === "owner") return ok([]);
  return ok([{ type: "run.parked", reason: "owner", requestId: requestOf(state), waitsFor: pendingOf(state), at }]);
}

function ownerResume(state: RunState, at: Instant): Outcome {
  if (state.phase === "parked" && isHoldReason(state.reason)) return err({ type: "run.held", by: state.reason });
  if (state.phase !== "parked" || state.reason !== "owner") return err({ type: "run.waits-for-something-else", reason: pendingOf(state) ?? state.phase });
  return released(state, at);
}

/** What the owner has parked himself stays his. What waits for the owner holds nothing that a pause could stop, until it would go on. */
function hold(state: RunState, { reason, goesOn }: Extract<RunCommand, { type: "hold" }>, at: Instant): Outcome {
  if (state.phase === "parked" && (state.reason === "owner" || state.reason === reason)) return ok([]);
  const waitsAlready = state.phase === "waiting_owner_review" || (state.phase === "parked" && !isHeld(state.reason));
  if (waitsAlready) return ok(goesOn ? [{ type: "run.parked", reason, at }] : []);
  return ok([{ type: "run.parked", reason, requestId: requestOf(state), waitsFor: pendingOf(state), at }]);
}

function letGo(state: RunState, at: Instant): Outcome {
  if (state.phase !== "parked" || !isHoldReason(state.reason)) return err({ type: "run.waits-for-something-else", reason: pendingOf(state) ?? state.phase });
  return released(state, at);
}

/** A run that was held goes on, or waits on for what is still open. */
function released(state: State<"parked">, at: Instant): Outcome {
  if (state.waitsFor) return ok([{ type: "run.parked", reason: state.waitsFor, requestId: state.requestId, at }]);
  return ok([{ type: "run.resumed", attempt: state.attempt + 1, at }]);
}

function conclude(run: Run, command: Extract<RunCommand, { type: "conclude" }>, at: Instant): Outcome {
  if (run.state.phase === "running" && stageTable[run.stage].branch !== "none") return err({ type: "run.needs-gate" });
  if (command.verdict === "approve") return ok([{ type: "run.succeeded", by: command.by, at }]);
  return ok([
    { type: "run.cancelled", by: command.by, reason: command.reason ?? endingText({ type: command.verdict === "deny" ? "gate-denied" : "gate-aborted" }), at },
  ]);
}

function attemptLost(state: RunState, command: Extract<RunCommand, { type: "attempt-lost" }>, at: Instant): Outcome {
  const waitsFor = pendingOf(state);
  if (waitsFor) return ok([{ type: "run.parked", reason: waitsFor, requestId: requestOf(state), at }]);
  const losses = lossesOf(state) + 1;
  const lost = { type: "run.attempt-lost", attempt: command.attempt, losses, at } as const;
  if (losses >= command.maxAttempts) return ok([lost, { type: "run.failed", reason: endingText({ type: "attempts-lost", times: losses }), at }]);
  return ok([lost, { type: "run.attempt-prepared", attempt: command.attempt + 1, losses, at }]);
}

/** A run keeps its thread over park and resume. Another one is a mistake, unless there was nothing to continue. */
function linkThread(run: Run, command: Extract<RunCommand, { type: "link-thread" }>, at: Instant): Outcome {
  if (run.threadId === command.threadId) return ok([]);
  if (run.threadId !== undefined && !command.fresh) return err({ type: "run.other-thread", current: run.threadId });
  return ok([{ type: "run.thread-linked", threadId: command.threadId, at }]);
}

function otherRequest(state: RunState, requestId: RequestId): Outcome | undefined {
  const waitsFor = requestOf(state);
  return waitsFor === requestId ? undefined : err({ type: "run.other-request", requestId, waitsFor });
}

function requestOf(state: RunState): RequestId | undefined {
  return "requestId" in state ? state.requestId : undefined;
}

/** What of the owner's the run waits for, apart from its gate. */
function pendingOf(state: RunState): "decision" | "answer" | undefined {
  if (state.phase === "waiting_mcp") return "decision";
  if (state.phase === "waiting_input") return "answer";
  if (state.phase !== "parked") return undefined;
  return isHeld(state.reason) ? state.waitsFor : state.reason;
}

function heldError(state: RunState): RunError | undefined {
  if (state.phase !== "parked" || !isHeld(state.reason)) return undefined;
  return state.reason === "owner" ? { type: "run.held-by-owner" } : { type: "run.held", by: state.reason };
}

function attemptOf(state: RunState): number {
  return "attempt" in state ? state.attempt : 0;
}

function lossesOf(state: State<"preparing"> | RunState): number {
  return state.phase === "preparing" || state.phase === "running" ? (state.losses ?? 0) : 0;
}
