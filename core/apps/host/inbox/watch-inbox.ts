import type { InboxItem } from "../../../contract/inbox.ts";
import type { ListMessage } from "../../../contract/live-list.ts";
import type { Instant, PersonId, RequestId } from "../../../domain/kernel/values.ts";
import type { ListedRequest } from "../../../ports/decision-requests.ts";
import type { Transaction } from "../../../ports/store.ts";
import { changes } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { flowNews, subjectsOf } from "../flow-news.ts";
import { inboxItem, withSnooze } from "../views/inbox-view.ts";

/** For whom it is read, and when: what one person has put away, another has not. */
export interface Reading {
  readonly owner: PersonId;
  readonly now: Instant;
}

/**
 * What waits, and then what became of those requests that something happened to. Nothing is read of all others, however many wait. That the time of a snooze has come is no event, so a reader's stream
 * remembers the ends that it has told, and looks at those requests again when the first of them comes.
 */
export async function* watchInbox({ store, clock, owner }: HostDependencies, signal: AbortSignal | undefined): AsyncGenerator<ListMessage<InboxItem>> {
  const asleep = new Map<string, Instant>();
  let since: number | undefined;
  for await (const _ of changes(store, clock, signal, () => earliest(asleep))) {
    const reading = { owner: owner as PersonId, now: clock.now() };
    const { sequence, found } = await store.transaction((tx) => newsOfWaiting(tx, reading, { since, woken: over(asleep, reading.now) }));
    since = sequence;
    if (!found) continue;
    remember(asleep, found);
    yield { ...found, asOf: clock.now() };
  }
}

/** Rows as the owner's list shows them: with what that person has put away, and has put there. */
export async function waitingItems(tx: Transaction, requests: readonly ListedRequest[], { owner, now }: Reading): Promise<InboxItem[]> {
  const snoozes = await tx.snoozes.of(
    owner,
    now,
    requests.map(({ id }) => id),
  );
  return requests.map((request) => ({ ...withSnooze(inboxItem(request), snoozes, now), ...(request.editedBy === owner ? { ownEdit: true } : {}) }));
}

type Found = { readonly type: "snapshot"; readonly rows: InboxItem[] } | { readonly type: "changes"; readonly set: InboxItem[]; readonly removed: string[] };

interface Told {
  readonly since: number | undefined;
  /** Told as put away until a time that has come. */
  readonly woken: readonly string[];
}

async function newsOfWaiting(tx: Transaction, reading: Reading, { since, woken }: Told): Promise<{ readonly sequence: number; readonly found?: Found }> {
  const { sequence, events } = await flowNews(tx, since);
  if (events === undefined) return { sequence, found: { type: "snapshot", rows: await waitingItems(tx, await tx.requests.waiting(), reading) } };
  const ids = [...new Set([...subjectsOf("request", events), ...woken])].map((id) => id as RequestId);
  if (ids.length === 0) return { sequence };
  const set = await waitingItems(tx, await tx.requests.waiting({ ids }), reading);
  const waits = new Set(set.map(({ id }) => id));
  return { sequence, found: { type: "changes", set, removed: ids.filter((id) => !waits.has(id)) } };
}

function remember(asleep: Map<string, Instant>, found: Found): void {
  if (found.type === "snapshot") asleep.clear();
  else for (const id of found.removed) asleep.delete(id);
  for (const { id, snoozedUntil } of found.type === "snapshot" ? found.rows : found.set) {
    if (snoozedUntil === undefined) asleep.delete(id);
    else asleep.set(id, snoozedUntil as Instant);
  }
}

function earliest(asleep: ReadonlyMap<string, Instant>): Instant | undefined {
  let first: Instant | undefined;
  for (const end of asleep.values()) if (first === undefined || end < first) first = end;
  return first;
}

function over(asleep: ReadonlyMap<string, Instant>, now: Instant): readonly string[] {
  return [...asleep].flatMap(([id, end]) => (end <= now ? [id] : []));
}
