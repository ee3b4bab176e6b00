import { openKillGround, type KillReport } from "./kill-stages.ts";
import { armedAt, nameOf, type ArmedPoint } from "./kill-switch.ts";
import type { Verdict } from "../world/oracle.ts";

export interface EveryPointResult {
  readonly points: number;
  readonly killed: number;
  /** Points that were not reached again: what is written there depends on chance (a notice that came first, a comment that said so already). */
  readonly missed: readonly string[];
  /** Points after which something was still under way when the patience was over. */
  readonly unsettled: readonly { readonly point: string; readonly left: readonly string[] }[];
  /** Milliseconds: the longest time without a word in the trail after a kill, and after which. */
  readonly longestSilence: { readonly point: string; readonly milliseconds: number };
  readonly verdict: Verdict;
  readonly passed: boolean;
}

/**
 * Records every point that an intake with a question and a gate reaches, then lets a process die at each of them alone, one intake for each.
 *
 * @param record is told of each point as it is done.
 */
export async function killEveryPoint(options: {
  readonly times?: string | undefined;
  readonly record: (entry: object) => void;
  /** Takes this of so many parts of the points; several machines, or several processes of one, can share the work. */
  readonly part?: { readonly number: number; readonly of: number } | undefined;
}): Promise<EveryPointResult> {
  const ground = await openKillGround({ times: options.times ?? "grace=15,reconcile=10,sweep=10" });
  try {
    await ground.kill([], { issues: 1, rounds: 1, patience });
    const points = ground.board
      .reached()
      .map(armedAt)
      .filter((_point, index) => options.part === undefined || index % options.part.of === options.part.number - 1);
    options.record({ points: points.length });
    const reports: { readonly point: ArmedPoint; readonly report: KillReport }[] = [];
    for (const point of points) {
      const report = await ground.kill([point], { issues: 1, rounds: 1, patience });
      reports.push({ point, report });
      options.record({ point: nameOf(point), killed: report.killed.length, unsettled: report.unsettled, longestSilence: report.longestSilence });
    }
    return sumUp(reports, await ground.judge());
  } finally {
    await ground.close();
  }
}

const patience = 120_000;

function sumUp(reports: readonly { readonly point: ArmedPoint; readonly report: KillReport }[], verdict: Verdict): EveryPointResult {
  const unsettled = reports.flatMap(({ point, report }) => (report.unsettled.length === 0 ? [] : [{ point: nameOf(point), left: report.unsettled }]));
  const silences = reports.map(({ point, report }) => ({ point: nameOf(point), milliseconds: report.longestSilence }));
  const found = [verdict.lost, verdict.twice, verdict.stuck, verdict.audit, verdict.leftovers].flat();
  return {
    points: reports.length,
    killed: reports.filter(({ report }) => report.killed.length > 0).length,
    missed: reports.flatMap(({ report }) => report.missed.map(nameOf)),
    unsettled,
    longestSilence: silences.toSorted((left, right) => right.milliseconds - left.milliseconds)[0] ?? { point: "none", milliseconds: 0 },
    verdict,
    passed: unsettled.length === 0 && found.length === 0,
  };
}
