import type { NotificationPreferences } from "../domain/notification/preferences.ts";

/** What the owner wants to be told of on this machine. It is a matter of the machine, not of the project: it stays where the window is, and works while the database is away. */
export interface NotificationKeeper {
  /** The preferences; the defaults with a `problem` in words where what was kept cannot be read. */
  read(): Promise<{ readonly preferences: NotificationPreferences; readonly problem?: string | undefined }>;
  /** @throws InfrastructureError `unwritable`; then what was kept is as it was. */
  write(preferences: NotificationPreferences): Promise<void>;
  /** Calls after every change that this process made. @returns what ends it. */
  onChange(listener: () => void): () => void;
}
