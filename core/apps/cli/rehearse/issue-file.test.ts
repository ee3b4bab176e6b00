import { describe, expect, it } from "vitest";
import { CommandFailure } from "../failures.ts";
import { parseIssue } from "./issue-file.ts";

describe("an issue file", () => {
  it("gives its first heading as the title and the rest as the body", () => {
    expect(parseIssue("intro\n\n## Berth booking ##\n\nText\n", "f")).toEqual({ title: "Berth booking", body: "intro\n\n\nText" });
  });

  it("gives its first line as the title when there is no heading", () => {
    expect(parseIssue("\uFEFF\r\nБронирование причала\r\nтекст", "f")).toEqual({ title: "Бронирование причала", body: "текст" });
  });

  it("cuts a title that no forge takes", () => {
    expect(parseIssue(`# ${"x".repeat(300)}`, "f").title).toHaveLength(256);
  });

  it.each([
    ["nothing", ""],
    ["only white space", " \n\t\n"],
    ["more than a forge takes", `# t\n${"x".repeat(70_000)}`],
  ])("refuses %s", (_what, text) => {
    expect(() => parseIssue(text, "f")).toThrow(CommandFailure);
  });
});
