import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** Who may use one of a few connections, first come first served. */
export interface Turns {
  /**
   * Waits for a turn. @returns what gives it to the next.
   * @throws InfrastructureError `busy` after `patience`; whatever `refuseWaiting` says meanwhile.
   */
  enter(): Promise<() => void>;
  /** Nobody who waits now will get further than the one who has just failed. */
  refuseWaiting(error: InfrastructureError): void;
}

/**
 * The pool counts the time in its queue as time to connect, and says of a database that is merely busy that it cannot be reached. So only as many ask the pool as it has
 * connections; the others wait here, where waiting is told from not reaching anything.
 *
 * @param patience milliseconds.
 */
export function createTurns(places: number, patience: number): Turns {
  const waiting = new Set<{ readonly begin: () => void; readonly refuse: (error: InfrastructureError) => void }>();
  let free = places;

  function leave(): void {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next.begin();
  }

  function once(act: () => void): () => void {
    let done = false;
    return () => {
      if (!done) act();
      done = true;
    };
  }

  return {
    async enter() {
      if (free > 0) {
        free -= 1;
        return once(leave);
      }
      const turn = Promise.withResolvers<void>();
      const entry = { begin: () => end(turn.resolve), refuse: (error: InfrastructureError) => end(() => turn.reject(error)) };
      const busy = (): void =>
        entry.refuse(
          new InfrastructureError("busy", `The database is busy: ${waiting.size} calls wait for a connection.`, { retryable: true, retryAfter: 1_000 }),
        );
      const timer = setTimeout(busy, patience);
      const end = (how: () => void): void => {
        clearTimeout(timer);
        waiting.delete(entry);
        how();
      };
      waiting.add(entry);
      await turn.promise;
      return once(leave);
    },
    refuseWaiting(error) {
      for (const entry of waiting) entry.refuse(error);
    },
  };
}
