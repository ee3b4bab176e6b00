import type { InboxItem } from "../../../contract/inbox.ts";

/** Whether the owner is to be asked now: not what was put off here, nor what was snoozed anywhere. */
export function needsOwner({ putOff }: { readonly putOff: ReadonlySet<string> }, { id, snoozedUntil }: InboxItem): boolean {
  return snoozedUntil === undefined && !putOff.has(id);
}
