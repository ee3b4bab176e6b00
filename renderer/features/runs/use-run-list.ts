import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { boardCardKey } from "../../../core/contract/board.ts";
import type { RunRow } from "../../../core/contract/runs.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useBoard } from "../../host-client/live-list.ts";
import { merged } from "./run-filters.ts";

/** So many runs are listed, the newest. */
const mostRuns = 500;

interface RunListing {
  /** Undefined until anything was read. */
  readonly runs: readonly RunRow[] | undefined;
  readonly titleOf: (run: Pick<RunRow, "repository" | "issue">) => string | undefined;
  /** Why nothing could be read so far. */
  readonly error: unknown;
}

/** All runs. Those that are active are told as they change; the list of all is read again when one of them starts or ends. */
export function useRunList(): RunListing {
  const queries = useHostQueries();
  const all = useQuery(queries.runs.list.queryOptions({ input: { limit: mostRuns } }));
  const live = useQuery(queries.runs.watchList.experimental_liveOptions({ input: { active: true, limit: mostRuns } }));
  const { refetch } = all;
  const ids = live.data?.runs.map((run) => run.id).join(" ");
  const before = useRef(ids);
  useEffect(() => {
    if (before.current !== undefined && before.current !== ids) void refetch();
    before.current = ids;
  }, [ids, refetch]);
  const runs = useMemo(() => (all.data || live.data ? merged(all.data?.runs ?? [], live.data?.runs ?? []) : undefined), [all.data, live.data]);
  return { runs, titleOf: useIssueTitles(), error: runs ? undefined : (all.failureReason ?? live.failureReason) };
}

/** Titles of open issues; a run is readable without. */
export function useIssueTitles(): RunListing["titleOf"] {
  const { data } = useBoard();
  const titles = useMemo(() => new Map(data?.rows.map((card) => [boardCardKey(card), card.title])), [data]);
  return useCallback((run) => titles.get(boardCardKey(run)), [titles]);
}
