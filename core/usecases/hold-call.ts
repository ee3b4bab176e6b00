import type { Clock } from "../ports/clock.ts";
import type { Store, ToolCall } from "../ports/store.ts";

export interface HoldCallDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

const look = 1_000;

/**
 * Waits until a call has its result. The notice of a flow event is only a hint, so the row is looked at every second as well.
 *
 * @param holdFor milliseconds; 0 looks once.
 * @returns the call as it is then: settled, or still open when the time is over or `signal` aborts.
 */
export async function holdCall(deps: HoldCallDependencies, callId: string, holdFor: number, signal?: AbortSignal): Promise<ToolCall | undefined> {
  let wake = (): void => undefined;
  const nudge = (): void => wake();
  const stop = await deps.store.onFlow(nudge);
  signal?.addEventListener("abort", nudge);
  const until = deps.clock.now() + holdFor;
  try {
    for (;;) {
      // Set up before looking: a hint that comes while the row is read must not be lost.
      const hinted = new Promise<void>((resolve) => (wake = resolve));
      const call = await deps.store.transaction((tx) => tx.toolCalls.get(callId));
      const remaining = until - deps.clock.now();
      if (!call || !isOpen(call) || remaining <= 0 || signal?.aborted) return call;
      const cancel = deps.clock.after(Math.min(look, remaining), nudge);
      await hinted;
      cancel();
    }
  } finally {
    signal?.removeEventListener("abort", nudge);
    await stop();
  }
}

export function isOpen(call: ToolCall): boolean {
  return call.state === "pending" || call.state === "executing";
}
