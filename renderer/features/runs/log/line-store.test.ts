import { describe, expect, it } from "vitest";
import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { columnsOf } from "./columns.ts";
import { createLineStore } from "./line-store.ts";

const entry = (sequence: number, type: string, content: TranscriptEntry["content"]): TranscriptEntry => ({
  attempt: 1,
  sequence,
  at: 1_000 + sequence,
  type,
  content,
});

const shown = (...entries: TranscriptEntry[]): string[] => {
  const store = createLineStore();
  store.append(entries);
  return Array.from({ length: store.count }, (_, line) => `${store.source(line).firstLine === line ? store.source(line).kind : "…"} ${store.text(line)}`);
};

describe("the lines of a record", () => {
  it("say what was done, with the whole output and how it ended", () => {
    expect(
      shown(
        entry(0, "thread-started", { threadId: "t-1" }),
        entry(1, "message", { text: "I look.\nThen I write." }),
        entry(2, "command", { command: "/bin/bash -lc 'ls docs'", output: "a\nb\n", exitCode: 0 }),
        entry(3, "command", { command: "false", output: "", exitCode: 1 }),
        entry(4, "command", { command: "sleep 9", output: "", exitCode: null }),
        entry(5, "file-change", { paths: ["a.md", "b.md"] }),
        entry(6, "tool-call", { tool: "owner_ask", arguments: { question: "?" }, status: "completed", result: "pending" }),
        entry(7, "hologram", { x: 1 }),
        entry(8, "turn-completed", { usage: { inputTokens: 5, cachedInputTokens: 4, outputTokens: "many" } }),
      ),
    ).toStrictEqual([
      "run thread t-1",
      "agent I look.",
      "… Then I write.",
      "exec $ ls docs",
      "… a",
      "… b",
      "failed $ false",
      "… exit 1",
      "failed $ sleep 9",
      "… ended without an exit code",
      "file a.md",
      "… b.md",
      'tool owner_ask {"question":"?"}',
      "… → pending",
      'run hologram {"x":1}',
      "turn completed: 5 tokens in (4 cached), 0 out (0 reasoning)",
    ]);
  });

  it("do not pass a colour on from one command to the next", () => {
    const store = createLineStore();
    store.append([entry(0, "command", { command: "x", output: "\u001B[31mred", exitCode: 2 }), entry(1, "message", { text: "calm" })]);
    expect([0, 1, 2, 3].map((line) => store.spans(line).length)).toStrictEqual([0, 1, 0, 0]);
  });

  it("are found by the time of their entry", () => {
    const store = createLineStore();
    expect(store.lineAt(5)).toBe(0);
    store.append([entry(0, "message", { text: "a\nb" }), entry(5, "message", { text: "c" })]);
    expect([store.lineAt(0), store.lineAt(1_001), store.lineAt(9_999)]).toStrictEqual([0, 2, 2]);
    expect(() => store.source(3)).toThrow(RangeError);
  });

  it("know their width in columns", () => {
    expect(["abc", "Привет", "日本", "e\u0301"].map(columnsOf)).toStrictEqual([3, 6, 4, 1]);
  });
});
