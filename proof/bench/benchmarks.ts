import type { Benchmark } from "./benchmark.ts";
import { queueBenchmark } from "./queue.ts";
import { runCostBenchmark } from "./run-cost.ts";

/** All of them, in the order of the page. */
export const benchmarks: readonly Benchmark[] = [queueBenchmark, runCostBenchmark];
