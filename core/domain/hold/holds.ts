import type { Run, RunState } from "../run/run.ts";
import type { Budgets } from "./budget.ts";
import type { Pause } from "./pause.ts";

/** What may hold every run of the workspace. One row, so that whoever begins an attempt and whoever stops everything see each other. */
export interface Holds {
  readonly pause?: Pause | undefined;
  readonly budgets: Budgets;
}

/** Whether a run is at work or about to be: what a hold has to stop. */
export function isAtWork({ state }: Pick<Run, "state">): boolean {
  return atWorkPhases.includes(state.phase as never);
}

/** Phases with a process, or on the way to one. */
export const atWorkPhases = ["queued", "preparing", "running", "waiting_mcp", "waiting_input"] as const satisfies readonly RunState["phase"][];
