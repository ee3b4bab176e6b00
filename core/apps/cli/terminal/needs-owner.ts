import type { InboxItem } from "../../../contract/inbox.ts";

/** Whether the owner is to be asked now: not what was put off here, nor what was snoozed anywhere. */
export function needsOwner({ putOff }: { readonly putOff: ReadonlySet<string> }, { id, snoozedUntil }: InboxItem): boolean {
  return snoozedUntil === undefined && !putOff.has(id);
}

/** Whether the owner is called away for it from what the screen follows: not for an edit of their own, which is asked for when that has come to rest. */
export function callsOwner(putOff: Parameters<typeof needsOwner>[0], item: InboxItem): boolean {
  return item.ownEdit !== true && needsOwner(putOff, item);
}
