import type { BranchName, CommitSha, CorrelationId, DeliveryId, Instant, PersonId, RepositoryName, RequestId, RunId, ThreadId } from "../kernel/values.ts";
import type { Role, StageName, StageVariant } from "../stage/stage.ts";

export const reasoningLevels = ["low", "medium", "high", "extra-high"] as const;
export type ReasoningLevel = (typeof reasoningLevels)[number];

/** What the agent runs with. Read from labels at admission, and again before every `dev:revise`. */
export interface ModelProfile {
  readonly model: string;
  readonly reasoning: ReasoningLevel;
}

/** One execution of a stage for one issue. Attempts are its processes; a run outlives them. */
export interface Run {
  readonly id: RunId;
  readonly project: string;
  readonly repository: RepositoryName;
  readonly issue: number;
  /** Set once the stage has its pull request. */
  readonly pull?: number | undefined;
  readonly stage: StageName;
  readonly variant: StageVariant;
  readonly role: Role;
  readonly branch: BranchName;
  readonly baseBranch: BranchName;
  readonly profile: ModelProfile;
  readonly trigger: RunTrigger;
  readonly correlationId: CorrelationId;
  /** `run:debug` was set: the slot stays after the end until it is released or its lease ends. */
  readonly keepSlot: boolean;
  readonly threadId?: ThreadId | undefined;
  /** Tip of the run's branch after its last accepted push. */
  readonly head?: CommitSha | undefined;
  readonly state: RunState;
  readonly createdAt: Instant;
}

export interface RunTrigger {
  readonly kind: "label" | "review" | "reconciled-label" | "command";
  /** The label as the forge spells it, e.g. `run:intake`. */
  readonly label: string;
  /** Login of the person who caused it. */
  readonly actor: string;
  readonly deliveryId?: DeliveryId | undefined;
  /** Only for `review`: the review that asked for changes. */
  readonly reviewId?: number | undefined;
}

/** What holds a run although nothing that it asked for is in the way: everything is paused, or a budget is spent. */
export const holdReasons = ["pause", "budget"] as const;
export type HoldReason = (typeof holdReasons)[number];

/** What a run waits for. `owner` is a park that the owner asked for. */
export type WaitReason = "decision" | "answer" | "owner" | HoldReason;

/** Whether a parked run is held from outside, so that the answer which it waited for does not set it going. */
export function isHeld(reason: WaitReason): reason is "owner" | HoldReason {
  return reason === "owner" || isHoldReason(reason);
}

/** Whether it goes on by itself when what holds everything is over. */
export function isHoldReason(reason: WaitReason): reason is HoldReason {
  return reason === "pause" || reason === "budget";
}

/**
 * The life of a run. Every phase carries what is true in it and nothing else; `transitionTable` is the same as data.
 *
 *   queued ─prepare─► preparing ─start─► running ─┬─ask a tool decision─► waiting_mcp ──┐
 *                      ▲  ▲                ▲   ▲  ├─ask a question──────► waiting_input ┤
 *                      │  │                │   └──┼──────── answered in time ───────────┤
 *                      │  │                │      ├── owner-park ────────► parked ◄─────┴─ park, attempt lost, owner-park
 *                      │  └─── resume, owner-resume ────────────────────────┘
 *                      │                          └─open gate─► waiting_owner_review ─► succeeded | superseded | cancelled
 *                      └────── resume (the owner asked something) ───────────┘
 *   everything paused, or a budget spent: hold ► parked, what would go on too; let-go ► preparing, or parked for what it waits for
 *   preparing, running: attempt lost ► preparing the next one, or failed
 *   any phase that is not final: cancel ► cancelled, supersede ► superseded, fail ► failed; queued, preparing: ► failed_precondition
 */
export type RunState =
  | { readonly phase: "queued" }
  /** `losses`: attempts that were lost one after the other before this one; a park or a gate sets it back. */
  | { readonly phase: "preparing"; readonly attempt: number; readonly since: Instant; readonly losses?: number | undefined }
  | { readonly phase: "running"; readonly attempt: number; readonly since: Instant; readonly losses?: number | undefined }
  | { readonly phase: "waiting_mcp"; readonly attempt: number; readonly requestId: RequestId; readonly since: Instant }
  | { readonly phase: "waiting_input"; readonly attempt: number; readonly requestId: RequestId; readonly since: Instant }
  /** `attempt` has ended here and in `parked`; the next one gets the number after it. */
  | { readonly phase: "waiting_owner_review"; readonly attempt: number; readonly requestId: RequestId; readonly since: Instant }
  /** `waitsFor`: held by the owner, a pause or a budget while this is open as well; when the run is let go, it waits on for it. */
  | {
      readonly phase: "parked";
      readonly attempt: number;
      readonly reason: WaitReason;
      readonly requestId?: RequestId | undefined;
      readonly waitsFor?: "decision" | "answer" | undefined;
      readonly since: Instant;
    }
  | { readonly phase: "succeeded"; readonly at: Instant }
  | { readonly phase: "failed"; readonly reason: string; readonly at: Instant }
  | { readonly phase: "failed_precondition"; readonly reason: string; readonly at: Instant }
  | { readonly phase: "cancelled"; readonly by: PersonId; readonly reason: string; readonly at: Instant }
  | { readonly phase: "superseded"; readonly by: RunId; readonly at: Instant };

export type RunPhase = RunState["phase"];

export const finalRunPhases = ["succeeded", "failed", "failed_precondition", "cancelled", "superseded"] as const satisfies readonly RunPhase[];

/** A run in one of these phases holds its branch: invariant 2, at most one per repository and branch. */
export const activeRunPhases = [
  "queued",
  "preparing",
  "running",
  "waiting_mcp",
  "waiting_input",
  "waiting_owner_review",
  "parked",
] as const satisfies readonly RunPhase[];

/** Phases in which an agent is at work, also one that waits a moment for an answer: to end its process would cut it off. */
export const workingPhases = ["preparing", "running", "waiting_mcp", "waiting_input"] as const satisfies readonly RunPhase[];

export function isFinalRun(state: { readonly phase: RunPhase }): boolean {
  return (finalRunPhases as readonly RunPhase[]).includes(state.phase);
}

/** The attempt whose process may be alive. A parked run, one at its gate and one that has ended have none. */
export function liveAttempt(state: RunState): number | undefined {
  return state.phase === "preparing" || state.phase === "running" || state.phase === "waiting_mcp" || state.phase === "waiting_input"
    ? state.attempt
    : undefined;
}

/**
 * One process of a run. `fencingToken` rises with every attempt of any run; a call that carries an older one than the run's newest attempt is refused,
 * so that a process that was thought dead cannot act.
 */
export interface RunAttempt {
  readonly runId: RunId;
  /** 1, 2, … */
  readonly attempt: number;
  readonly fencingToken: number;
  readonly phase: "starting" | "active" | "ended";
  readonly leaseUntil: Instant;
  readonly startedAt: Instant;
  readonly endedAt?: Instant | undefined;
  /** Why the attempt ended, in a word: `finished`, `parked`, `cancelled`, `lost`, `deadline`, or an error type. */
  readonly outcome?: string | undefined;
  /** The input of this attempt's first turn; absent on the first attempt, whose prompt is rendered from the stage. */
  readonly resumeInput?: string | undefined;
}
