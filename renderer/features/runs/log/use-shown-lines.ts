import { useMemo } from "react";
import { deriveLines, deriving } from "./derived-lines.ts";
import { useInSlices } from "./in-slices.ts";
import { createLineLevels, isLeft, type LevelChoice } from "./line-levels.ts";
import type { Lines } from "./line-store.ts";
import { parseQuery, type LogQuery } from "./search.ts";
import { isWithin, parseTime, rangeOf, type TimeRange, type TypedTime } from "./time-range.ts";

/** What is to be seen of a log. */
export interface LogFilter {
  readonly only: string;
  readonly without: string;
  readonly level: LevelChoice;
  /** Times of day as they were typed. */
  readonly from: string;
  readonly until: string;
  /** Whether JSON is laid out. */
  readonly json: boolean;
}

export const everything: LogFilter = { only: "", without: "", level: "all", from: "", until: "", json: false };

/** A filter as it was understood. */
export interface ReadFilter {
  readonly only: LogQuery;
  readonly without: LogQuery;
  readonly from: TypedTime;
  readonly until: TypedTime;
}

export interface ShownLines {
  readonly shown: Lines;
  /** How many lines of the log were looked at: what is shown of the others is not known yet. */
  readonly scanned: number;
  readonly range: TimeRange | undefined;
  readonly read: ReadFilter;
}

/** The lines that a filter leaves; all of them, as they are, where it leaves all. `count` is how many lines there are now. */
export function useShownLines(lines: Lines, filter: LogFilter, count: number): ShownLines {
  const { level, json } = filter;
  const read = useReadFilter(filter);
  const { only, without } = read;
  const range = useRange(lines, read, count);
  const levels = useMemo(() => createLineLevels(lines), [lines]);
  const derived = useMemo(() => {
    // The level is asked for first: it has to be asked of every line.
    const kept = (line: number): boolean =>
      (level === "all" || isLeft(levels.at(line), level)) && (range === undefined || isWithin(range, lines.source(line).at));
    const derive = deriving(lines, { only, without, json, kept: level === "all" && !range ? undefined : kept });
    return derive && deriveLines(lines, derive);
  }, [lines, levels, only, without, level, range, json]);
  // To have come to the end is news as well.
  useInSlices(derived?.grow, () => (derived ? derived.count + Number(derived.scanned === lines.count) : 0), [derived, count]);
  return { shown: derived ?? lines, scanned: derived?.scanned ?? count, range, read };
}

/** Each part stays the same for as long as what was typed for it does. */
function useReadFilter({ only, without, from, until }: LogFilter): ReadFilter {
  return {
    only: useMemo(() => parseQuery(only), [only]),
    without: useMemo(() => parseQuery(without), [without]),
    from: useMemo(() => parseTime(from), [from]),
    until: useMemo(() => parseTime(until), [until]),
  };
}

/** The same range for as long as nothing of it is another, however many lines come. */
function useRange(lines: Lines, { from, until }: ReadFilter, count: number): TimeRange | undefined {
  const range = count === 0 ? undefined : rangeOf(from, until, lines.source(0).at, lines.source(count - 1).at);
  return useMemo(() => range, [range?.from, range?.until]);
}
