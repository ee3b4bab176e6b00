import { keepPreviousData, skipToken, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { FlowEventRow } from "../../../core/contract/audit.ts";
import type { EventFilter } from "../../../core/domain/audit/event-filter.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { trailEvents } from "./trail-rows.ts";

const pageSize = 200;

export interface Trail {
  /** Newest first; undefined as long as nothing was read. */
  readonly events: readonly FlowEventRow[] | undefined;
  /** Number of the newest event of all. */
  readonly head: number;
  /** Everything before this is still to be looked at; undefined when there is nothing before. */
  readonly reached: number | undefined;
  readonly more: () => void;
  readonly failure: unknown;
}

/** The trail backwards, page by page, and what is added to it from now on. What was written never changes, so nothing is read twice. */
export function useTrail(filter: EventFilter): Trail {
  const queries = useHostQueries();
  const pages = useInfiniteQuery(
    queries.audit.page.infiniteOptions({
      input: (before: number | undefined) => ({ ...filter, limit: pageSize, ...(before === undefined ? {} : { before }) }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next,
      placeholderData: keepPreviousData,
      staleTime: Infinity,
    }),
  );
  const start = pages.data?.pages[0]?.head;
  const live = useQuery(
    queries.audit.follow.experimental_streamedOptions({
      input: start === undefined ? skipToken : { after: start },
      queryFnOptions: { refetchMode: "append" },
      gcTime: 0,
    }),
  );
  const events = useMemo(
    () =>
      pages.data &&
      trailEvents(
        pages.data.pages.flatMap((page) => page.events),
        live.data?.flat() ?? [],
        filter,
      ),
    [pages.data, live.data, filter],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  return {
    events,
    head: Math.max(start ?? 0, live.data?.at(-1)?.at(-1)?.sequence ?? 0),
    reached: pages.data?.pages.at(-1)?.next,
    more: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    failure: pages.failureReason ?? live.failureReason,
  };
}

/** One event by its number: of those that are at hand, or else asked for. Undefined as long as it is not known. */
export function useEvent(sequence: number | undefined, events: readonly FlowEventRow[]): FlowEventRow | undefined {
  const queries = useHostQueries();
  const atHand = events.find((event) => event.sequence === sequence);
  const asked = useQuery({
    ...queries.audit.events.queryOptions({ input: sequence === undefined || atHand ? skipToken : { after: sequence - 1, limit: 1 } }),
    staleTime: Infinity,
  });
  return atHand ?? asked.data?.find((event) => event.sequence === sequence);
}
