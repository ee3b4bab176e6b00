import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TranscriptEntry } from "../../../../core/contract/runs.ts";
import { deriveLines, deriving, laidOut } from "./derived-lines.ts";
import { createLineStore, type Lines } from "./line-store.ts";
import { parseQuery } from "./search.ts";

const entry = (text: string, sequence: number): TranscriptEntry => ({ attempt: 1, sequence, at: 1_000 * sequence, type: "log", content: { text } });
const store = (...texts: readonly string[]) => {
  const lines = createLineStore();
  lines.append(texts.map(entry));
  return lines;
};
const textsOf = (lines: Lines): string[] => Array.from({ length: lines.count }, (_, line) => lines.text(line));
const filtered = (lines: Lines, only: string, without = "", json = false, kept?: (line: number) => boolean) =>
  deriveLines(lines, deriving(lines, { only: parseQuery(only), without: parseQuery(without), json, kept }) ?? (() => "same"));
const never = (): boolean => false;

describe("the lines that are shown of a log", () => {
  it("are those with what is wanted and without what is not, under their own numbers", () => {
    const shown = filtered(store("error: disk", "all is well", "error: net", "error: disk again"), "error", "/net$/");
    shown.grow(never);

    expect(textsOf(shown)).toEqual(["error: disk", "error: disk again"]);
    expect([shown.number(0), shown.number(1)]).toEqual([1, 4]);
  });

  it("are only those that are kept, whatever they say", () => {
    const shown = filtered(store("a", "b", "a", "a"), "a", "", false, (line) => line > 0);
    shown.grow(never);

    expect([0, 1].map((line) => shown.number(line))).toEqual([3, 4]);
    expect([shown.count, shown.scanned]).toEqual([2, 4]);
  });

  it("name an entry at the first of its lines that is shown", () => {
    const shown = filtered(store("first\nwanted\nwanted too", "wanted"), "wanted");
    shown.grow(never);

    expect([0, 1, 2].map((line) => shown.opens(line))).toEqual([true, false, true]);
  });

  it("lead to the first that is shown at or after a time, or to the last", () => {
    const shown = filtered(store("a", "b", "a", "b"), "a");
    shown.grow(never);

    expect([0, 1_000, 2_000, 9_000].map((at) => shown.lineAt(at))).toEqual([0, 1, 1, 1]);
  });

  it("are the same however often the making was broken off, and whenever lines came", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", '{"c":1}'), { maxLength: 2_000 }), fc.nat(), fc.infiniteStream(fc.boolean()), (texts, cut, stops) => {
        const lines = store(...texts.slice(0, cut % (texts.length + 1)));
        const shown = filtered(lines, "", "b", true);
        while (!shown.grow(() => stops.next().value));
        lines.append(texts.slice(cut % (texts.length + 1)).map(entry));
        while (!shown.grow(() => stops.next().value));

        expect(textsOf(shown)).toEqual(texts.flatMap((text) => (text === "b" ? [] : text === "a" ? ["a"] : ["{", '  "c": 1', "}"])));
      }),
      { numRuns: 30 },
    );
  });
});

describe("a line with JSON", () => {
  it("is laid out after whatever stands before it", () => {
    expect(laidOut('tool {"a":[1]}')).toEqual(["tool {", '  "a": [', "    1", "  ]", "}"]);
  });

  it.each(["", "no JSON", "{", "[] and more", "{}", "a {b}"])("%j stays as it is", (text) => {
    expect(laidOut(text)).toBeUndefined();
  });
});
