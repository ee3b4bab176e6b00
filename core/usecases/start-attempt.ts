import type { RunId } from "../domain/kernel/values.ts";
import { isFinalRun } from "../domain/run/run.ts";
import type { AgentRuntime } from "../ports/agent-runtime.ts";
import type { Store } from "../ports/store.ts";

export interface StartAttemptDependencies {
  readonly store: Store;
  readonly runtime: AgentRuntime;
  readonly bootstrapToken: (runId: RunId, attempt: number) => string;
  /** Base address of the gateway as seen from where agents run. */
  readonly gatewayUrl: () => string;
}

/** Starts the runner of an attempt. Repeated, it finds the first one there; an attempt that has ended, or whose run has, is not started any more. */
export function createStartAttempt(deps: StartAttemptDependencies) {
  return async function startAttempt(runId: RunId, attempt: number): Promise<void> {
    const wanted = await deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(runId);
      const latest = await tx.attempts.latest(runId);
      return run !== undefined && !isFinalRun(run.state) && latest?.attempt === attempt && latest.phase === "starting";
    });
    if (!wanted) return;
    await deps.runtime.start({ runId, attempt, gatewayUrl: deps.gatewayUrl(), bootstrapToken: deps.bootstrapToken(runId, attempt) });
  };
}
