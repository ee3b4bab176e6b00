import { unreachable } from "../kernel/result.ts";
import type { RunState } from "./run.ts";

/** Longer words are a mistake or an attack; they go into the agent's next input. Counted in UTF-16 code units. */
export const longestNote = 20_000;

/** Why a run's agent cannot be told anything now, with what to do instead. */
export interface NoteFault {
  readonly type: `note.${string}`;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Whether a note can reach a run's agent with its next turn. Only one that works, or is about to, has a next turn by itself; any other waits for a word of the owner's that says more than a note, or for
 * nothing at all.
 */
export function noteFault(state: RunState): NoteFault | undefined {
  switch (state.phase) {
    case "queued":
    case "preparing":
    case "running":
      return undefined;
    case "waiting_mcp":
      return fault("waits", "The run waits for your decision.", "Decide on its request: the reason of a denial reaches the agent.");
    case "waiting_input":
      return fault("waits", "The run waits for your answer.", "Answer its question in your own words: they reach the agent.");
    case "waiting_owner_review":
      return fault("waits", "The stage waits for your review.", "Request changes, or ask the agent, at its gate: either reaches the agent.");
    case "parked":
      return parkedFault(state.reason);
    case "succeeded":
    case "failed":
    case "failed_precondition":
    case "cancelled":
    case "superseded":
      return fault(
        "ended",
        "The run has ended: there is nobody to tell.",
        "Start the stage again; what is to be different belongs into the issue, or into a review of the pull request.",
      );
    default:
      return unreachable(state);
  }
}

function parkedFault(reason: Extract<RunState, { phase: "parked" }>["reason"]): NoteFault {
  switch (reason) {
    case "owner":
      return fault("parked", "You hold the run.", "Resume it, then tell its agent.");
    case "pause":
      return fault("parked", "Everything is paused.", "Restore, then tell the agent.");
    case "budget":
      return fault("parked", "A budget is spent, so the run stands still.", "Raise the budget, then tell the agent.");
    case "decision":
      return fault("waits", "The run waits for your decision.", "Decide on its request: the reason of a denial reaches the agent.");
    case "answer":
      return fault("waits", "The run waits for your answer.", "Answer its question in your own words: they reach the agent.");
    default:
      return unreachable(reason);
  }
}

function fault(type: string, message: string, remedy: string): NoteFault {
  return { type: `note.${type}`, message, remedy };
}
