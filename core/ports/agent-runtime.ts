import type { RunId } from "../domain/kernel/values.ts";

/** What a runtime needs to start one attempt. Everything else the runner fetches from the gateway with the bootstrap token. */
export interface AttemptStart {
  readonly runId: RunId;
  readonly attempt: number;
  /** Base address of the gateway as seen from where the agent runs. */
  readonly gatewayUrl: string;
  /** Can be traded once for the run token. */
  readonly bootstrapToken: string;
}

/** `unknown`: nothing here tells of it. It was never started, or another machine did and has to say; its lease decides meanwhile. */
export type AttemptStatus = "running" | "gone" | "unknown";

/** Where agents run: local processes in the rehearsal workspace, Jobs in the cluster. Names derive from run and attempt, so a repeated start finds the first. */
export interface AgentRuntime {
  /** Starts an attempt, or finds it already started. */
  start(start: AttemptStart): Promise<void>;
  status(runId: RunId, attempt: number): Promise<AttemptStatus>;
  /** Ends an attempt and everything that it started; one that is gone is no error. Resolves when nothing of it is left. */
  stop(runId: RunId, attempt: number): Promise<void>;
  /** Attempts that are alive, whoever started them: after a crash the orchestrator ends those it does not know. */
  list(): Promise<readonly { readonly runId: RunId; readonly attempt: number }[]>;
}
