import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { mentions, wordsOf, type InboxItem } from "../../../core/contract/inbox.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useInbox } from "../../host-client/live-list.ts";

/** What waits for the owner, or what was decided. */
export type Shown = "waiting" | "decided";

interface Items {
  /** Those that have every word of the filter; undefined until anything was read. */
  readonly items: readonly InboxItem[] | undefined;
  /** All that wait, whatever is shown. */
  readonly waiting: readonly InboxItem[] | undefined;
  readonly isLoading: boolean;
  /** Reads on, where there is more. */
  readonly more: (() => void) | undefined;
}

/** So many of what was decided are read at once. */
const page = 200;

/** The list that is shown. What waits is all here and is looked through here; what was decided comes by the page, and is looked through by the host. */
export function useItems(shown: Shown, text: string): Items {
  const inbox = useInbox();
  const rows = inbox.data?.rows;
  const found = useMemo(() => {
    const words = wordsOf(text);
    return words.length === 0 ? rows : rows?.filter((item) => mentions(item, words));
  }, [rows, text]);
  const decided = useDecided(shown === "decided", text, inbox.data?.left);
  return { ...(shown === "waiting" ? { items: found, isLoading: inbox.isLoading, more: undefined } : decided), waiting: rows };
}

/** @param left how many have left the list of what waits: when that rises, something was decided or carried out. */
function useDecided(isShown: boolean, text: string, left: number | undefined): Omit<Items, "waiting"> {
  const queries = useHostQueries();
  const decided = useInfiniteQuery({
    ...queries.inbox.list.infiniteOptions({
      input: (after: { readonly createdAt: number; readonly id: string } | undefined) => ({
        closed: true,
        limit: page,
        ...(text.trim() === "" ? {} : { text }),
        ...(after ? { after } : {}),
      }),
      initialPageParam: undefined,
      getNextPageParam: ({ next }) => next,
    }),
    enabled: isShown,
    placeholderData: (before) => before,
  });
  const { refetch, fetchNextPage } = decided;
  const before = useRef(left);
  useEffect(() => {
    if (!isShown || before.current === left) return;
    before.current = left;
    void refetch();
  }, [isShown, left, refetch]);
  const items = useMemo(() => decided.data?.pages.flatMap((each) => each.items), [decided.data]);
  const more = decided.hasNextPage && !decided.isFetching ? () => void fetchNextPage() : undefined;
  return { items, isLoading: decided.isLoading, more };
}
