import type { Instant } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";

export interface ManualClock extends Clock {
  /** Moves time on and runs every timer that falls due, in order. Lets pending promises settle between timers. */
  advance(milliseconds: number): Promise<void>;
  /** How many timers are set. */
  readonly timers: number;
}

/** A clock that stands still until a test moves it. */
export function createManualClock(start = 1_700_000_000_000): ManualClock {
  let now = start;
  let sequence = 0;
  const timers = new Map<number, { readonly due: number; readonly run: () => void }>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now as Instant,
    after(milliseconds, run) {
      const id = ++sequence;
      timers.set(id, { due: now + milliseconds, run });
      return () => void timers.delete(id);
    },
    get timers() {
      return timers.size;
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(([, timer]) => timer.due <= end).toSorted(([a, x], [b, y]) => x.due - y.due || a - b);
        if (!next) break;
        timers.delete(next[0]);
        now = Math.max(now, next[1].due);
        next[1].run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
