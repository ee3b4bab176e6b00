import { activeRunPhases, type RunPhase } from "./run.ts";

/** What a command does to a run: accepted in `from`, ends in one of `to`. `*` leaves the phase as it is. */
export interface RunTransition {
  readonly from: readonly RunPhase[];
  readonly to: readonly (RunPhase | "*")[];
}

const working = ["preparing", "running", "waiting_mcp", "waiting_input"] as const;

/**
 * The run machine as a table. It is the guard that `decide` looks into first, so it cannot differ from what happens; what else must hold is checked after it.
 */
export const transitionTable = {
  /** The first attempt is to be started. */
  prepare: { from: ["queued"], to: ["preparing"] },
  /** The attempt's runner has reported. Told twice, it changes nothing. */
  start: { from: ["preparing", "running"], to: ["running"] },
  "await-decision": { from: ["running"], to: ["waiting_mcp", "waiting_input"] },
  /** The answer came while the agent was still there; or it came while the owner holds the run, who resumes it later. */
  answered: { from: ["waiting_mcp", "waiting_input", "parked"], to: ["running", "parked"] },
  /** The call that it waits for was edited: another request stands in the place of the one that asked. */
  "await-instead": { from: ["waiting_mcp", "parked"], to: ["waiting_mcp", "parked"] },
  /** The attempt ends and the run waits without it. */
  park: { from: ["waiting_mcp", "waiting_input"], to: ["parked"] },
  /** What it waited for is there: a new attempt continues the same thread. At the gate: the owner asked something, and the agent answers. */
  resume: { from: ["parked", "waiting_owner_review"], to: ["preparing"] },
  "owner-park": { from: ["queued", ...working, "parked"], to: ["parked"] },
  "owner-resume": { from: ["parked"], to: ["preparing", "parked"] },
  /** Everything is paused, or a budget is spent: what is at work ends its attempt, what would go on now does not. What waits for the owner waits on as it is. */
  hold: { from: activeRunPhases, to: ["parked", "waiting_owner_review"] },
  /** What held everything is over. */
  "let-go": { from: ["parked"], to: ["preparing", "parked"] },
  /** The stage's work is done. At the gate: a new request takes the place of one that went stale or expired. */
  "open-gate": { from: ["running", "waiting_owner_review"], to: ["waiting_owner_review"] },
  /** The gate's decision was executed. From `running` only for stages that have no gate because they never push. */
  conclude: { from: ["waiting_owner_review", "running"], to: ["succeeded", "cancelled"] },
  supersede: { from: activeRunPhases, to: ["superseded"] },
  cancel: { from: activeRunPhases, to: ["cancelled"] },
  fail: { from: activeRunPhases, to: ["failed"] },
  "fail-precondition": { from: ["queued", "preparing"], to: ["failed_precondition"] },
  /** The process is gone without a word. A run that waited waits on without it; else the next attempt starts, up to a limit. */
  "attempt-lost": { from: working, to: ["preparing", "parked", "failed"] },
  "link-pull": { from: activeRunPhases, to: ["*"] },
  "link-thread": { from: working, to: ["*"] },
  "moved-head": { from: activeRunPhases, to: ["*"] },
} as const satisfies Readonly<Record<string, RunTransition>>;
