import type { ThreadId } from "../domain/kernel/values.ts";

/** Token counts of one turn, not cumulative. */
export interface TurnUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** What an agent does during a turn, in the order it happens. `raw` is the vendor's event, for the stored transcript. */
export type AgentEvent =
  | { readonly type: "thread-started"; readonly threadId: ThreadId }
  | { readonly type: "message"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  /** Told when it begins, and again as `command` when it is over: what is between them is how long it takes. */
  | { readonly type: "command-started"; readonly command: string }
  | { readonly type: "command"; readonly command: string; readonly output: string; readonly exitCode: number | null }
  | { readonly type: "file-change"; readonly paths: readonly string[] }
  | {
      readonly type: "tool-call";
      readonly server: string;
      readonly tool: string;
      readonly arguments: unknown;
      readonly status: "completed" | "failed";
      /** Whether the server said anything. A call without an answer may have had its effect or not; Codex reaches that server no more for the rest of the turn. */
      readonly answered: boolean;
      readonly result: string;
    }
  | { readonly type: "notice"; readonly text: string }
  | { readonly type: "turn-completed"; readonly usage: TurnUsage }
  | { readonly type: "turn-failed"; readonly message: string };

export interface TurnInput {
  readonly prompt: string;
  /** Continue this thread instead of starting one. */
  readonly threadId?: ThreadId | undefined;
}

export interface TurnOutcome {
  readonly threadId: ThreadId | undefined;
  /** `interrupted`: the agent's process was killed by somebody else; the turn did nothing wrong and may be continued. */
  readonly outcome: "completed" | "failed" | "aborted" | "interrupted";
  /** Why it did not complete, for people. Holds no secret. */
  readonly message?: string | undefined;
  /** What the turn used, however it ended. For a completed turn the same as in its `turn-completed` event. */
  readonly usage: TurnUsage;
}

/** One agent session in one workspace directory (the Codex CLI adapter, in the runner). */
export interface AgentSession {
  /**
   * Runs one turn to its end. Ends early, without a completed turn, when `signal` aborts; then nothing of the agent's process tree is left.
   * @returns the thread the turn belongs to and how it ended.
   */
  turn(input: TurnInput, onEvent: (event: AgentEvent, raw: string) => void, signal: AbortSignal): Promise<TurnOutcome>;
  /** What the turn that goes on has used so far, as far as it is told; undefined between turns and before anything is. */
  usage(): Promise<TurnUsage | undefined>;
  /** The session's own files (the Codex rollout), packed; with them another process can continue the thread. Undefined before the first turn. */
  snapshot(): Promise<Uint8Array | undefined>;
  /** Unpacks a snapshot into this session's home. */
  restore(snapshot: Uint8Array): Promise<void>;
}
