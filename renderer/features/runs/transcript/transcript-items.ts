import type { RunDetail, TranscriptEntry } from "../../../../core/contract/runs.ts";
import { numberField, textField, textList } from "./fields.ts";
import { changesOf, type FileChange } from "./patch.ts";
import { bareCommand } from "./shell-command.ts";

export type ToolCallRow = RunDetail["toolCalls"][number];
type Arguments = ToolCallRow["arguments"];

export interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** One part of the transcript as it is read. `key` stays the same while the transcript grows. */
export type TranscriptItem = { readonly key: string; readonly at: number } & (
  | { readonly type: "attempt"; readonly attempt: number }
  | { readonly type: "message" | "reasoning" | "notice" | "failure" | "note"; readonly text: string }
  | {
      readonly type: "command";
      readonly command: string;
      readonly output: string;
      readonly exitCode: number | undefined;
      readonly changes: readonly FileChange[];
    }
  | { readonly type: "files"; readonly paths: readonly string[] }
  | { readonly type: "tool"; readonly callKey: string; readonly tool: string; readonly arguments: Arguments; readonly failed: boolean; readonly result: string }
  /** A call that has not come back to the agent yet. */
  | { readonly type: "open-call"; readonly call: ToolCallRow }
  | { readonly type: "turn"; readonly turn: number; readonly tokens: Tokens }
);

/** Makes items of entries as they come. A new attempt opens with an item of its own, and its turns count from one. */
export function createItemMaker(): (entry: TranscriptEntry) => readonly TranscriptItem[] {
  let attempt = 0;
  let turn = 0;
  return (entry) => {
    const opening: TranscriptItem[] = [];
    if (entry.attempt !== attempt) {
      attempt = entry.attempt;
      turn = 0;
      opening.push({ key: `attempt ${attempt}`, at: entry.at, type: "attempt", attempt });
    }
    if (entry.type === "turn-completed") turn += 1;
    const item = itemOf(entry, turn);
    return item ? [...opening, item] : opening;
  };
}

function itemOf(entry: TranscriptEntry, turn: number): TranscriptItem | undefined {
  const { type, content } = entry;
  const base = { key: `${entry.attempt}/${entry.sequence}`, at: entry.at };
  switch (type) {
    case "message":
    case "reasoning":
    case "notice":
      return { ...base, type, text: textField(content, "text") };
    case "log":
      return { ...base, type: "note", text: textField(content, "text") };
    case "turn-failed":
      return { ...base, type: "failure", text: textField(content, "message") };
    case "command": {
      const command = bareCommand(textField(content, "command"));
      return { ...base, type, command, output: textField(content, "output"), exitCode: numberField(content, "exitCode"), changes: changesOf(command) };
    }
    case "file-change":
      return { ...base, type: "files", paths: textList(content, "paths") };
    case "tool-call":
      return { ...base, type: "tool", ...toolFields(entry) };
    case "turn-completed":
      return { ...base, type: "turn", turn, tokens: tokensOf(content["usage"]) };
    case "thread-started":
      return undefined;
    default:
      return { ...base, type: "note", text: `${type} ${JSON.stringify(content)}` };
  }
}

function toolFields({
  attempt,
  content,
}: TranscriptEntry): Pick<Extract<TranscriptItem, { type: "tool" }>, "callKey" | "tool" | "arguments" | "failed" | "result"> {
  const tool = textField(content, "tool");
  const given = content["arguments"];
  const args = typeof given === "object" && given !== null && !Array.isArray(given) ? given : {};
  return {
    callKey: callKey(attempt, tool, args),
    tool,
    arguments: args,
    failed: textField(content, "status") === "failed",
    result: textField(content, "result"),
  };
}

function tokensOf(usage: unknown): Tokens {
  const count = (name: string): number => {
    const value = typeof usage === "object" && usage !== null ? (usage as Record<string, unknown>)[name] : undefined;
    return typeof value === "number" ? value : 0;
  };
  return { input: count("inputTokens"), cached: count("cachedInputTokens"), output: count("outputTokens"), reasoning: count("reasoningTokens") };
}

/** The same for the agent's account of a call and for the gateway's: attempt, tool and arguments, whatever the order of their fields. */
export function callKey(attempt: number, tool: string, args: Arguments): string {
  return `${attempt} ${tool} ${JSON.stringify(sorted(args))}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  );
}

/** The gateway's calls by their key; of calls that were made again, the last. */
export function callsByKey(calls: readonly ToolCallRow[]): ReadonlyMap<string, ToolCallRow> {
  return new Map(calls.map((call) => [callKey(call.attempt, call.tool, call.arguments), call]));
}

/** Calls that are under way or wait for an answer, and of which the agent has not heard yet. */
export function openCalls(calls: readonly ToolCallRow[], told: ReadonlySet<string>): readonly TranscriptItem[] {
  return calls
    .filter((call) => (call.state === "pending" || call.state === "executing") && !told.has(callKey(call.attempt, call.tool, call.arguments)))
    .map((call) => ({ key: `call ${call.id}`, at: call.at, type: "open-call", call }));
}
