import type { JsonObject } from "../kernel/values.ts";
import { isFinalRun, type RunPhase } from "../run/run.ts";
import { processStages, type ProcessStage, type StageName } from "./stage.ts";

/**
 * How many issues of one repository should be in progress in a stage at the same time; a stage that is absent has no limit. It is advice: shown, and said before an issue is moved, and nothing is
 * refused because of it.
 */
export type WipLimits = Readonly<Partial<Record<ProcessStage, number>>>;

/** Limits that shall be others; null takes one off, and what is absent stays. */
export type WipLimitChanges = Readonly<Partial<Record<ProcessStage, number | null>>>;

export const highestWipLimit = 999;

/** What was stored, as far as it is a limit: a row that was edited by hand limits nothing. */
export function wipLimitsOf(stored: JsonObject = {}): WipLimits {
  return limitsFrom((stage) => stored[stage]);
}

export function withChanges(limits: WipLimits, changes: WipLimitChanges): WipLimits {
  return limitsFrom((stage) => (changes[stage] === undefined ? limits[stage] : changes[stage]));
}

function limitsFrom(valueOf: (stage: ProcessStage) => unknown): WipLimits {
  return Object.fromEntries(
    processStages.flatMap((stage) => {
      const value = valueOf(stage);
      return isWipLimit(value) ? [[stage, value]] : [];
    }),
  );
}

function isWipLimit(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= highestWipLimit;
}

/** What was written where a limit is asked for: a number, nothing for none, or what is no limit. */
export function limitFrom(written: string | number): number | null | "wrong" {
  if (written === "") return null;
  return isWipLimit(Number(written)) ? Number(written) : "wrong";
}

/** Where an issue stands, and how its newest run is. */
interface Standing {
  readonly repository: string;
  readonly issue: number;
  readonly stage?: StageName | undefined;
  readonly phase?: RunPhase | undefined;
}

/**
 * Whether work on an issue has begun and not ended: its newest run is active, be an agent at work, the owner awaited, or the run parked. An issue that has no run yet takes no place, and neither
 * does one whose run has failed, was cancelled or is done, until its next run begins.
 */
export function isInProgress({ phase }: Pick<Standing, "phase">): boolean {
  return phase !== undefined && !isFinalRun({ phase });
}

/** A stage with a limit, and how far it is taken up. `full`: one more is too many; `over`: there are too many. */
export interface StageLoad {
  readonly repository: string;
  readonly stage: ProcessStage;
  readonly inProgress: number;
  readonly limit: number;
  readonly level: "free" | "full" | "over";
}

/** Every stage with a limit, by repository and then in the order of the process. An issue is counted in the stage that it stands in, whichever stage its run is of. */
export function stageLoads(issues: readonly Standing[], limits: Readonly<Record<string, WipLimits>>): readonly StageLoad[] {
  const counts = new Map<string, number>();
  for (const issue of issues) {
    if (!isInProgress(issue)) continue;
    const place = `${issue.repository} ${issue.stage ?? ""}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return Object.entries(limits).flatMap(([repository, ofRepository]) =>
    processStages.flatMap((stage) => {
      const limit = ofRepository[stage];
      return limit === undefined ? [] : [stageLoad(repository, stage, counts.get(`${repository} ${stage}`) ?? 0, limit)];
    }),
  );
}

function stageLoad(repository: string, stage: ProcessStage, inProgress: number, limit: number): StageLoad {
  return { repository, stage, inProgress, limit, level: inProgress < limit ? "free" : inProgress === limit ? "full" : "over" };
}

/** What is in the stage's way without the issue that shall be moved there; undefined where it has room, or no limit. */
export function fullStage(
  issues: readonly Standing[],
  limits: WipLimits,
  move: { readonly repository: string; readonly issue: number; readonly to: StageName },
): StageLoad | undefined {
  const others = issues.filter(({ repository, issue }) => repository === move.repository && issue !== move.issue);
  return stageLoads(others, { [move.repository]: limits }).find(({ stage, level }) => stage === move.to && level !== "free");
}
