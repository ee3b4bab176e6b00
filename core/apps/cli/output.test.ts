import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { age, createOutput, inert, table } from "./output.ts";

describe("text for the terminal", () => {
  it("drives nothing: colours, cursor, titles, links, and text that runs backwards are shown as escapes", () => {
    expect(inert("\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b]8;;http://x\u0007link \u202Eevil\u2066 a\u200Bb \rover \u009b2J")).toBe(
      "\\u001b[31mred\\u001b[0m \\u001b]0;title\\u0007 \\u001b]8;;http://x\\u0007link \\u202eevil\\u2066 a\\u200bb \\u000dover \\u009b2J",
    );
  });

  it("leaves line breaks, tabs and letters of any language alone", () => {
    expect(inert("Причал\tберег\n🚢 ё naïve 漢字")).toBe("Причал\tберег\n🚢 ё naïve 漢字");
  });

  it("holds no control character whatever comes in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(inert(text)).not.toMatch(/(?![\n\t])\p{Cc}|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u);
      }),
    );
  });

  it("goes through that on every way out but JSON, which escapes by itself", () => {
    const out: string[] = [];
    const err: string[] = [];
    const streams = { out: { write: (text: string) => out.push(text) }, err: { write: (text: string) => err.push(text) } };

    createOutput(false, streams).result({}, "\u001b[2J");
    createOutput(false, streams).line("\u001b[2J");
    createOutput(false, streams).progress("\u001b[2J");
    createOutput(true, streams).result({ text: "\u001b[2J" }, "");
    createOutput(true, streams).stream({ text: "\u001b[2J" });

    expect([...out, ...err].join("")).not.toContain("\u001b");
  });
});

describe("tables and ages", () => {
  it("pads columns to their widest cell, but not the last", () => {
    expect(
      table(
        ["A", "LONG"],
        [
          ["wide", "x"],
          ["", "yy"],
        ],
      ),
    ).toBe("A     LONG\nwide  x\n      yy");
  });

  it.each([
    [0, "just now"],
    [59_000, "just now"],
    [60_000, "1 min"],
    [3_599_000, "59 min"],
    [3_600_000, "1 h"],
    [86_400_000, "1 d"],
    [-5_000, "just now"],
  ])("%d ms ago is %s", (since, text) => {
    expect(age(1_000_000_000 - since, 1_000_000_000)).toBe(text);
  });
});
