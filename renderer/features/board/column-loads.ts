import type { AllWipLimits, BoardCard } from "../../../core/contract/board.ts";
import type { ProcessStage } from "../../../core/domain/stage/stage.ts";
import { stageLoads, type StageLoad } from "../../../core/domain/stage/wip-limits.ts";
import type { Column } from "./board-view.ts";

/** How far a column's limit is taken up: the limits of all repositories together that have one there, and the worst of their levels. */
export interface ColumnLoad extends Pick<StageLoad, "inProgress" | "limit" | "level"> {
  readonly repositories: readonly StageLoad[];
}
export type ColumnLoads = ReadonlyMap<Column["id"], ColumnLoad>;

/** The load of every column with a limit. All cards count, whatever the board is filtered by; of repositories, the one that is shown. */
export function columnLoads(cards: readonly BoardCard[], limits: AllWipLimits, repository: string | undefined): ColumnLoads {
  const shown = Object.fromEntries(Object.entries(limits).filter(([name]) => repository === undefined || name === repository));
  const loads = stageLoads(cards, shown);
  return new Map([...new Set(loads.map(({ stage }) => stage))].map((stage) => [stage, together(loads.filter((load) => load.stage === stage))]));
}

function together(repositories: readonly StageLoad[]): ColumnLoad {
  return {
    inProgress: repositories.reduce((sum, { inProgress }) => sum + inProgress, 0),
    limit: repositories.reduce((sum, { limit }) => sum + limit, 0),
    level: (["over", "full"] as const).find((level) => repositories.some((load) => load.level === level)) ?? "free",
    repositories,
  };
}

/** The loads with those of `before` in place of what is the same, so that only heads are drawn that have changed. */
export function keptLoads(before: ColumnLoads, loads: ColumnLoads): ColumnLoads {
  return new Map(
    [...loads].map(([id, load]) => {
      const known = before.get(id);
      return [id, known && JSON.stringify(known) === JSON.stringify(load) ? known : load];
    }),
  );
}

/** Where a limit is to be set. */
export interface LimitPlace {
  readonly repository: string | undefined;
  readonly stage: ProcessStage;
}
