import type { RunId } from "../domain/kernel/values.ts";
import type { AgentRuntime, AttemptStart } from "../ports/agent-runtime.ts";

export interface FakeRuntime extends AgentRuntime {
  /** Every start that was asked for, repeats included. */
  readonly starts: AttemptStart[];
  readonly stops: string[];
  /** `run/attempt` of what is alive. */
  readonly alive: Set<string>;
}

/** Remembers what was started instead of starting it. Removing a name from `alive` plays a process that died. */
export function createFakeRuntime(): FakeRuntime {
  const starts: AttemptStart[] = [];
  const stops: string[] = [];
  const alive = new Set<string>();
  return {
    starts,
    stops,
    alive,
    async start(start) {
      starts.push(start);
      alive.add(`${start.runId}/${start.attempt}`);
    },
    async status(runId, attempt) {
      if (alive.has(`${runId}/${attempt}`)) return "running";
      return starts.some((start) => start.runId === runId && start.attempt === attempt) ? "gone" : "unknown";
    },
    async stop(runId, attempt) {
      stops.push(`${runId}/${attempt}`);
      alive.delete(`${runId}/${attempt}`);
    },
    list: async () =>
      [...alive].map((name) => {
        const [runId = "", attempt] = name.split("/");
        return { runId: runId as RunId, attempt: Number(attempt) };
      }),
  };
}
