import type { InboxItem } from "../../../core/contract/inbox.ts";

/** Who is next when somebody moves by `by` from the item `from`; the first or the last where there is none yet, or no further. */
export function neighbour(items: readonly Pick<InboxItem, "id">[], from: string | undefined, by: 1 | -1): string | undefined {
  const at = items.findIndex(({ id }) => id === from);
  if (at < 0) return (by === 1 ? items[0] : items.at(-1))?.id;
  return items[Math.min(Math.max(at + by, 0), items.length - 1)]?.id;
}
