import { useEffect, useMemo, useReducer } from "react";
import type { LineStore } from "./line-store.ts";
import { noHits, parseQuery, searchOn, type Hits, type LogQuery } from "./search.ts";

/** A search takes this long at a time, in milliseconds, so that typing and scrolling never wait for it. */
const slice = 8;

export interface LogSearch {
  readonly query: LogQuery;
  readonly hits: Hits;
}

/** The hits of what was typed; they come in while the lines are looked through, and as lines come. `count` is how many lines there are now. */
export function useLogSearch(lines: LineStore, typed: string, count: number): LogSearch {
  const query = useMemo(() => parseQuery(typed), [typed]);
  const hits = useMemo(noHits, [query, lines]);
  const [, found] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    if (query.type !== "pattern") return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const go = (): void => {
      const end = performance.now() + slice;
      const before = hits.lines.length;
      const complete = searchOn(hits, query.pattern, lines, () => performance.now() > end);
      if (hits.lines.length !== before) found();
      if (!complete) timer = setTimeout(go);
    };
    go();
    return () => clearTimeout(timer);
  }, [query, hits, lines, count]);
  return { query, hits };
}
