import { auditBenchmark } from "./audit.ts";
import type { Benchmark } from "./benchmark.ts";
import { idleBenchmark } from "./idle.ts";
import { pendingBenchmark } from "./pending.ts";
import { ingestBenchmark } from "./ingest.ts";
import { queueBenchmark } from "./queue.ts";
import { runCostBenchmark } from "./run-cost.ts";
import { startBenchmark } from "./start.ts";
import { toolCallBenchmark } from "./tool-call.ts";

/** All of them, in the order of the page. */
export const benchmarks: readonly Benchmark[] = [
  ingestBenchmark,
  queueBenchmark,
  startBenchmark,
  toolCallBenchmark,
  pendingBenchmark,
  auditBenchmark,
  idleBenchmark,
  runCostBenchmark,
];
