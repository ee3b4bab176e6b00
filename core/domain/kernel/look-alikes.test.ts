import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mixedScriptWords, skeleton } from "./look-alikes.ts";

describe("names that look alike", () => {
  it.each([
    ["a Cyrillic letter", "run:visiоn"],
    ["a Greek letter", "run:visiοn"],
    ["a Greek capital", "RUN:VISIΟΝ"],
    ["full-width letters", "ｒｕｎ：ｖｉｓｉｏｎ"],
    ["mathematical letters", "𝐫𝐮𝐧:𝐯𝐢𝐬𝐢𝐨𝐧"],
    ["a long s", "run:viſion"],
    ["another colon", "run\ua789vision"],
    ["a zero-width space", "run:\u200bvision"],
    ["a combining mark", "run:vísion"],
    ["a soft hyphen", "run:vis\u00adion"],
    ["a no-break space", "run:\u00a0vision"],
  ])("have one skeleton: %s", (_name, name) => {
    expect(name).not.toBe("run:vision");
    expect(skeleton(name)).toBe("run:vision");
  });

  it("keep names apart that a reader tells apart", () => {
    const names = ["run:vision", "run:prd", "run:vision:revise", "deploy:vision", "идея", "bug", "2026-q1"];

    expect(new Set(names.map(skeleton)).size).toBe(names.length);
  });

  it("have a skeleton that is its own skeleton", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(skeleton(skeleton(text))).toBe(skeleton(text));
      }),
    );
  });
});

describe("mixed scripts", () => {
  it("are found inside a word", () => {
    expect(mixedScriptWords("acme/shор and run:visiоn")).toEqual(["shор", "visiоn"]);
  });

  it("are no matter of two languages side by side", () => {
    expect(mixedScriptWords("Исправить README.md в main, git-коммит 漢字 naïve 2026")).toEqual([]);
  });
});
