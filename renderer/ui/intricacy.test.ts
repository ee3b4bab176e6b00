import { describe, expect, it } from "vitest";
import { isIntricate } from "./intricacy.ts";

describe("Markdown that would stop the window", () => {
  it.each([
    ["quotes within quotes", `${">".repeat(64_000)} deep`],
    ["quotes with gaps", `${"> ".repeat(50)}deep`],
    ["lists within lists in one line", `${"- ".repeat(100)}deep`],
    ["numbered lists within quotes", `${"> 1. ".repeat(30)}deep`],
    ["lists that go deeper line by line", Array.from({ length: 200 }, (_, depth) => `${"  ".repeat(depth)}- item`).join("\n")],
    ["emphasis upon emphasis", "*a_".repeat(20_000)],
    ["emphasis over many lines of one paragraph", "*a_\n".repeat(4_000)],
    ["emphasis over paragraphs, each of which would pass", `${"*a_".repeat(2_000)}\n\n`.repeat(10)],
    ["strong within strong", `${"**a ".repeat(3_000)}${"a** ".repeat(3_000)}`],
  ])("is %s", (_what, text) => {
    expect(isIntricate(text)).toBe(true);
  });

  it.each([
    ["a table of a thousand names", "| a | b |\n|---|---|\n".concat("| **snake_case_name** | _other_name_ |\n".repeat(1_000))],
    ["a list of a thousand items", "- **One** thing, _another_ thing\n".repeat(1_000)],
    ["a thousand paragraphs", "A *word* and **another**.\n\n".repeat(1_000)],
    ["names with underscores, all in one paragraph", "some_name_of_a_thing ".repeat(1_000)],
    ["a list in a list in a quote", "> - one\n>   - two\n>     1. three"],
    ["a rule and a minus", "***\n\n---\n\n- - -\n\n-5 degrees"],
    ["ten megabytes of one letter", "x".repeat(10_000_000)],
  ])("is not %s", (_what, text) => {
    expect(isIntricate(text)).toBe(false);
  });
});
