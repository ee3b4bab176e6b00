import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineSplitter, readCodexLine, usageBetween } from "./event-reader.ts";

const read = (value: unknown): unknown => readCodexLine(JSON.stringify(value));

describe("reading Codex events", () => {
  it("knows the thread, messages, commands and tool calls", () => {
    expect(read({ type: "thread.started", thread_id: "t1" })).toEqual([{ event: { type: "thread-started", threadId: "t1" } }]);
    expect(read({ type: "item.completed", item: { type: "agent_message", text: "hi" } })).toEqual([{ event: { type: "message", text: "hi" } }]);
    expect(read({ type: "item.completed", item: { type: "command_execution", command: "ls", aggregated_output: "a\n", exit_code: 2 } })).toEqual([
      { event: { type: "command", command: "ls", output: "a\n", exitCode: 2 } },
    ]);
    expect(read({ type: "item.started", item: { type: "command_execution", command: "ls", status: "in_progress" } })).toEqual([
      { event: { type: "command-started", command: "ls" } },
    ]);
    expect(read({ type: "item.started", item: { type: "reasoning" } })).toEqual([]);
    const call = {
      type: "mcp_tool_call",
      server: "signalbox",
      tool: "owner_ask",
      arguments: { a: 1 },
      status: "completed",
      result: { content: [{ type: "text", text: "{}" }] },
    };
    expect(read({ type: "item.completed", item: call })).toEqual([
      { event: { type: "tool-call", server: "signalbox", tool: "owner_ask", arguments: { a: 1 }, status: "completed", answered: true, result: "{}" } },
    ]);
    expect(read({ type: "item.completed", item: { ...call, status: "failed", result: undefined, error: { message: "Transport closed" } } })).toMatchObject([
      { event: { status: "failed", answered: false, result: "Transport closed" } },
    ]);
    expect(read({ type: "turn.failed", error: { message: "no quota" } })).toEqual([{ event: { type: "turn-failed", message: "no quota" } }]);
  });

  it("passes over events that a later version may send", () => {
    expect(read({ type: "item.completed", item: { type: "hologram" } })).toEqual([]);
    expect(read({ type: "dream.started" })).toEqual([]);
  });

  it("takes a line that is no JSON for a notice", () => {
    expect(readCodexLine("warning: something")).toEqual([{ event: { type: "notice", text: "warning: something" } }]);
  });

  it("never throws, whatever JSON comes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readCodexLine(JSON.stringify(value))).toBeInstanceOf(Array);
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom("item.started", "item.completed", "turn.completed", "turn.failed", "thread.started", "error"),
        fc.jsonValue(),
        fc.jsonValue(),
        (type, item, usage) => {
          expect(readCodexLine(JSON.stringify({ type, item, usage, error: item, message: usage }))).toBeInstanceOf(Array);
        },
      ),
    );
  });
});

describe("splitting the stream into lines", () => {
  it("gives the same lines however the bytes are cut", () => {
    const text = "первая\nsecond ✓\n\n  \nlast without break";
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const lines: string[] = [];
        const splitter = createLineSplitter((line) => lines.push(line));
        places.slice(1).forEach((end, index) => splitter.push(bytes.subarray(places[index], end)));
        splitter.end();
        expect(lines).toEqual(["первая", "second ✓", "last without break"]);
      }),
    );
  });

  it("cuts an endless line and goes on behind it", () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line), 10);
    for (let index = 0; index < 50; index += 1) splitter.push(Buffer.from("xxxxxxx"));
    splitter.push(Buffer.from("\nshort\n"));
    splitter.end();
    expect(lines).toEqual(["xxxxxxxxxx…", "short"]);
  });
});

it("a turn's usage is the difference of the thread's totals, and never negative", () => {
  const before = { inputTokens: 100, cachedInputTokens: 50, outputTokens: 10, reasoningTokens: 1 };
  expect(usageBetween(before, { inputTokens: 130, cachedInputTokens: 60, outputTokens: 15, reasoningTokens: 0 })).toEqual({
    inputTokens: 30,
    cachedInputTokens: 10,
    outputTokens: 5,
    reasoningTokens: 0,
  });
});
