import { assertSchema } from "../../../adapters/postgres/migrate.ts";
import { createStore } from "../../../adapters/postgres/store.ts";
import { createPgBossQueue } from "../../../adapters/queue-pg-boss/queue.ts";
import type { Hasher } from "../../../ports/crypto.ts";
import type { Log } from "../../../ports/log.ts";
import type { Queue } from "../../../ports/queue.ts";
import type { SqlDriver } from "../../../ports/sql-driver.ts";
import type { Store } from "../../../ports/store.ts";

export interface ServerStore {
  readonly store: Store;
  /** Has the queue take jobs; to be waited for before anything is changed. @throws InfrastructureError while the database is away. */
  readonly ready: () => Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds between two complaints of the queue. */
const quiet = 60_000;

/** The server's database as its owner's machine has it: of the schema that this program knows, never migrated from here. A decision leaves its job in the server's queue; none is worked on here. */
export function openServerStore({ driver, hasher, log }: { readonly driver: SqlDriver; readonly hasher: Hasher; readonly log: Log }): ServerStore {
  let starting: Promise<Queue> | undefined;
  let queue: Queue | undefined;
  let checked: Promise<void> | undefined;
  let quietUntil = 0;

  // It looks after its jobs every second; that the database is away is said elsewhere.
  const complain = (error: unknown): void => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + quiet;
    log.info({ err: error }, "the queue could not be looked after");
  };
  const start = async (): Promise<Queue> => {
    const started = createPgBossQueue({ driver, onError: complain });
    await started.start();
    return (queue = started);
  };
  const ready = async (): Promise<void> => {
    starting ??= start();
    await starting.catch((error: unknown) => {
      starting = undefined;
      throw error;
    });
  };
  const assertChecked = async (): Promise<void> => {
    checked ??= assertSchema(driver);
    await checked.catch((error: unknown) => {
      checked = undefined;
      throw error;
    });
  };
  const jobs: Pick<Queue, "enqueue"> = {
    async enqueue(name, payload, options) {
      const { enqueue } = await (starting ?? start());
      return enqueue(name, payload, options);
    },
  };
  const store = createStore(driver, { hasher, queue: jobs });
  return {
    ready,
    store: {
      onFlow: (callback) => store.onFlow(callback),
      async transaction(work) {
        await assertChecked();
        return store.transaction(work);
      },
    },
    async close() {
      await queue?.stop().catch((error: unknown) => log.info({ err: error }, "the queue did not end in order"));
      await driver.close();
    },
  };
}
