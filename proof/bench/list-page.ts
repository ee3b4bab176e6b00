import type { Benchmark, Bench, Contestant, Figure, Limit, Results } from "./benchmark.ts";
import { pageContestant, type BenchPage } from "./bench-pages.ts";
import { quantile } from "./results.ts";
import { showNumber } from "./words.ts";

/** A long list of the window. */
export interface MeasuredList {
  readonly kind: "inbox" | "board" | "transcript";
  readonly amount: number;
  /** Of rows, when it is only to be seen that it works. */
  readonly quick: number;
}

interface Frames {
  readonly p95: number;
  readonly longest: number;
}

const steps = (bench: Bench): { readonly frames: number; readonly changes: number } =>
  bench.quick ? { frames: 30, changes: 5 } : { frames: 600, changes: 200 };

function listContestant(name: string, prefix: "signalbox" | "virtuoso", list: MeasuredList): Contestant {
  return pageContestant(name, { path: "/window.html", offers: "windowBench", viewport: { width: 1_280, height: 800 } }, (page, bench) =>
    measureList(page, bench, `${prefix} ${list.kind}`, bench.quick ? list.quick : list.amount),
  );
}

async function measureList(page: BenchPage, bench: Bench, kind: string, amount: number): Promise<Record<string, number>> {
  const { frames, changes } = steps(bench);
  await page.call("open", kind, amount);
  const before = await page.heap();
  const filled = await page.call<{ readonly took: number; readonly frames: Frames }>("fill");
  const heap = (await page.heap()) - before;
  const took = await page.call<readonly number[]>("change", changes);
  const scroll = await page.call<Frames>("scroll", frames);
  const filter = await page.call<number | null>("filter");
  return {
    open: filled.took,
    openLongest: filled.frames.longest,
    change: quantile(took, 0.5),
    changeLast: quantile(took, 0.99),
    scroll: scroll.p95,
    scrollLongest: scroll.longest,
    ...(typeof filter === "number" ? { filter } : {}),
    heap,
  };
}

const figures: readonly Figure[] = [
  { key: "open", label: "From the first message to all of it on the screen", unit: "ms", better: "lower" },
  { key: "openLongest", label: "Longest frame meanwhile", unit: "ms", better: "lower" },
  { key: "change", label: "A change, until it is painted, median", unit: "ms", better: "lower" },
  { key: "changeLast", label: "A change, until it is painted, 99 of 100", unit: "ms", better: "lower" },
  { key: "scroll", label: "Frame while scrolling, 95 of 100", unit: "ms", better: "lower" },
  { key: "scrollLongest", label: "Longest frame while scrolling", unit: "ms", better: "lower" },
  { key: "filter", label: "Only what was looked for is left", unit: "ms", better: "lower" },
  { key: "heap", label: "Heap", unit: "MB", better: "lower" },
];

const limits: readonly Limit[] = [
  { figure: "openLongest", of: "ours", must: "at-most", value: 100 },
  { figure: "change", of: "ours", must: "at-most", value: 50 },
  { figure: "changeLast", of: "ours", must: "at-most", value: 250 },
  { figure: "scroll", of: "ours", must: "at-most", value: 20 },
  { figure: "scrollLongest", of: "ours", must: "at-most", value: 100 },
];

/** A long list in the whole window beside a bare list of components with the same rows. */
export function listBenchmark(list: MeasuredList, texts: Pick<Benchmark, "id" | "title" | "method" | "why"> & { readonly what: string }): Benchmark {
  const { what, ...rest } = texts;
  return {
    ...rest,
    figures: list.kind === "transcript" ? figures.filter(({ key }) => key !== "filter") : figures,
    limits,
    ours: listContestant("Signalbox's window", "signalbox", list),
    partner: listContestant("react-virtuoso", "virtuoso", list),
    difference:
      "Ours is the whole window with its rail, keys and palette, every row with its icon, age and marks, and foreign text made visible; messages are read from the text that a socket brings. react-virtuoso draws the bare text of the same rows, which it is given as they are: it reads no message, keeps no order, and looks for nothing.",
    chart: { kind: "bars", figures: ["open", "change", "scroll", "heap"] },
    finding: ({ ours, ratio }: Results) =>
      `${what} stand after ${showNumber(ours.median["open"] ?? 0)} ms, a change is painted after ${showNumber(ours.median["change"] ?? 0)} ms, ${showNumber(ratio["change"] ?? 0)} times a bare list's`,
    rounds: { count: 3, because: "a round scrolls for many seconds" },
  };
}
