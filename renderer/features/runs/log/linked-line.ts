import { firstWhere, type Lines } from "./line-store.ts";

/** How it stands with a line that somebody wants to see. `place` is where one has to look among the lines that are shown. */
export type LinkedLine =
  /** The log has not got that far. */
  | { readonly phase: "awaited" }
  /** The log is complete, and has fewer lines. */
  | { readonly phase: "missing" }
  /** The filter has not got that far. */
  | { readonly phase: "sought" }
  | { readonly phase: "shown"; readonly place: number }
  /** The filter leaves it out; the place is that of the next line, or of the last one, if any is left. */
  | { readonly phase: "hidden"; readonly place: number | undefined };

interface LogNow {
  /** Lines of the whole log, and how many of them the filter has looked at. */
  readonly count: number;
  readonly scanned: number;
  readonly shown: Lines;
  /** Whether nothing more comes. */
  readonly isComplete: boolean;
}

/** @param number the line's number in the whole log, from 1 */
export function findLine(number: number, { count, scanned, shown, isComplete }: LogNow): LinkedLine {
  if (number > count) return { phase: isComplete ? "missing" : "awaited" };
  const place = lineOf(shown, number);
  const found = shown.count === 0 ? 0 : shown.number(place);
  if (found === number) return { phase: "shown", place };
  if (found < number && scanned < count) return { phase: "sought" };
  return { phase: "hidden", place: shown.count === 0 ? undefined : place };
}

/** The shown line that has a number, or the next that is shown, or the last. */
export function lineOf(shown: Lines, number: number): number {
  return Math.min(
    firstWhere(shown.count, (line) => shown.number(line) >= number),
    Math.max(0, shown.count - 1),
  );
}
