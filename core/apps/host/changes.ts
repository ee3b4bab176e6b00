import type { Instant } from "../../domain/kernel/values.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Store } from "../../ports/store.ts";

/** A lost notice is made up for after this long. Every stream of a window looks that often at what has not changed. */
const longestSilence = 5_000;

/**
 * Yields once at the start and then after every change of the database, as long as the reader stays. Changes that come while the reader is busy are one.
 * A notice is only a hint, so it also yields now and then without one.
 *
 * @param due when the reader wants to look again at the latest, whatever happens; it is asked before every wait, and has to name a later time once that has come.
 */
export async function* changes(
  store: Pick<Store, "onFlow">,
  clock: Clock,
  signal: AbortSignal | undefined,
  due: () => Instant | undefined = () => undefined,
): AsyncGenerator<void> {
  let changed = false;
  let wake: (() => void) | undefined;
  const notice = (): void => {
    changed = true;
    wake?.();
  };
  const stop = await store.onFlow(notice);
  signal?.addEventListener("abort", notice);
  try {
    while (!signal?.aborted) {
      changed = false;
      yield;
      const silence = Math.min(longestSilence, (due() ?? Infinity) - clock.now());
      if (changed || signal?.aborted || silence <= 0) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        const cancel = clock.after(silence, resolve);
        wake = () => {
          cancel();
          resolve();
        };
      });
    }
  } finally {
    signal?.removeEventListener("abort", notice);
    await stop();
  }
}

/** Yields what `read` gives, at the start and whenever it is another value than before, until `isLast`. */
export async function* watched<T>(
  source: { readonly store: Pick<Store, "onFlow">; readonly clock: Clock },
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
  isLast: (value: T) => boolean = () => false,
): AsyncGenerator<T> {
  let before = "";
  for await (const _ of changes(source.store, source.clock, signal)) {
    const value = await read();
    const text = JSON.stringify(value, (key, field: unknown) => (key === "asOf" ? undefined : field));
    if (text !== before) yield value;
    before = text;
    if (isLast(value)) return;
  }
}
