import { parseTurnTexts, type TurnText } from "../../domain/run/turn-text.ts";

/** One call that the model made earlier, with what came back. */
export interface PastCall {
  readonly type: "call";
  readonly name: string;
  readonly namespace: string | undefined;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Text of the result; undefined while there is none. */
  readonly output: string | undefined;
}

export type Entry = { readonly type: "input"; readonly turn: TurnText } | PastCall | { readonly type: "message"; readonly text: string };

/** What a request to the model says has happened so far, oldest first. Text that is not of the runner's form (environment notices, AGENTS.md) is left out. */
export interface Conversation {
  readonly entries: readonly Entry[];
  /** Today as the agent's environment states it, `YYYY-MM-DD`. */
  readonly date: string | undefined;
  /** Last user text that has no known form; only looked at when there is no known one. */
  readonly otherText: string;
}

/** Reads the body of `POST /v1/responses`. Total: whatever does not look like a conversation reads as an empty one. */
export function readConversation(body: unknown): Conversation {
  const items = asArray(field(body, "input"));
  const outputs = new Map<string, string>();
  for (const item of items) {
    const type = field(item, "type");
    if (typeof type === "string" && type.endsWith("_call_output")) outputs.set(String(field(item, "call_id")), textOf(field(item, "output")));
  }
  const entries: Entry[] = [];
  let date: string | undefined;
  let otherText = typeof field(body, "input") === "string" ? String(field(body, "input")) : "";
  for (const item of items) {
    if (field(item, "type") === "function_call") entries.push(readCall(item, outputs));
    if (!isMessage(item)) continue;
    const text = textOf(field(item, "content"));
    if (field(item, "role") === "assistant") entries.push({ type: "message", text });
    if (field(item, "role") !== "user") continue;
    const turns = parseTurnTexts(text);
    entries.push(...turns.map((turn) => ({ type: "input", turn }) as const));
    if (turns.length > 0) continue;
    if (text.startsWith("<environment_context>")) date = /<current_date>(\d{4}-\d{2}-\d{2})</.exec(text)?.[1] ?? date;
    else otherText = text;
  }
  return { entries, date, otherText };
}

function isMessage(item: unknown): boolean {
  // Both spellings of the API: with a type, and as a bare role with content.
  return field(item, "type") === "message" || (field(item, "type") === undefined && field(item, "role") !== undefined);
}

function readCall(item: unknown, outputs: ReadonlyMap<string, string>): PastCall {
  const namespace = field(item, "namespace");
  return {
    type: "call",
    name: String(field(item, "name")),
    namespace: typeof namespace === "string" ? namespace : undefined,
    arguments: parseObject(String(field(item, "arguments"))),
    output: outputs.get(String(field(item, "call_id"))),
  };
}

const statuses = ["done", "pending", "denied", "failed", "refused", "expired", "stale"] as const;
/** Answers that say that a call had no effect and is not to be repeated. */
export const fruitless: readonly string[] = ["denied", "failed", "refused", "expired", "stale"];

/** What one of the gateway's tools answered. */
export interface ToolResult {
  /** `unknown` for an answer that is not of the gateway's form, such as a refusal by Codex itself. */
  readonly status: (typeof statuses)[number] | "unknown";
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Finds the gateway's JSON in the text that Codex hands on, which may stand behind lines of its own. */
export function readToolResult(output: string | undefined): ToolResult {
  const start = output?.indexOf("{") ?? -1;
  const value = start < 0 ? {} : parseObject(unwrap(output?.slice(start) ?? ""));
  const status = statuses.find((candidate) => candidate === value["status"]) ?? "unknown";
  const nested = value["data"] ?? value["result"];
  const data = typeof nested === "object" && nested !== null ? { ...value, ...(nested as Record<string, unknown>) } : value;
  return { status, message: typeof value["message"] === "string" ? value["message"] : (output ?? "").slice(0, 500), data };
}

/** A list of content parts as JSON carries the gateway's JSON as a text inside. */
function unwrap(text: string): string {
  const value = parseObject(text);
  const inner = value["type"] === "text" || value["type"] === "input_text" ? value["text"] : undefined;
  return typeof inner === "string" ? inner : text.slice(0, text.lastIndexOf("}") + 1);
}

/** Output of a shell command without the lines that Codex puts before it. */
export function shellOutput(call: PastCall): string {
  const output = call.output ?? "";
  const mark = output.indexOf("\nOutput:\n");
  return mark < 0 ? output : output.slice(mark + "\nOutput:\n".length);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((part) => textOf(field(part, "text") ?? field(part, "content"))).join("\n");
  const text = field(value, "text") ?? field(value, "content");
  return text === undefined ? "" : textOf(text);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
