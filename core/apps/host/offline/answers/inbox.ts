import type { z } from "zod";
import { inboxCard, inboxItem, inboxOrder, isPutAway, mentions, wordsOf, type InboxCard, type InboxItem } from "../../../../contract/inbox.ts";
import type { ListMessage } from "../../../../contract/live-list.ts";
import type { Instant, RepositoryName } from "../../../../domain/kernel/values.ts";
import type { CopyKind, CopyRecord, LocalCopy } from "../../../../ports/local-copy.ts";
import { asJson, readAs, type CopiedAnswers } from "../copied-answer.ts";

/** What a page has where nothing else was asked for. */
const defaultLimit = 200;

/** Cards are kept for their own sake and to be found; lists are kept as lists. */
export const inboxAnswers: CopiedAnswers<"inbox"> = {
  list: {
    keep(copy, { closed = false }, { items, total }, readAt) {
      // A page of what waits says nothing of the rest.
      if (!closed && total === items.length) keepMessage(copy, {}, { type: "snapshot", rows: items, asOf: readAt }, readAt);
      if (!closed) return;
      copy.put(items.map(closedRecord), readAt);
      copy.noteReading("inbox closed", readAt);
    },
    kept: (copy, { closed = false, repository, issue, text, after, limit = defaultLimit }, now) => {
      const all = closed ? listed(copy, "closed-request", "inbox closed", now) : listed(copy, "request", "inbox", now);
      if (!all) return undefined;
      const words = wordsOf(text);
      const found = all.items.filter(
        (item) =>
          (repository === undefined || item.repository === repository) &&
          (issue === undefined || item.issue === issue) &&
          (after === undefined || byAge(item, after) > 0) &&
          mentions(item, words),
      );
      const items = found.toSorted(closed ? byAge : inboxOrder.order).slice(0, limit);
      const last = closed && found.length > limit ? items.at(-1) : undefined;
      return {
        items,
        asOf: all.asOf,
        ...(closed ? {} : { total: all.items.length }),
        ...(last ? { next: { createdAt: last.createdAt, id: last.id } } : {}),
      };
    },
  },
  watch: {
    keep: keepMessage,
    kept(copy, _, now) {
      const all = listed(copy, "request", "inbox", now);
      return all && { type: "snapshot", rows: all.items, asOf: all.asOf };
    },
  },
  get: {
    keep: (copy, _, card, readAt) => copy.put([cardRecord(card)], readAt),
    kept(copy, { id }, now) {
      const record = copy.get("request-card", id);
      const [card] = record ? readAs(inboxCard, [record]) : [];
      if (!card || !record) return undefined;
      // A card is kept once, and put away and taken out again by its row in the list.
      const row = copy.get("request", id);
      const [{ snoozedUntil } = card] = row ? readAs(inboxItem, [row]) : [];
      return { ...asOfNow({ ...card, snoozedUntil }, now), asOf: record.readAt };
    },
  },
};

function keepMessage(copy: LocalCopy, _: unknown, message: ListMessage<InboxItem>, readAt: Instant): void {
  if (message.type === "snapshot") copy.replace("request", undefined, message.rows.map(openRecord), readAt);
  else {
    copy.put(message.set.map(openRecord), readAt);
    copy.remove("request", message.removed);
  }
  copy.noteReading("inbox", readAt);
}

function listed(copy: LocalCopy, kind: CopyKind, reading: string, now: number): { readonly items: InboxItem[]; readonly asOf: number } | undefined {
  const asOf = copy.lastReading(reading);
  return asOf === undefined ? undefined : { items: readAs(inboxItem, copy.list(kind)).map((item) => asOfNow(item, now)), asOf };
}

/** Nothing is put away until a time that has come, also where nobody could say so. */
function asOfNow<Item extends InboxItem>(item: Item, now: number): Item {
  if (isPutAway(item, now)) return item;
  const { snoozedUntil: _, ...awake } = item;
  return awake as Item;
}

interface Aged {
  readonly createdAt: number;
  readonly id: string;
}

/** Newest first. */
function byAge(a: Aged, b: Aged): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : -Number(a.id > b.id));
}

function openRecord(item: InboxItem): CopyRecord {
  return { ...placeOf(item), kind: "request", rank: item.createdAt, content: asJson(item) };
}

function closedRecord(item: InboxItem): CopyRecord {
  return { ...placeOf(item), kind: "closed-request", rank: item.createdAt, closedAt: endOf(item), content: asJson(item) };
}

function cardRecord(card: InboxCard): CopyRecord {
  const isOpen = card.phase === "requested";
  const decided = card.decision ? [{ title: "", text: [verdictText(card.decision.verdict), card.decision.by].join(" ") }] : [];
  const sections = [{ title: "", text: [card.summary, card.rationale ?? "", JSON.stringify(card.effect), card.failure ?? ""].join("\n") }, ...decided];
  return {
    ...placeOf(card),
    kind: "request-card",
    rank: card.createdAt,
    ...(isOpen ? {} : { closedAt: endOf(card) }),
    content: asJson(card),
    found: { title: card.summary, sections },
  };
}

function verdictText(
  verdict: z.infer<typeof inboxCard>["decision"] extends infer Decision ? (NonNullable<Decision> extends { verdict: infer V } ? V : never) : never,
): string {
  return Object.values(verdict)
    .flatMap((value) => (typeof value === "string" ? [value] : []))
    .join(" ");
}

function endOf(item: InboxItem): Instant {
  return (item.decision?.at ?? item.createdAt) as Instant;
}

function placeOf(item: InboxItem): { readonly key: string; readonly repository: RepositoryName; readonly issue: number } {
  return { key: item.id, repository: item.repository as RepositoryName, issue: item.issue };
}
