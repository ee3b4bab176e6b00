import type { z } from "zod";
import { inboxCard, inboxItem, type InboxCard, type InboxItem } from "../../../../contract/inbox.ts";
import type { Instant, RepositoryName } from "../../../../domain/kernel/values.ts";
import type { CopyKind, CopyRecord, LocalCopy } from "../../../../ports/local-copy.ts";
import { asJson, readAs, type CopiedAnswers } from "../copied-answer.ts";

interface Listed {
  items: InboxItem[];
  asOf: number;
}

/** Fewer than these are a page of the list, and say nothing of the rest. */
const wholeList = 200;

/** Cards are kept for their own sake and to be found; lists are kept as lists. */
export const inboxAnswers: CopiedAnswers<"inbox"> = {
  list: {
    keep(copy, { closed = false, limit = wholeList }, answer, readAt) {
      if (closed) copy.put(answer.items.map(closedRecord), readAt);
      else if (limit >= wholeList) keepOpen(copy, answer, readAt);
      if (closed) copy.noteReading("inbox closed", readAt);
    },
    kept: (copy, { closed = false, limit = wholeList }) =>
      closed ? listed(copy, "closed-request", "inbox closed", limit) : listed(copy, "request", "inbox", limit),
  },
  watch: {
    keep: (copy, _, answer, readAt) => keepOpen(copy, answer, readAt),
    kept: (copy) => listed(copy, "request", "inbox", wholeList),
  },
  get: {
    keep: (copy, _, card, readAt) => copy.put([cardRecord(card)], readAt),
    kept(copy, { id }) {
      const record = copy.get("request-card", id);
      const [card] = record ? readAs(inboxCard, [record]) : [];
      return card && record && { ...card, asOf: record.readAt };
    },
  },
};

function keepOpen(copy: LocalCopy, { items }: Listed, readAt: Instant): void {
  copy.replace(
    "request",
    undefined,
    items.map((item, index) => ({ ...placeOf(item), kind: "request", rank: -index, content: asJson(item) })),
    readAt,
  );
  copy.noteReading("inbox", readAt);
}

function listed(copy: LocalCopy, kind: CopyKind, reading: string, limit: number): Listed | undefined {
  const asOf = copy.lastReading(reading);
  return asOf === undefined ? undefined : { items: [...readAs(inboxItem, copy.list(kind, { limit }))], asOf };
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
