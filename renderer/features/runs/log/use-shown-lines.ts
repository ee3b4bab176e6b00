import { useMemo } from "react";
import { deriveLines, deriving } from "./derived-lines.ts";
import { useInSlices } from "./in-slices.ts";
import type { Lines } from "./line-store.ts";
import { parseQuery, type LogQuery } from "./search.ts";

/** What is to be seen of a log. */
export interface LogFilter {
  readonly only: string;
  readonly without: string;
  /** Whether JSON is laid out. */
  readonly json: boolean;
}

export const everything: LogFilter = { only: "", without: "", json: false };

export interface ShownLines {
  readonly shown: Lines;
  readonly only: LogQuery;
  readonly without: LogQuery;
}

/** The lines that a filter leaves; all of them, as they are, where it leaves all. `count` is how many lines there are now. */
export function useShownLines(lines: Lines, filter: LogFilter, count: number): ShownLines {
  const only = useMemo(() => parseQuery(filter.only), [filter.only]);
  const without = useMemo(() => parseQuery(filter.without), [filter.without]);
  const derived = useMemo(() => {
    const derive = deriving(only, without, filter.json);
    return derive && deriveLines(lines, derive);
  }, [lines, only, without, filter.json]);
  useInSlices(derived?.grow, () => derived?.count ?? 0, [derived, count]);
  return { shown: derived ?? lines, only, without };
}
