import { defaultPreferences } from "../domain/notification/preferences.ts";
import type { NotificationKeeper } from "../ports/notification-keeper.ts";

/** Preferences that nobody keeps. */
export function createNotificationsInMemory(): NotificationKeeper {
  let preferences = defaultPreferences;
  const listeners = new Set<() => void>();
  return {
    read: async () => ({ preferences }),
    async write(chosen) {
      preferences = chosen;
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
