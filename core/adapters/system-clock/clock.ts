import type { Instant } from "../../domain/kernel/values.ts";
import type { Clock } from "../../ports/clock.ts";

/** The machine's clock. `onError` is told what a timer's work threw. */
export function createSystemClock(onError: (error: unknown) => void): Clock {
  return {
    now: () => Date.now() as Instant,
    after(milliseconds, run) {
      const timer = setTimeout(() => {
        try {
          run();
        } catch (error) {
          onError(error);
        }
      }, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}
