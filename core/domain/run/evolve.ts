import { unreachable } from "../kernel/result.ts";
import type { CommitSha, Instant, PersonId, RequestId, RunId, ThreadId } from "../kernel/values.ts";
import type { Run, RunState, WaitReason } from "./run.ts";

/** What happened to a run. Stored as flow events with the rest of each event as payload. */
export type RunEvent =
  | { readonly type: "run.attempt-prepared"; readonly attempt: number; readonly losses?: number | undefined; readonly at: Instant }
  | { readonly type: "run.started"; readonly attempt: number; readonly at: Instant }
  | { readonly type: "run.waited"; readonly for: "decision" | "answer"; readonly requestId: RequestId; readonly at: Instant }
  | { readonly type: "run.answered"; readonly requestId: RequestId; readonly at: Instant }
  | {
      readonly type: "run.parked";
      readonly reason: WaitReason;
      readonly requestId?: RequestId | undefined;
      readonly waitsFor?: "decision" | "answer" | undefined;
      readonly at: Instant;
    }
  /** What it waits for was replaced: it waits for this request now. */
  | { readonly type: "run.waits-instead"; readonly requestId: RequestId; readonly at: Instant }
  | { readonly type: "run.resumed"; readonly attempt: number; readonly at: Instant }
  | { readonly type: "run.gate-opened"; readonly requestId: RequestId; readonly at: Instant }
  | { readonly type: "run.attempt-lost"; readonly attempt: number; readonly losses: number; readonly at: Instant }
  | { readonly type: "run.succeeded"; readonly by: PersonId; readonly at: Instant }
  | { readonly type: "run.cancelled"; readonly by: PersonId; readonly reason: string; readonly at: Instant }
  | { readonly type: "run.superseded"; readonly by: RunId; readonly at: Instant }
  | { readonly type: "run.failed"; readonly reason: string; readonly at: Instant }
  | { readonly type: "run.precondition-failed"; readonly reason: string; readonly at: Instant }
  | { readonly type: "run.pull-linked"; readonly pull: number; readonly at: Instant }
  | { readonly type: "run.thread-linked"; readonly threadId: ThreadId; readonly at: Instant }
  | { readonly type: "run.head-moved"; readonly head: CommitSha; readonly at: Instant };

/** Applies one event. Total over every phase, so that a replayed history never fails. */
export function evolve(run: Run, event: RunEvent): Run {
  switch (event.type) {
    case "run.pull-linked":
      return { ...run, pull: event.pull };
    case "run.thread-linked":
      return { ...run, threadId: event.threadId };
    case "run.head-moved":
      return { ...run, head: event.head, state: withoutLosses(run.state) };
    default:
      return { ...run, state: nextState(run.state, event) };
  }
}

type StateEvent = Exclude<RunEvent, { type: "run.pull-linked" | "run.thread-linked" | "run.head-moved" }>;

function nextState(state: RunState, event: StateEvent): RunState {
  const attempt = "attempt" in state ? state.attempt : 0;
  switch (event.type) {
    case "run.attempt-prepared":
      return event.losses
        ? { phase: "preparing", attempt: event.attempt, since: event.at, losses: event.losses }
        : { phase: "preparing", attempt: event.attempt, since: event.at };
    case "run.resumed":
      return { phase: "preparing", attempt: event.attempt, since: event.at };
    case "run.started":
      return { phase: "running", attempt: event.attempt, since: event.at, ...("losses" in state && state.losses ? { losses: state.losses } : {}) };
    case "run.waited":
      return { phase: event.for === "decision" ? "waiting_mcp" : "waiting_input", attempt, requestId: event.requestId, since: event.at };
    case "run.answered":
      return state.phase === "parked" ? { phase: "parked", attempt, reason: state.reason, since: state.since } : { phase: "running", attempt, since: event.at };
    case "run.parked":
      return parked(attempt, event);
    case "run.waits-instead":
      return "requestId" in state ? { ...state, requestId: event.requestId } : state;
    case "run.gate-opened":
      return { phase: "waiting_owner_review", attempt, requestId: event.requestId, since: event.at };
    case "run.attempt-lost":
      // What follows from it is the next event's: another attempt, or the end.
      return state;
    case "run.succeeded":
      return { phase: "succeeded", at: event.at };
    case "run.cancelled":
      return { phase: "cancelled", by: event.by, reason: event.reason, at: event.at };
    case "run.superseded":
      return { phase: "superseded", by: event.by, at: event.at };
    case "run.failed":
      return { phase: "failed", reason: event.reason, at: event.at };
    case "run.precondition-failed":
      return { phase: "failed_precondition", reason: event.reason, at: event.at };
    default:
      return unreachable(event);
  }
}

/** Work that has reached the forge is progress: attempts that were lost before it are not "one after the other" with those after it. */
function withoutLosses(state: RunState): RunState {
  if (!("losses" in state)) return state;
  const { losses: _before, ...rest } = state;
  return rest;
}

/** Without the members that are not there, so that a stored state and a replayed one are the same to the letter. */
function parked(attempt: number, event: Extract<RunEvent, { type: "run.parked" }>): RunState {
  return {
    phase: "parked",
    attempt,
    reason: event.reason,
    ...(event.requestId === undefined ? {} : { requestId: event.requestId }),
    ...(event.waitsFor === undefined ? {} : { waitsFor: event.waitsFor }),
    since: event.at,
  };
}
