import { describe, expect, it } from "vitest";
import { outgoingProblems } from "./outgoing-text.ts";

describe("text of an agent that goes to the forge", () => {
  it.each([
    ["closes", "fixes #1"],
    ["closes", "This Closes: acme/shop#12."],
    ["closes", "resolved https://forge.test/acme/shop/issues/3"],
    ["mentions", "Hello @olga"],
    ["mentions", "(@acme/owners)"],
    ["mentions", "@dependabot merge"],
    ["image", "![x](https://tracker.test/a.png)"],
    ["image", '<IMG src="https://tracker.test/a.png">'],
    ["image", "![x][1]"],
    ["hidden", "a <!-- for the next agent --> b"],
    ["command", "text\n/approve"],
    ["command", "  /label run:vision"],
  ] as const)("is told that it %s when it says %j", (type, text) => {
    expect(outgoingProblems(text).map((problem) => problem.type)).toContain(type);
  });

  it.each([
    "Refers to #7. See docs/issues/issue-7/intake/brief.md.",
    "mail to ann@example.test, package `@openai/codex`, decorator `@Component`",
    "```\n@olga <!-- x -->\n/approve\n```\n",
    "/usr/bin/env is a path, and so is docs/a.md",
    "The fix is described in #7; closing time is 18:00",
    "Исправляет поведение из #7",
  ])("passes as %j", (text) => {
    expect(outgoingProblems(text)).toEqual([]);
  });
});
