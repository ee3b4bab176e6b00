import { isPutAway, type InboxItem } from "../../../core/contract/inbox.ts";

/** A way to put something away. Without a time it is until the request changes. */
export interface SnoozeChoice {
  readonly name: "soon" | "evening" | "tomorrow" | "change";
  readonly until?: number | undefined;
}

const halfHour = 1_800_000;
/** Hours of the day where the owner is. */
const evening = 19;
const morning = 9;

/** What is offered at a moment: no evening that has begun, or is about to. */
export function snoozeChoices(now: number): readonly SnoozeChoice[] {
  const tonight = new Date(now).setHours(evening, 0, 0, 0);
  const date = new Date(now);
  const tomorrow = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, morning).getTime();
  return [
    { name: "soon", until: now + halfHour },
    ...(tonight - now > halfHour ? [{ name: "evening", until: tonight } as const] : []),
    { name: "tomorrow", until: tomorrow },
    { name: "change" },
  ];
}

/** What needs the owner, and what is put away, the one that comes back first on top. */
export function apart(items: readonly InboxItem[], now: number): { readonly awake: readonly InboxItem[]; readonly asleep: readonly InboxItem[] } {
  const asleep = items.filter((item) => isPutAway(item, now));
  if (asleep.length === 0) return { awake: items, asleep };
  return { awake: items.filter((item) => !isPutAway(item, now)), asleep: [...asleep].sort(byEnd) };
}

function byEnd(a: InboxItem, b: InboxItem): number {
  return (a.snoozedUntil ?? 0) - (b.snoozedUntil ?? 0) || (a.id < b.id ? -1 : 1);
}
