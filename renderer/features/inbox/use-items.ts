import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { mentions, wordsOf, type InboxItem } from "../../../core/contract/inbox.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useInbox } from "../../host-client/live-list.ts";
import { useProjectChoice } from "../../host-client/project-choice.ts";
import { useNow } from "../../ui/age.tsx";
import { apart } from "./snooze.ts";

/** What waits for the owner, or what was decided. */
export type Shown = "waiting" | "decided";

interface Items {
  /** Those that have every word of the filter; undefined until anything was read. */
  readonly items: readonly InboxItem[] | undefined;
  /** Of what waits, those that are put away and have every word of the filter. */
  readonly asleep: readonly InboxItem[];
  /** All of the project that wait and are not put away, whatever is shown. */
  readonly waiting: readonly InboxItem[] | undefined;
  /** How many wait in other projects. */
  readonly elsewhere: number;
  readonly isLoading: boolean;
  /** Reads on, where there is more. */
  readonly more: (() => void) | undefined;
}

const nothing: readonly InboxItem[] = [];
/** So many of what was decided are read at once. */
const page = 200;

/** The list that is shown. What waits is all here and is looked through here; what was decided comes by the page, and is looked through by the host. */
export function useItems(shown: Shown, text: string): Items {
  const inbox = useInbox();
  const { project } = useProjectChoice();
  const rows = inbox.data?.rows;
  const now = useNow();
  const everywhere = useMemo(() => (rows ? apart(rows, now) : undefined), [rows, now]);
  const all = useMemo(() => {
    const ofProject = (items: readonly InboxItem[]): readonly InboxItem[] =>
      project === undefined ? items : items.filter(({ repository }) => repository === project);
    return everywhere && { awake: ofProject(everywhere.awake), asleep: ofProject(everywhere.asleep) };
  }, [everywhere, project]);
  const found = useMemo(() => {
    const words = wordsOf(text);
    const looked = (items: readonly InboxItem[]): readonly InboxItem[] => (words.length === 0 ? items : items.filter((item) => mentions(item, words)));
    return all && { items: looked(all.awake), asleep: looked(all.asleep) };
  }, [all, text]);
  const decided = useDecided(shown === "decided", { text, project }, inbox.data?.left);
  const { items, asleep = nothing } = found ?? {};
  return {
    ...(shown === "waiting" ? { items, asleep, isLoading: inbox.isLoading, more: undefined } : { ...decided, asleep: nothing }),
    waiting: all?.awake,
    elsewhere: (everywhere?.awake.length ?? 0) - (all?.awake.length ?? 0),
  };
}

interface Wanted {
  readonly text: string;
  readonly project: string | undefined;
}

/** @param left how many have left the list of what waits: when that rises, something was decided or carried out. */
function useDecided(isShown: boolean, { text, project }: Wanted, left: number | undefined): Pick<Items, "items" | "isLoading" | "more"> {
  const queries = useHostQueries();
  const decided = useInfiniteQuery({
    ...queries.inbox.list.infiniteOptions({
      input: (after: { readonly createdAt: number; readonly id: string } | undefined) => ({
        closed: true,
        limit: page,
        ...(text.trim() === "" ? {} : { text }),
        ...(project === undefined ? {} : { repository: project }),
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
