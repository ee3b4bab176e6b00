import type { HostNotice } from "../../../contract/shell.ts";
import { announce, withoutSettled, type Happening, type Kept } from "../../../domain/notification/announce.ts";
import { defaultPreferences, quietFor, type NotificationPreferences } from "../../../domain/notification/preferences.ts";
import { noticeOf } from "./host-notices.ts";

export interface NotificationDeskDeps {
  readonly tell: (notice: HostNotice) => void;
  /** The minute of the day on this machine's clock. */
  readonly minute: () => number;
  /** Calls after so many milliseconds; what it returns takes that back. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
}

/** Where everything goes that the owner may want to be told of: it says it, keeps it until it is not quiet any more, or drops it, as the owner prefers. */
export interface NotificationDesk {
  hear(happenings: readonly Happening[]): void;
  /** Forgets what was kept and is settled by now. */
  settle(isSettled: (happening: Happening) => boolean): void;
  prefer(preferences: NotificationPreferences): void;
  close(): void;
}

/** What it keeps does not outlive this process: at the next start, what waits is in the inbox and in the count. */
export function createNotificationDesk({ tell, minute, after }: NotificationDeskDeps): NotificationDesk {
  let preferences = defaultPreferences;
  let kept: Kept = [];
  let cancel = (): void => undefined;
  function hear(happenings: readonly Happening[]): void {
    cancel();
    const now = minute();
    const announced = announce(preferences, { kept, happenings, minute: now });
    ({ kept } = announced);
    for (const announcement of announced.say) tell(noticeOf(announcement));
    // A machine that slept meanwhile is late, and the first thing that happens is in time again.
    cancel = kept.length === 0 ? () => undefined : after(quietFor(preferences, now) * 60_000, () => hear([]));
  }
  return {
    hear,
    settle: (isSettled) => void (kept = withoutSettled(kept, isSettled)),
    prefer(chosen) {
      preferences = chosen;
      hear([]);
    },
    close: () => cancel(),
  };
}
