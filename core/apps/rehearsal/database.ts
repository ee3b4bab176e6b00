import { createPgliteDriver } from "../../adapters/pglite/driver.ts";
import { migrate } from "../../adapters/postgres/migrate.ts";
import { createStore } from "../../adapters/postgres/store.ts";
import { createPgBossQueue } from "../../adapters/queue-pg-boss/queue.ts";
import type { Hasher } from "../../ports/crypto.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { Log } from "../../ports/log.ts";
import type { Queue } from "../../ports/queue.ts";
import type { SqlDriver } from "../../ports/sql-driver.ts";
import type { Store } from "../../ports/store.ts";

export interface RehearsalDatabase {
  readonly driver: SqlDriver;
  readonly store: Store;
  readonly queue: Queue;
  /** Waits for the jobs under way; no other begins. */
  stopQueue(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The embedded database, brought to the newest schema. With `read` nothing is queued and no worker runs.
 * @throws InfrastructureError `newer-schema` when a newer Signalbox has used it; `unwritable`, `busy`.
 */
export async function openDatabase(directory: string, purpose: "read" | "work", hasher: Hasher, log: Log): Promise<RehearsalDatabase> {
  const driver = await createPgliteDriver({ directory });
  try {
    await migrate(driver);
    const queue = purpose === "work" ? createPgBossQueue({ driver, onError: (error) => log.error({ err: error }, "a job failed") }) : closedQueue();
    await queue.start();
    let stopped: Promise<void> | undefined;
    const stopQueue = (): Promise<void> => (stopped ??= queue.stop());
    return {
      driver,
      stopQueue,
      store: createStore(driver, { hasher, queue }),
      queue,
      async close() {
        await stopQueue();
        await driver.close();
      },
    };
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/** Takes nothing: whoever only reads must not leave work behind that nobody does. */
function closedQueue(): Queue {
  return {
    enqueue: () => Promise.reject(new InfrastructureError("unavailable", "this workspace was opened for reading only", { retryable: false })),
    work: () => Promise.resolve(),
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}
