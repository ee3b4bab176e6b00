import type { RunDetail, TranscriptEntry } from "../../../../core/contract/runs.ts";
import { numberField, textField, textList, tokensOf, type Tokens } from "./fields.ts";
import { changesOf, type FileChange } from "./patch.ts";
import { bareCommand } from "../../../../core/domain/session/shell-command.ts";

export type ToolCallRow = RunDetail["toolCalls"][number];
type Arguments = ToolCallRow["arguments"];

/** A call as the agent tells of it. */
export interface AgentCall {
  readonly attempt: number;
  readonly tool: string;
  readonly arguments: Arguments;
}

/** One part of the transcript as it is read. `key` stays the same while the transcript grows. */
export type TranscriptItem = { readonly key: string; readonly at: number } & (
  | { readonly type: "attempt"; readonly attempt: number }
  | { readonly type: "message" | "reasoning" | "notice" | "failure" | "note"; readonly text: string }
  /** What the owner told the agent. */
  | { readonly type: "owner-note"; readonly text: string; readonly by: string }
  | {
      readonly type: "command";
      readonly command: string;
      readonly output: string;
      readonly exitCode: number | undefined;
      readonly changes: readonly FileChange[];
    }
  | { readonly type: "files"; readonly paths: readonly string[] }
  | ({ readonly type: "tool"; readonly failed: boolean; readonly result: string } & AgentCall)
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
    case "owner-note":
      return { ...base, type, text: textField(content, "text"), by: textField(content, "by") };
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
      return { ...base, type: "turn", turn, tokens: tokensOf(content) };
    case "thread-started":
    case "command-started":
      return undefined;
    default:
      return { ...base, type: "note", text: `${type} ${JSON.stringify(content)}` };
  }
}

function toolFields({ attempt, content }: TranscriptEntry): Omit<Extract<TranscriptItem, { type: "tool" }>, "key" | "at" | "type"> {
  const given = content["arguments"];
  return {
    attempt,
    tool: textField(content, "tool"),
    arguments: typeof given === "object" && given !== null && !Array.isArray(given) ? given : {},
    failed: textField(content, "status") === "failed",
    result: textField(content, "result"),
  };
}

/** Finds the gateway's account of a call that the agent tells of. */
export type CallFinder = (call: AgentCall) => ToolCallRow | undefined;

/** Of calls that were made again, the first is found. */
export function callFinder(calls: readonly ToolCallRow[]): CallFinder {
  const byTool = new Map<string, ToolCallRow[]>();
  for (const call of calls) byTool.set(nameOf(call), [...(byTool.get(nameOf(call)) ?? []), call]);
  return (told) => byTool.get(nameOf(told))?.find((call) => isSameCall(told, call));
}

/** Calls that are under way or wait for an answer, and of which the agent has not heard yet. */
export function openCalls(calls: readonly ToolCallRow[], told: readonly AgentCall[]): readonly TranscriptItem[] {
  return calls
    .filter((call) => (call.state === "pending" || call.state === "executing") && !told.some((one) => nameOf(one) === nameOf(call) && isSameCall(one, call)))
    .map((call) => ({ key: `call ${call.id}`, at: call.at, type: "open-call", call }));
}

function nameOf({ attempt, tool }: Pick<AgentCall, "attempt" | "tool">): string {
  return `${attempt} ${tool}`;
}

/** The gateway keeps what the agent gave, and what it filled in. */
function isSameCall(told: AgentCall, call: ToolCallRow): boolean {
  return Object.entries(told.arguments).every(([name, value]) => text(value) === text(call.arguments[name]));
}

/** The same text for the same value, whatever the order of its fields. */
function text(value: unknown): string | undefined {
  return JSON.stringify(value, (_name, field: unknown) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

const longestValue = 60;

/** The arguments of a call in one line, long values cut. */
export function argumentsLine(given: Arguments): string {
  return Object.entries(given)
    .map(([name, value]) => {
      const shown = typeof value === "string" ? value.replaceAll(/\s+/gu, " ") : JSON.stringify(value);
      return `${name}=${shown.length > longestValue ? `${shown.slice(0, longestValue)}…` : shown}`;
    })
    .join(" ");
}
