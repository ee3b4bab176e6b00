import { useMemo } from "react";
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
