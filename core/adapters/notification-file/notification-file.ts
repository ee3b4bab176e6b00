import { EventEmitter } from "node:events";
import { open, readFile, rename } from "node:fs/promises";
import type { z } from "zod";
import { defaultPreferences, type NotificationPreferences } from "../../domain/notification/preferences.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { NotificationKeeper } from "../../ports/notification-keeper.ts";

/** Preferences as one file of JSON, replaced as a whole: whoever dies while writing leaves the old one. `schema` says what a file must hold to count. */
export function createNotificationFile(path: string, schema: z.ZodType<NotificationPreferences>): NotificationKeeper {
  const changed = new EventEmitter();
  // Every window that shows them listens.
  changed.setMaxListeners(0);
  let last: Promise<unknown> = Promise.resolve();
  return {
    async read() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? undefined : ""));
      if (text === undefined) return { preferences: defaultPreferences };
      const parsed = schema.safeParse(parseJson(text));
      return parsed.success ? { preferences: parsed.data } : { preferences: defaultPreferences, problem: `${path} does not hold what was chosen.` };
    },
    write(preferences) {
      const written = last.then(() => replace(path, JSON.stringify(preferences, undefined, 2)));
      last = written.catch(() => undefined);
      return written.then(() => void changed.emit("change"));
    },
    onChange(listener) {
      changed.on("change", listener);
      return () => void changed.off("change", listener);
    },
  };
}

async function replace(path: string, text: string): Promise<void> {
  try {
    const file = await open(`${path}.new`, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  } catch (cause) {
    throw new InfrastructureError("unwritable", `The notification settings ${path} cannot be written.`, {
      cause,
      remedy: "Correct the owner and permissions of the file and its directory, or make room on the disk.",
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
