import { useEffect, useMemo, useRef } from "react";
import type { Lines } from "./line-store.ts";
import { useInSlices } from "./in-slices.ts";
import { noHits, parseQuery, searchOn, type Hits, type LogQuery } from "./search.ts";

export interface LogSearch {
  readonly query: LogQuery;
  readonly hits: Hits;
}

/** The hits of what was typed; they come in while the lines are looked through, and as lines come. `count` is how many lines there are now. */
export function useLogSearch(lines: Lines, typed: string, count: number): LogSearch {
  const query = useMemo(() => parseQuery(typed), [typed]);
  const hits = useMemo(noHits, [query, lines]);
  useInSlices(query.type === "pattern" ? (enough) => searchOn(hits, query.pattern, lines, enough) : undefined, () => hits.lines.length, [
    query,
    hits,
    lines,
    count,
  ]);
  return useMemo(() => ({ query, hits }), [query, hits]);
}

interface Stepping {
  readonly hits: Hits;
  readonly typed: string;
  /** What the hits are of: what was typed a moment ago, when there is much to do. */
  readonly searched: string;
  /** How many lines there are now. */
  readonly count: number;
  readonly step: (by: 1 | -1) => void;
}

/** A step from hit to hit. Who asks for one before a hit is known gets it as soon as one is: of the lines that there were, and of the words that were there. */
export function useStep({ hits, typed, searched, count, step }: Stepping): (by: 1 | -1) => void {
  const asked = useRef<{ readonly by: 1 | -1; readonly of: string; readonly before: number }>(undefined);
  const first = typed === searched ? hits.lines[0] : undefined;
  useEffect(() => {
    if (first === undefined || !asked.current) return;
    const { by, of, before } = asked.current;
    asked.current = undefined;
    if (of === typed && first < before) step(by);
  });
  return (by) => {
    if (first === undefined) asked.current = { by, of: typed, before: count };
    else step(by);
  };
}
