import { describe, expect, it } from "vitest";
import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { createLineLevels, isLeft, levelChoices } from "./line-levels.ts";
import { createLineStore } from "./line-store.ts";

const levelsOf = (...entries: readonly (readonly [string, TranscriptEntry["content"]])[]): string[] => {
  const lines = createLineStore();
  lines.append(entries.map(([type, content], sequence) => ({ attempt: 1, sequence, at: sequence, type, content })));
  const levels = createLineLevels(lines);
  return Array.from({ length: lines.count }, (_, line) => levels.at(line) ?? "none");
};

describe("the level of a line", () => {
  it("is what its entry says: what failed is a failure, to its last line", () => {
    expect(levelsOf(["command", { command: "false", output: "looking\nnothing there\n", exitCode: 1 }])).toEqual(["failure", "failure", "failure", "failure"]);
    expect(levelsOf(["notice", { text: "the model was slow" }], ["turn-failed", { message: "stopped" }])).toEqual(["warn", "failure"]);
  });

  it("is what a program has written, whatever its entry says", () => {
    expect(levelsOf(["command", { command: "serve", output: "INFO up\nWARN slow\nready", exitCode: 0 }])).toEqual(["none", "info", "warn", "none"]);
    expect(levelsOf(["command", { command: "serve", output: "INFO up\nboom", exitCode: 1 }])).toEqual(["failure", "info", "failure", "failure"]);
  });

  it("is that of the line which it goes on with, within its entry", () => {
    const output = "ERROR boom\n    at sell (basket.ts:3:5)\n\nCaused by: nothing\nready";
    expect(levelsOf(["log", { text: output }], ["log", { text: "  and more" }])).toEqual(["failure", "failure", "failure", "failure", "none", "none"]);
  });

  it("is nothing that an agent speaks of, and no argument of a call", () => {
    expect(
      levelsOf(
        ["message", { text: "Warning: I stop here.\nERROR in the plan" }],
        ["reasoning", { text: "error: is it?" }],
        ["file-change", { paths: ["ERROR log"] }],
        ["tool-call", { tool: "write", arguments: {}, status: "completed", result: '\n{"level":"error"}' }],
      ),
    ).toEqual(["none", "none", "none", "none", "none", "none", "none"]);
  });

  it("is the same in whatever order lines are asked for", () => {
    const lines = createLineStore();
    lines.append([{ attempt: 1, sequence: 0, at: 0, type: "log", content: { text: "WARN slow\n  very" } }]);
    const levels = createLineLevels(lines);

    expect([levels.at(1), levels.at(0)]).toEqual(["warn", "warn"]);
    lines.append([{ attempt: 1, sequence: 1, at: 1, type: "log", content: { text: "ERROR boom" } }]);
    expect(levels.at(2)).toBe("failure");
  });
});

describe("a choice of levels", () => {
  it("leaves what is as bad or worse; a line without a level is information", () => {
    const given = [undefined, "debug", "info", "warn", "failure"] as const;
    const left = levelChoices.map((choice) => given.filter((level) => isLeft(level, choice)));

    expect(left).toEqual([given, [undefined, "info", "warn", "failure"], ["warn", "failure"], ["failure"]]);
  });
});
