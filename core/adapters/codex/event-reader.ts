import type { AgentEvent, TurnUsage } from "../../ports/agent.ts";
import type { ThreadId } from "../../domain/kernel/values.ts";
import { endingText } from "../../domain/run/ending.ts";

/** A line longer than this is cut: it becomes a notice, and memory stays flat whatever the agent prints. */
const maximumLineLength = 8 * 1024 * 1024;

/** Cumulative counts of a thread as Codex reports them at the end of a turn. */
export type ThreadUsage = TurnUsage;

/** An agent event (`stalled`: Codex says that it tries again or waits, and does no work meanwhile), or a thread's running total, which only the session can turn into a turn's usage. */
export type CodexEvent = { readonly event: AgentEvent; readonly stalled?: true } | { readonly total: ThreadUsage };

/** Cuts a byte stream into lines, however the chunks fall, and calls `onLine` for each that is not empty. Overlong lines are cut and end in `…`. */
export function createLineSplitter(onLine: (line: string) => void, limit: number = maximumLineLength): { push(chunk: Buffer): void; end(): void } {
  const decoder = new TextDecoder();
  let rest = "";
  let cut = false;
  const take = (text: string): void => {
    if (text.trim() !== "") onLine(cut ? `${text.slice(0, limit)}…` : text);
  };
  const append = (text: string): void => {
    rest += text;
    if (rest.length > limit) {
      rest = rest.slice(0, limit);
      cut = true;
    }
  };
  const feed = (text: string): void => {
    const parts = text.split("\n");
    for (const [index, part] of parts.entries()) {
      append(part);
      if (index === parts.length - 1) return;
      take(rest);
      rest = "";
      cut = false;
    }
  };
  return {
    push: (chunk) => feed(decoder.decode(chunk, { stream: true })),
    end: () => {
      feed(decoder.decode());
      take(rest);
      rest = "";
    },
  };
}

/**
 * Reads one line of `codex exec --json`. What this version of the adapter does not know yields nothing, so a newer Codex does not break a run.
 * Text that is no JSON (a warning of a library, a cut line) is a notice.
 */
export function readCodexLine(line: string): readonly CodexEvent[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [notice(line.slice(0, 2000))];
  }
  const type = text(value, "type");
  switch (type) {
    case "thread.started":
      return [{ event: { type: "thread-started", threadId: text(value, "thread_id") as ThreadId } }];
    case "item.started":
      return readBeginning(field(value, "item"));
    case "item.completed":
      return readItem(field(value, "item"));
    case "turn.completed":
      return [{ total: readUsage(field(value, "usage")) }];
    case "turn.failed":
      return [{ event: { type: "turn-failed", message: text(field(value, "error"), "message") || endingText({ type: "agent-silent" }) } }];
    case "error":
      return [{ event: { type: "notice", text: text(value, "message") }, stalled: true }];
    default:
      return [];
  }
}

/** Of what only begins, commands are worth a word: they may take long, and Codex says nothing meanwhile. */
function readBeginning(item: unknown): readonly CodexEvent[] {
  return text(item, "type") === "command_execution" ? [{ event: { type: "command-started", command: text(item, "command") } }] : [];
}

function readItem(item: unknown): readonly CodexEvent[] {
  switch (text(item, "type")) {
    case "agent_message":
      return [{ event: { type: "message", text: text(item, "text") } }];
    case "reasoning":
      return [{ event: { type: "reasoning", text: text(item, "text") } }];
    case "command_execution": {
      const exitCode = field(item, "exit_code");
      return [
        {
          event: {
            type: "command",
            command: text(item, "command"),
            output: text(item, "aggregated_output"),
            exitCode: typeof exitCode === "number" ? exitCode : null,
          },
        },
      ];
    }
    case "file_change": {
      const changes = field(item, "changes");
      return [
        { event: { type: "file-change", paths: Array.isArray(changes) ? changes.map((change) => text(change, "path")).filter((path) => path !== "") : [] } },
      ];
    }
    case "mcp_tool_call":
      return [readToolCall(item)];
    case "error":
      return [notice(text(item, "message"))];
    default:
      return [];
  }
}

function readToolCall(item: unknown): CodexEvent {
  const failed = text(item, "status") === "failed";
  const content = field(field(item, "result"), "content");
  const parts = Array.isArray(content) ? content.map((part) => text(part, "text") || JSON.stringify(part)) : [];
  const result = parts.join("\n") || text(field(item, "error"), "message");
  return {
    event: {
      type: "tool-call",
      server: text(item, "server"),
      tool: text(item, "tool"),
      arguments: field(item, "arguments") ?? {},
      status: failed ? "failed" : "completed",
      answered: Array.isArray(content),
      result,
    },
  };
}

/** Token counts in Codex's spelling, as in `turn.completed` and in the rollout; anything that is no count is 0. */
export function readUsage(usage: unknown): ThreadUsage {
  return {
    inputTokens: count(usage, "input_tokens"),
    cachedInputTokens: count(usage, "cached_input_tokens"),
    outputTokens: count(usage, "output_tokens"),
    reasoningTokens: count(usage, "reasoning_output_tokens"),
  };
}

/** What a turn used: the thread's total after it less the total before it. Never negative, should a total ever be reset. */
export function usageBetween(before: ThreadUsage, after: ThreadUsage): TurnUsage {
  const less = (name: keyof TurnUsage): number => Math.max(0, after[name] - before[name]);
  return {
    inputTokens: less("inputTokens"),
    cachedInputTokens: less("cachedInputTokens"),
    outputTokens: less("outputTokens"),
    reasoningTokens: less("reasoningTokens"),
  };
}

function notice(message: string): CodexEvent {
  return { event: { type: "notice", text: message } };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === "string" ? found : "";
}

function count(value: unknown, name: string): number {
  const found = field(value, name);
  return typeof found === "number" && Number.isFinite(found) && found > 0 ? found : 0;
}
