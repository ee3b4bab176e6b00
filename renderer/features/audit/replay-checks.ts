import type { DecisionReplay } from "../../../core/contract/audit.ts";

/** `open`: it has not happened, or not yet, so there is nothing to check. */
export type Check = "holds" | "broken" | "open";

/** Each step of a replayed decision with what its check says. */
export interface ReplayChecks {
  /** Whether the digest still binds what the card says. */
  readonly shown: Check;
  /** Whether the trail knows that it was asked. */
  readonly asked: Check;
  /** Whether the signature verifies. */
  readonly decided: Check;
  /** Whether what ran is what was asked and decided, and ran once. */
  readonly ran: Check;
  /** Whether the agent was given what came back. */
  readonly cameBack: Check;
  /** Whether every event is what was hashed when it was written. */
  readonly trail: Check;
}

export function replayChecks({ digestHolds, decided, ran, cameBack, steps, problems }: DecisionReplay): ReplayChecks {
  const wrong = problems.some(({ type }) => type.startsWith("effect.") || type.startsWith("call."));
  return {
    shown: check(digestHolds),
    asked: check(steps.some((step) => step.type === "decision.requested")),
    decided: decided ? check(decided.signatureVerifies) : "open",
    ran: wrong ? "broken" : ran && ran.executions > 0 ? "holds" : "open",
    cameBack: cameBack === undefined || ran?.delivered === false ? "open" : "holds",
    trail: steps.length === 0 ? "open" : check(steps.every((step) => step.hashHolds)),
  };
}

function check(holds: boolean): Check {
  return holds ? "holds" : "broken";
}
