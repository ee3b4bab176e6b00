import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Benchmark } from "./benchmark.ts";
import { renderPage, type Entry } from "./page.ts";
import { drawPicture } from "./picture.ts";

/** What is kept of a run: everything that the page and its pictures are made of. */
export interface Report {
  readonly entries: Readonly<Record<string, Entry>>;
}

/** Where a report lives: `benchmarks.md`, and beside it a folder with the pictures and the figures. */
export interface ReportPlace {
  readonly docs: string;
}

const empty: Report = { entries: {} };

/** What earlier runs left; nothing when there was none. */
export async function readReport(place: ReportPlace): Promise<Report> {
  const text = await readFile(resultsPath(place), "utf8").catch(() => undefined);
  return text === undefined ? empty : (JSON.parse(text) as Report);
}

/** Stores the figures, draws the pictures, and writes the page between its markers. Benchmarks that no longer exist are dropped. */
export async function writeReport(place: ReportPlace, benchmarks: readonly Benchmark[], report: Report): Promise<void> {
  const kept = benchmarks.flatMap((benchmark) => {
    const entry = report.entries[benchmark.id];
    return entry ? [{ benchmark, entry }] : [];
  });
  await mkdir(join(place.docs, "benchmarks"), { recursive: true });
  await writeFile(
    resultsPath(place),
    `${JSON.stringify({ entries: Object.fromEntries(kept.map(({ benchmark, entry }) => [benchmark.id, entry])) }, rounded, 2)}\n`,
  );
  for (const { benchmark, entry } of kept) {
    await writeFile(join(place.docs, "benchmarks", `${benchmark.id}.svg`), await drawPicture(benchmark, entry.results, benchmark.finding(entry.results)));
  }
  const path = join(place.docs, "benchmarks.md");
  await writeFile(path, renderPage(await readFile(path, "utf8"), kept));
}

function resultsPath(place: ReportPlace): string {
  return join(place.docs, "benchmarks", "results.json");
}

/** Five significant digits are more than any measurement here is worth. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
