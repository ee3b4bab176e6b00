import { useCallback, useMemo } from "react";
import { boardCardKey } from "../../../core/contract/board.ts";
import type { RunRow } from "../../../core/contract/runs.ts";
import { useBoard, useRuns } from "../../host-client/live-list.ts";

/** So many runs are listed from the beginning, the newest. */
const listed = { limit: 500 } as const;

interface RunListing {
  /** Undefined until anything was read. */
  readonly runs: readonly RunRow[] | undefined;
  readonly titleOf: (run: Pick<RunRow, "repository" | "issue">) => string | undefined;
  /** Why nothing could be read so far. */
  readonly error: unknown;
}

/** The newest runs and all that are active, as they change. */
export function useRunList(): RunListing {
  const live = useRuns(listed);
  return { runs: live.data?.rows, titleOf: useIssueTitles(), error: live.data ? undefined : live.failureReason };
}

/** Titles of open issues; a run is readable without. */
export function useIssueTitles(): RunListing["titleOf"] {
  const { data } = useBoard();
  const titles = useMemo(() => new Map(data?.rows.map((card) => [boardCardKey(card), card.title])), [data]);
  return useCallback((run) => titles.get(boardCardKey(run)), [titles]);
}
