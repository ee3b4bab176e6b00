import type { Benchmark, Figure, Limit, Measured, Results, Sample, Series } from "./benchmark.ts";

/** A limit and what became of it. */
export interface Judged {
  readonly limit: Limit;
  readonly figure: Figure;
  /** Our median, or the median ratio; undefined when it was not measured, which is a miss. */
  readonly actual: number | undefined;
  readonly met: boolean;
  /** How far beyond the limit, as a share of it: 0.1 is ten per cent short or over. 0 when it is met. */
  readonly missedBy: number;
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error("There is no median of nothing.");
  return (lower + upper) / 2;
}

/** The value that `share` of all values do not exceed (nearest rank): 0.99 of a hundred values is the ninety-ninth. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("There is no quantile of nothing.");
  return value;
}

/** The rounds of one contestant, without the warm-up, in order. */
export function summarise(name: string, samples: readonly Sample[]): Measured {
  const keys = [...new Set(samples.flatMap((sample) => Object.keys(sample.figures)))];
  const rounds = Object.fromEntries(keys.map((key) => [key, valuesOf(samples, key)]));
  return {
    name,
    rounds,
    median: Object.fromEntries(Object.entries(rounds).map(([key, values]) => [key, median(values)])),
    series: summariseSeries(samples.map((sample) => sample.series ?? [])),
  };
}

function valuesOf(samples: readonly Sample[], key: string): readonly number[] {
  return samples.map((sample) => {
    const value = sample.figures[key];
    if (value === undefined || !Number.isFinite(value)) throw new Error(`A round gave no ${key}, and others did.`);
    return value;
  });
}

/** Point by point the median, where every round measured at the same places; the last round's line elsewhere. */
function summariseSeries(rounds: readonly (readonly Series[])[]): readonly Series[] {
  const last = rounds.at(-1) ?? [];
  return last.map((line) => {
    const same = rounds.map((round) => round.find((one) => one.label === line.label));
    const aligned = same.every((one) => one?.points.length === line.points.length && one.points.every((point, index) => point.x === line.points[index]?.x));
    if (!aligned) return line;
    return { label: line.label, points: line.points.map(({ x }, index) => ({ x, y: median(same.map((one) => one?.points[index]?.y ?? Number.NaN)) })) };
  });
}

/** Ours beside the partner, each round with the round measured next to it: what slows the machine for a while slows both. */
export function compare(ours: Measured, partner: Measured | undefined): Results {
  if (partner === undefined) return { ours, ratio: {} };
  const ratio: Record<string, number> = {};
  for (const [key, values] of Object.entries(ours.rounds)) {
    const theirs = partner.rounds[key];
    if (theirs) ratio[key] = median(values.map((value, index) => value / (theirs[index] ?? Number.NaN)));
  }
  return { ours, partner, ratio };
}

/** Whether each limit is met, in the order of the limits. */
export function judge(benchmark: Pick<Benchmark, "figures" | "limits">, results: Results): readonly Judged[] {
  return benchmark.limits.map((limit) => {
    const actual = limit.of === "ours" ? results.ours.median[limit.figure] : results.ratio[limit.figure];
    const met = actual !== undefined && (limit.must === "at-least" ? actual >= limit.value : actual <= limit.value);
    const missedBy = met || actual === undefined ? 0 : Math.abs(actual - limit.value) / limit.value;
    return { limit, figure: figureOf(benchmark, limit.figure), actual, met, missedBy };
  });
}

/** The figure of a key. Throws when the benchmark does not name it. */
export function figureOf(benchmark: Pick<Benchmark, "figures">, key: string): Figure {
  const figure = benchmark.figures.find((one) => one.key === key);
  if (!figure) throw new Error(`The benchmark has no figure ${key}.`);
  return figure;
}
