import type { Contestant } from "./benchmark.ts";
import { pageContestant, type MeasurePage } from "./bench-pages.ts";

/** Something that shows a log, in the page that measures logs. */
export function logContestant(name: string, measure: MeasurePage): Contestant {
  return pageContestant(name, { path: "/", offers: "logBench", viewport: { width: 900, height: 700 } }, measure);
}
