import { auditBenchmark } from "./audit.ts";
import type { Benchmark } from "./benchmark.ts";
import { desktopEventBenchmark } from "./desktop-event.ts";
import { desktopFollowBenchmark, desktopFollowTerminalBenchmark } from "./desktop-follow.ts";
import { desktopBoardBenchmark, desktopInboxBenchmark, desktopTranscriptBenchmark } from "./desktop-lists.ts";
import { desktopIdleBenchmark } from "./desktop-idle.ts";
import { desktopLogBenchmark } from "./desktop-log.ts";
import { desktopStartBenchmark } from "./desktop-start.ts";
import { idleBenchmark } from "./idle.ts";
import { pendingBenchmark } from "./pending.ts";
import { ingestBenchmark } from "./ingest.ts";
import { queueBenchmark } from "./queue.ts";
import { runCostBenchmark } from "./run-cost.ts";
import { startBenchmark } from "./start.ts";
import { toolCallBenchmark } from "./tool-call.ts";

/** Those of the window; they need a browser. */
const ofTheDesktop: readonly Benchmark[] = [
  desktopLogBenchmark,
  desktopFollowBenchmark,
  desktopFollowTerminalBenchmark,
  desktopTranscriptBenchmark,
  desktopBoardBenchmark,
  desktopInboxBenchmark,
  desktopEventBenchmark,
  desktopStartBenchmark,
  desktopIdleBenchmark,
];

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
  ...ofTheDesktop,
];
