import type { Clock } from "../../../ports/clock.ts";

/** Resolves after so many milliseconds, or as soon as `signal` aborts. */
export function passing(clock: Clock, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(milliseconds, end);
    signal?.addEventListener("abort", end);
  });
}
