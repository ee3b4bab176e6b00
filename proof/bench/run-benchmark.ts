import type { Bench, Benchmark, Contestant, Prepared, Results, Sample } from "./benchmark.ts";
import { compare, summarise } from "./results.ts";

interface Lane {
  readonly name: string;
  readonly prepared: Prepared;
  readonly samples: Sample[];
}

/**
 * Prepares both sides, measures them in turn, and ends them. The warm-up round counts for nothing. Who goes first alternates from round to round, so that
 * neither always finds the machine as the other left it.
 */
export async function runBenchmark(benchmark: Benchmark, bench: Bench, rounds: number): Promise<Results> {
  const { partner } = benchmark;
  const contestants = "absent" in partner ? [benchmark.ours] : [benchmark.ours, partner];
  const lanes: Lane[] = [];
  try {
    for (const contestant of contestants) lanes.push(await prepareLane(contestant, bench));
    for (let number = 0; number <= rounds; number += 1) await measureRound(lanes, number, bench);
  } finally {
    await closeAll(lanes);
  }
  const [ours, theirs] = lanes.map((lane) => summarise(lane.name, lane.samples));
  if (!ours) throw new Error("A benchmark has a contestant.");
  return compare(ours, theirs);
}

async function prepareLane(contestant: Contestant, bench: Bench): Promise<Lane> {
  bench.say(`prepare ${contestant.name}`);
  return { name: contestant.name, prepared: await contestant.prepare(bench), samples: [] };
}

async function measureRound(lanes: readonly Lane[], number: number, bench: Bench): Promise<void> {
  const order = number % 2 === 1 ? lanes : lanes.toReversed();
  for (const lane of order) {
    const sample = await lane.prepared.measure({ number });
    if (number > 0) lane.samples.push(sample);
    const shown = Object.entries(sample.figures).map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
    bench.say(`${number === 0 ? "warm-up" : `round ${number}`} · ${lane.name}: ${shown.join(", ")}`);
  }
}

/** Every lane is ended, whatever another one's end throws; the first failure is thrown afterwards. */
async function closeAll(lanes: readonly Lane[]): Promise<void> {
  const ends = await Promise.allSettled(lanes.map((lane) => lane.prepared.close()));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}
