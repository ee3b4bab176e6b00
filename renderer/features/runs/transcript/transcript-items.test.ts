import { describe, expect, it } from "vitest";
import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { argumentsLine, callFinder, createItemMaker, openCalls, type ToolCallRow, type TranscriptItem } from "./transcript-items.ts";

const entry = (attempt: number, sequence: number, type: string, content: TranscriptEntry["content"] = {}): TranscriptEntry => ({
  attempt,
  sequence,
  at: sequence,
  type,
  content,
});

function items(...entries: TranscriptEntry[]): TranscriptItem[] {
  const make = createItemMaker();
  return entries.flatMap((one) => make(one));
}

const call = (fields: Partial<ToolCallRow>): ToolCallRow => ({
  id: "c",
  attempt: 1,
  tool: "owner_ask",
  arguments: { question: "?", options: ["a"] },
  rule: "questions",
  outcome: "ask",
  state: "pending",
  executions: 0,
  repeats: 0,
  at: 1,
  ...fields,
});

describe("a transcript as it is read", () => {
  it("opens each attempt and counts its turns from one", () => {
    const usage = { inputTokens: 10, cachedInputTokens: 4, outputTokens: 3, reasoningTokens: 1 };
    const made = items(
      entry(1, 0, "thread-started", { threadId: "t" }),
      entry(1, 1, "turn-completed", { usage }),
      entry(1, 2, "turn-completed", { usage }),
      entry(2, 0, "log", { text: "restored" }),
      entry(2, 1, "turn-completed", {}),
    );
    expect(
      made.map((item) => (item.type === "turn" ? `turn ${item.turn}: ${item.tokens.input}` : item.type === "attempt" ? `attempt ${item.attempt}` : item.type)),
    ).toStrictEqual(["attempt 1", "turn 1: 10", "turn 2: 10", "attempt 2", "note", "turn 1: 0"]);
    expect(new Set(made.map((item) => item.key)).size).toBe(made.length);
  });

  it("shows commands without their shell, with what they write", () => {
    expect(items(entry(1, 0, "command", { command: `/bin/bash -lc "cat > a.md <<'E'\nhi\nE"`, output: "", exitCode: 0 })).at(-1)).toMatchObject({
      command: "cat > a.md <<'E'\nhi\nE",
      exitCode: 0,
      changes: [{ path: "a.md", verb: "written" }],
    });
  });

  it("shows what it does not know as it came", () => {
    expect(items(entry(1, 0, "hologram", { x: 1 })).at(-1)).toMatchObject({ type: "note", text: 'hologram {"x":1}' });
    expect(items(entry(1, 0, "command", { command: 7, exitCode: null })).at(-1)).toMatchObject({ command: "", exitCode: undefined });
    expect(items(entry(1, 0, "tool-call", { tool: "x", arguments: [1] })).at(-1)).toMatchObject({ arguments: {} });
  });

  it("finds the gateway's account of a call, whatever the order of its arguments and whatever was filled in", () => {
    const [, made] = items(
      entry(1, 0, "tool-call", { tool: "owner_ask", arguments: { options: [{ a: 1, b: 2 }], question: "?" }, status: "completed", result: "pending" }),
    );
    const filled = call({ arguments: { base: "main", question: "?", options: [{ b: 2, a: 1 }] } });
    const other = call({ id: "other", arguments: { question: "!", options: [] } });
    if (made?.type !== "tool") throw new Error("no call was made of it");
    expect(callFinder([other, filled])(made)).toBe(filled);
    expect(callFinder([other, { ...filled, attempt: 2 }])(made)).toBeUndefined();
  });

  it("shows calls that the agent has not heard of, and no others", () => {
    const calls = [
      call({ id: "waits" }),
      call({ id: "done", state: "done", tool: "kb_search" }),
      call({ id: "runs", state: "executing", tool: "github_comment" }),
    ];
    expect(openCalls(calls, []).map((item) => item.key)).toStrictEqual(["call waits", "call runs"]);
    const told = [{ attempt: 1, tool: "owner_ask", arguments: { options: ["a"], question: "?" } }];
    expect(openCalls(calls, told).map((item) => item.key)).toStrictEqual(["call runs"]);
  });

  it("tells the arguments of a call in one line", () => {
    expect(argumentsLine({ path: "a.md", list: ["x"], body: `two\n lines ${"x".repeat(80)}` })).toBe(`path=a.md list=["x"] body=two lines ${"x".repeat(50)}…`);
    expect(argumentsLine({})).toBe("");
  });
});
