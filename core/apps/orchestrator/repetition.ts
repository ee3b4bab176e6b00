import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";

export interface Repetition {
  /** Sets no further timer and waits for the round under way. */
  stop(): Promise<void>;
}

/** Does something again and again, each round a while after the end of the last, so that slow rounds never overlap. A round that fails is reported, and the next one comes. */
export function every(
  deps: { readonly clock: Clock; readonly log: Log },
  name: string,
  seconds: number,
  round: () => Promise<void>,
  options: { readonly now?: boolean } = {},
): Repetition {
  let stopped = false;
  let cancel = (): void => {};
  let current = Promise.resolve();
  const run = (): void => {
    current = round()
      .catch((error: unknown) => deps.log.warn({ err: error, round: name }, "a round failed"))
      .then(() => {
        if (!stopped) cancel = deps.clock.after(seconds * 1000, run);
      });
  };
  if (options.now) run();
  else cancel = deps.clock.after(seconds * 1000, run);
  return {
    async stop() {
      stopped = true;
      cancel();
      await current;
    },
  };
}
