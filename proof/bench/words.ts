import type { Figure, Limit } from "./benchmark.ts";
import type { Judged } from "./results.ts";

/** Three significant digits, thousands with commas: 2,412; 48.3; 0.0912. */
export function showNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return Math.round(value).toLocaleString("en-GB");
  return value.toLocaleString("en-GB", { maximumSignificantDigits: 3 });
}

/** With its unit: 2,412/s; 48.3 ms; 71 %; 12.5 MB. */
export function showValue(value: number, figure: Pick<Figure, "unit">): string {
  if (figure.unit === "") return showNumber(value);
  return figure.unit.startsWith("/") ? `${showNumber(value)}${figure.unit}` : `${showNumber(value)} ${figure.unit}`;
}

/** What is asked: "at least 2,000/s", "at most 50 ms", "at least 2 × probot". */
export function showLimit(limit: Limit, figure: Pick<Figure, "unit">, partner: string): string {
  const bound = limit.must === "at-least" ? "at least" : "at most";
  return limit.of === "ours" ? `${bound} ${showValue(limit.value, figure)}` : `${bound} ${showNumber(limit.value)} × ${partner}`;
}

/** What became of a limit: "met", "missed by 12 %", "not measured". */
export function showVerdict(judged: Judged): string {
  if (judged.met) return "met";
  return judged.actual === undefined ? "not measured" : `missed by ${showNumber(judged.missedBy * 100)} %`;
}
