import type { Bench, Benchmark, Results } from "./benchmark.ts";
import type { MeasurePage } from "./bench-pages.ts";
import { logContestant } from "./log-page.ts";
import { showNumber } from "./words.ts";

const perSecond = 20_000;
const seconds = (bench: Bench): number => (bench.quick ? 2 : 60);

interface Partner {
  readonly id: string;
  /** Of the page that measures logs. */
  readonly kind: string;
  readonly name: string;
  readonly difference: string;
}

/** A log that grows while its end is watched, beside a list of components. */
export const desktopFollowBenchmark = followBenchmark({
  id: "desktop-follow",
  kind: "virtuoso",
  name: "react-virtuoso",
  difference:
    "react-virtuoso is a list of components that measures its items and draws those in sight. It is given the bare lines: it interprets no colours, wraps nothing, and knows no search.",
});

/** The same beside a terminal. */
export const desktopFollowTerminalBenchmark = followBenchmark({
  id: "desktop-follow-terminal",
  kind: "xterm",
  name: "xterm.js",
  difference:
    "xterm.js interprets every control sequence of a terminal and keeps a cell for each column; ours keeps text and colours, wraps, and numbers its lines.",
});

function followBenchmark({ id, kind, name, difference }: Partner): Benchmark {
  return {
    id,
    title: `Following 20,000 lines a second, beside ${name}`,
    method:
      "20,000 lines of about 154 bytes a second come for 60 seconds, as many with each frame as have come since the last one, while the end is kept in sight. *Behind* are lines that had come and were not " +
      "taken in when the time was over.",
    figures: [
      { key: "frame", label: "Frame, 95 of 100", unit: "ms", better: "lower" },
      { key: "longest", label: "Longest frame", unit: "ms", better: "lower" },
      { key: "behind", label: "Lines behind at the end", unit: "", better: "lower" },
      { key: "heap", label: "Heap", unit: "MB", better: "lower" },
    ],
    limits: [
      { figure: "frame", of: "ours", must: "at-most", value: 20 },
      { figure: "longest", of: "ours", must: "at-most", value: 100 },
    ],
    ours: logContestant("Signalbox's log", follow("signalbox")),
    partner: logContestant(name, follow(kind)),
    difference,
    chart: { kind: "bars", figures: ["frame", "longest", "heap"] },
    finding: ({ ours, ratio }: Results) =>
      `With 20,000 lines a second, 95 of 100 frames come within ${showNumber(ours.median["frame"] ?? 0)} ms, ${showNumber(ratio["frame"] ?? 0)} times those of ${name}`,
    rounds: { count: 3, because: "a round lasts two minutes" },
  };
}

interface Followed {
  readonly frames: { readonly p95: number; readonly longest: number };
  readonly behind: number;
}

function follow(kind: string): MeasurePage {
  return async (page, bench) => {
    const before = await page.heap();
    const { frames, behind } = await page.call<Followed>("follow", kind, perSecond, seconds(bench));
    return { frame: frames.p95, longest: frames.longest, behind, heap: (await page.heap()) - before };
  };
}
