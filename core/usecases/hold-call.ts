import type { Clock } from "../ports/clock.ts";
import type { Store, ToolCall } from "../ports/store.ts";

export interface HoldCallDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Milliseconds between two looks when no hint comes. */
const look = 1_000;
/** Where so many are held, events come all the time, and hardly one of them is about the calls that are asked for; then hints of this many milliseconds are answered together. */
const crowd = 100;
const crowdPause = 25;

/**
 * Waits until a call has its result, for at most `holdFor` milliseconds or until `signal` aborts; whoever waited reads the row then. The notice of a flow event
 * is only a hint, so the rows are looked at every second as well.
 *
 * All calls that one process holds are watched together: one listener, one timer, and one question to the database for all of them, so that a thousand held
 * calls cost about what one does.
 */
export async function holdCall(deps: HoldCallDependencies, callId: string, holdFor: number, signal?: AbortSignal): Promise<void> {
  if (holdFor <= 0 || signal?.aborted) return;
  const over = Promise.withResolvers<void>();
  const end = (): void => over.resolve();
  const cancel = deps.clock.after(holdFor, end);
  signal?.addEventListener("abort", end);
  const stop = await watchOf(deps).add(callId, end);
  try {
    await over.promise;
  } finally {
    cancel();
    signal?.removeEventListener("abort", end);
    stop();
  }
}

export function isOpen(call: ToolCall): boolean {
  return call.state === "pending" || call.state === "executing";
}

interface CallWatch {
  /** Calls `settled` when the call is open no more. @returns what ends the watching. */
  add(callId: string, settled: () => void): Promise<() => void>;
}

/** One watch a store: a process has one of them. */
const watches = new WeakMap<Store, CallWatch>();

function watchOf(deps: HoldCallDependencies): CallWatch {
  const present = watches.get(deps.store);
  if (present) return present;
  const made = createCallWatch(deps);
  watches.set(deps.store, made);
  return made;
}

function createCallWatch({ store, clock }: HoldCallDependencies): CallWatch {
  const held = new Map<string, Set<() => void>>();
  let listening: Promise<() => Promise<void>> | undefined;
  let cancelTimer = (): void => undefined;
  let looking = false;
  let again = false;

  /** One look at a time; whatever is hinted at meanwhile is answered by one more. */
  async function lookAtAll(): Promise<void> {
    again = true;
    if (looking) return;
    looking = true;
    cancelTimer();
    try {
      while (again && held.size > 0) {
        again = false;
        const ended = await store.transaction((tx) => tx.toolCalls.settled([...held.keys()]));
        for (const callId of ended) held.get(callId)?.forEach((settled) => settled());
        if (again && held.size > crowd) await new Promise<void>((resolve) => clock.after(crowdPause, resolve));
      }
    } catch {
      // The database is away for a while: whoever waits goes on waiting, and the next look finds it.
    } finally {
      looking = false;
      if (held.size > 0) cancelTimer = clock.after(look, () => void lookAtAll());
    }
  }

  function remove(callId: string, settled: () => void): void {
    const waiting = held.get(callId);
    waiting?.delete(settled);
    if (waiting?.size === 0) held.delete(callId);
    if (held.size > 0) return;
    cancelTimer();
    const ending = listening;
    listening = undefined;
    // Nobody waits for the end of the listening: the result is there.
    ending?.then((stop) => stop()).catch(() => undefined);
  }

  return {
    async add(callId, settled) {
      held.set(callId, (held.get(callId) ?? new Set()).add(settled));
      try {
        await (listening ??= store.onFlow(() => void lookAtAll()));
      } catch {
        listening = undefined; // without notices the timer is enough
      }
      void lookAtAll();
      return () => remove(callId, settled);
    },
  };
}
