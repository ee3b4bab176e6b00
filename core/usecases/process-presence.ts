import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Store, Transaction } from "../ports/store.ts";

/** Whether a process that has begun something is still there, so that what a dead one began is taken over soon, and what a slow one is at is left to it. */
export interface ProcessPresence {
  /** Says that this process is there, now and from now on. Resolves when it is said for the first time; the returned function ends it. */
  announce(): Promise<() => Promise<void>>;
  /** False for one that has not said so for a while: it died, was stopped, or is cut off from the database. */
  isPresent(tx: Transaction, process: string): Promise<boolean>;
}

export interface ProcessPresenceDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process, new at every start. */
  readonly process: string;
}

/** Seconds for which a process is believed; it says so three times in that. Less than a killed worker's job needs to come back. */
const believed = 9;

export function createProcessPresence({ store, clock, log, process }: ProcessPresenceDependencies): ProcessPresence {
  const name = (id: string): string => `process:${id}`;
  const say = (): Promise<boolean> => store.transaction((tx) => tx.leases.take(name(process), process, believed));
  return {
    async announce() {
      let ended = false;
      let cancel = (): void => {};
      const again = (): void => {
        cancel = clock.after((believed * 1_000) / 3, () => {
          void say()
            .catch((error: unknown) => log.warn({ err: error }, "this process could not say that it is there"))
            .finally(() => {
              if (!ended) again();
            });
        });
      };
      await say();
      again();
      return async () => {
        ended = true;
        cancel();
        await store.transaction((tx) => tx.leases.release(name(process), process)).catch(() => undefined);
      };
    },
    async isPresent(tx, other) {
      const asker = `asked by ${process}`;
      if (!(await tx.leases.take(name(other), asker, 0))) return true;
      await tx.leases.release(name(other), asker);
      return false;
    },
  };
}
