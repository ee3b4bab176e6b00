import type { Bench, Benchmark, Results } from "./benchmark.ts";
import type { BenchPage, MeasurePage } from "./bench-pages.ts";
import { logContestant } from "./log-page.ts";
import { showNumber } from "./words.ts";

const sizes = (bench: Bench): { readonly lines: number; readonly frames: number } =>
  bench.quick ? { lines: 20_000, frames: 30 } : { lines: 1_300_000, frames: 600 };

interface Frames {
  readonly p95: number;
  readonly longest: number;
}

/** The log of a run beside a terminal: the same lines, in the same browser. */
export const desktopLogBenchmark: Benchmark = {
  id: "desktop-log",
  title: "A log of 200 MB in the window",
  method:
    "1,300,000 lines of about 154 bytes, one in four with a colour, are taken in 2,000 at a time, then the end is shown. Then a word is searched that one line in a thousand has. Then 600 frames of " +
    "scrolling, every third a leap to somewhere else. A page of its own for each, 900 × 700, in Chromium without a graphics card. Heap is what the page's scripts hold after a collection, less what they held before.",
  figures: [
    { key: "open", label: "From the first line to the last one on the screen", unit: "ms", better: "lower" },
    { key: "openLongest", label: "Longest frame meanwhile", unit: "ms", better: "lower" },
    { key: "search", label: "All hits of a word known", unit: "ms", better: "lower" },
    { key: "scroll", label: "Frame while scrolling, 95 of 100", unit: "ms", better: "lower" },
    { key: "scrollLongest", label: "Longest frame while scrolling", unit: "ms", better: "lower" },
    { key: "heap", label: "Heap", unit: "MB", better: "lower" },
  ],
  limits: [
    { figure: "openLongest", of: "ours", must: "at-most", value: 100 },
    { figure: "scrollLongest", of: "ours", must: "at-most", value: 100 },
    { figure: "scroll", of: "ours", must: "at-most", value: 20 },
    { figure: "heap", of: "ours", must: "at-most", value: 100 },
  ],
  ours: logContestant("Signalbox's log", measureLog("signalbox")),
  partner: logContestant("xterm.js", measureLog("xterm")),
  difference:
    "xterm.js interprets every control sequence of a terminal and keeps a cell for each column; ours keeps text and colours, wraps, and numbers its lines. Both draw what is in sight only. xterm.js runs with its own drawing by elements, since there is no graphics card here.",
  chart: { kind: "bars", figures: ["open", "search", "scroll", "heap"] },
  finding: ({ ours, ratio }: Results) =>
    `1.3 million lines are open after ${showNumber((ours.median["open"] ?? 0) / 1_000)} s and take ${showNumber(ours.median["heap"] ?? 0)} MB of heap, ${showNumber(ratio["heap"] ?? 0)} times xterm.js`,
  rounds: { count: 3, because: "a round takes in 200 MB twice" },
};

function measureLog(kind: string): MeasurePage {
  return (page, bench) => measureKind(page, kind, sizes(bench));
}

async function measureKind(page: BenchPage, kind: string, { lines, frames }: ReturnType<typeof sizes>): Promise<Record<string, number>> {
  const before = await page.heap();
  const opened = await page.call<{ readonly took: number; readonly frames: Frames }>("open", kind, lines);
  const heap = (await page.heap()) - before;
  const search = await page.call<{ readonly took: number; readonly hits: number } | undefined>("search");
  if (search && search.hits !== Math.ceil(lines / 1_000)) throw new Error(`${kind} found ${search.hits} of ${Math.ceil(lines / 1_000)} hits`);
  const scroll = await page.call<Frames>("scroll", frames);
  return {
    open: opened.took,
    openLongest: opened.frames.longest,
    ...(search ? { search: search.took } : {}),
    scroll: scroll.p95,
    scrollLongest: scroll.longest,
    heap,
  };
}
