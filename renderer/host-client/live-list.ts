import { useQuery, type QueryFunctionContext, type UseQueryResult } from "@tanstack/react-query";
import { boardOrder, type BoardCard } from "../../core/contract/board.ts";
import { inboxOrder, type InboxItem } from "../../core/contract/inbox.ts";
import { afterMessage, type ListKind, type ListMessage } from "../../core/contract/live-list.ts";
import { runOrder, type RunRow, type RunSelection } from "../../core/contract/runs.ts";
import { useHostClient, useHostQueries } from "./host-context.tsx";

/** A list of the host as it is now, in its order. */
export interface LiveList<Row> {
  readonly rows: readonly Row[];
  /** When the host last said something of it. */
  readonly asOf: number;
  /** When it last said all of it: another time after the host was away. */
  readonly begun: number;
  /** How many have left it since it was first read. */
  readonly left: number;
}

/** The list after one more message; `before` is undefined until there was one. */
export function nextList<Row>(before: LiveList<Row> | undefined, message: ListMessage<Row>, kind: ListKind<Row>): LiveList<Row> {
  const rows = afterMessage(before?.rows ?? [], message, kind);
  const isWhole = message.type === "snapshot" || before === undefined;
  return { rows, asOf: message.asOf, begun: isWhole ? message.asOf : before.begun, left: (before?.left ?? 0) + (isWhole ? 0 : message.removed.length) };
}

type Open<Row> = (signal: AbortSignal) => Promise<AsyncIterable<ListMessage<Row>>>;

/** Follows a list until the host is away: what was read stays, and the next time begins with all of it again. */
async function follow<Row>({ client, queryKey, signal }: QueryFunctionContext, open: Open<Row>, kind: ListKind<Row>): Promise<LiveList<Row>> {
  let list: LiveList<Row> | undefined;
  for await (const message of await open(signal)) {
    signal.throwIfAborted();
    list = nextList(list, message, kind);
    client.setQueryData(queryKey, list);
  }
  if (!list) throw new Error("the host said nothing of a list");
  return list;
}

/** Everything that waits for the owner, most urgent first. */
export function useInbox(): UseQueryResult<LiveList<InboxItem>> {
  const client = useHostClient();
  return useQuery({
    queryKey: useHostQueries().inbox.watch.experimental_liveKey(),
    queryFn: (context) => follow(context, (signal) => client.inbox.watch(undefined, { signal }), inboxOrder),
    // What is the same is the same object already; thousands of rows need not be compared again.
    structuralSharing: false,
  });
}

/** The cards of every open issue. */
export function useBoard(options: { readonly enabled?: boolean | undefined } = {}): UseQueryResult<LiveList<BoardCard>> {
  const client = useHostClient();
  return useQuery({
    queryKey: useHostQueries().board.watch.experimental_liveKey({ input: {} }),
    queryFn: (context) => follow(context, (signal) => client.board.watch({}, { signal }), boardOrder),
    structuralSharing: false,
    enabled: options.enabled ?? true,
  });
}

/** Runs, newest first: those that fit, all that are active of them and at least the newest of the others; none while nothing is asked for. */
export function useRuns(selection: RunSelection | undefined): UseQueryResult<LiveList<RunRow>> {
  const client = useHostClient();
  const input = selection ?? {};
  return useQuery({
    queryKey: useHostQueries().runs.watchList.experimental_liveKey({ input }),
    queryFn: (context) => follow(context, (signal) => client.runs.watchList(input, { signal }), runOrder),
    structuralSharing: false,
    enabled: selection !== undefined,
  });
}
