import type { FlowEvent } from "../../domain/audit/flow-event.ts";
import { meters, pressing } from "../../domain/hold/budget.ts";
import { atWorkPhases } from "../../domain/hold/holds.ts";
import type { RunId } from "../../domain/kernel/values.ts";
import { activeRunPhases, type Run } from "../../domain/run/run.ts";
import type { Transaction } from "../../ports/store.ts";
import { subjectsOf } from "./flow-news.ts";
import type { HoldsNow } from "./views/run-view.ts";

/** More runs than these are not active at once: a run holds its branch, and somebody set a label for it. */
export const mostActive = 100_000;

/** What a reader was told last that has no events of its own. */
export interface RunsTold {
  /** What may hold every run, as far as it is in their rows. */
  readonly holds: string;
  /** Runs with an agent at work, whose use of tokens and whose standing still are no events. */
  readonly working: readonly RunId[];
}

export interface RunNews {
  readonly told: RunsTold;
  /** Runs whose rows may be others than before, each once; undefined where all of them are to be read anew. */
  readonly changed: readonly Run[] | undefined;
}

/** Which runs may look different from what was told: those that events name, those at work now or then, and all that are active where what holds them is another. */
export async function runNews(tx: Transaction, told: RunsTold | undefined, events: readonly FlowEvent[] | undefined, now: HoldsNow): Promise<RunNews> {
  const atWork = await tx.runs.list({ phases: atWorkPhases, limit: mostActive });
  const next: RunsTold = { holds: holdsInRows(now), working: atWork.map(({ id }) => id) };
  if (!told || !events) return { told: next, changed: undefined };
  const named = [...new Set([...told.working, ...subjectsOf("run", events)])] as RunId[];
  const runs = [
    ...atWork,
    ...(named.length === 0 ? [] : await tx.runs.list({ ids: named, limit: named.length })),
    ...(next.holds === told.holds ? [] : await tx.runs.list({ phases: activeRunPhases, limit: mostActive })),
  ];
  return { told: next, changed: [...new Map(runs.map((run) => [run.id, run])).values()] };
}

/** A pause, the budgets, and whether the day's is nearly used up. How much of it exactly is told with each row's own next change. */
function holdsInRows({ holds, today }: HoldsNow): string {
  return JSON.stringify([holds, pressing(meters(holds.budgets, { day: today }))?.level]);
}
