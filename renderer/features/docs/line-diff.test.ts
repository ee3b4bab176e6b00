import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffRows, diffSize } from "./diff-rows.ts";
import { diffLines, linesOf, type DiffLine } from "./line-diff.ts";

const text = (line: DiffLine): string => line.parts.map((part) => part.text).join("");
const sign = { same: " ", added: "+", removed: "-" } as const;
const shown = (before: string, after: string): string[] => diffLines(before, after).map((line) => sign[line.kind] + text(line));
const changed = (line: DiffLine | undefined): string[] => (line?.parts ?? []).filter((part) => part.changed).map((part) => part.text);

describe("the diff of two texts", () => {
  it("says which lines came and which went", () => {
    expect(shown("one\ntwo\nthree\n", "one\nthree\nfour\n")).toStrictEqual([" one", "-two", " three", "+four"]);
  });

  it("numbers each line in the text that it is in", () => {
    expect(diffLines("a\nb\nc", "a\nx\ny\nc").map(({ before, after }) => [before, after])).toStrictEqual([
      [1, 1],
      [2, undefined],
      [undefined, 2],
      [undefined, 3],
      [3, 4],
    ]);
  });

  it("marks the words that differ in a line that was changed", () => {
    const [removed, added] = diffLines("reaches payment in at most five steps.", "reaches payment in at most three steps, address included.");
    expect(changed(removed)).toStrictEqual(["five"]);
    expect(changed(added)).toStrictEqual(["three", ", address included"]);
  });

  it("marks words next to each other as one stretch", () => {
    expect(diffLines("keep this old word here", "keep this new phrase here").map(changed)).toStrictEqual([["old word"], ["new phrase"]]);
  });

  it("marks no words where two lines have little in common", () => {
    expect(diffLines("Subscriptions and gift cards.", "Nothing else.").flatMap(changed)).toStrictEqual([]);
  });

  it("takes either kind of line end, and an end without one, as the same", () => {
    expect(shown("a\r\nb\r\n", "a\nb")).toStrictEqual([" a", " b"]);
    expect(linesOf("")).toStrictEqual([]);
  });

  it("gives both texts back, in order, whatever they are", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c", "", "a b", "a c"), { maxLength: 25 });
    fc.assert(
      fc.property(lines, lines, (old, fresh) => {
        const diff = diffLines(`${old.join("\n")}\n`, `${fresh.join("\n")}\n`);
        expect(diff.filter((line) => line.kind !== "added").map(text)).toStrictEqual(linesOf(`${old.join("\n")}\n`));
        expect(diff.filter((line) => line.kind !== "removed").map(text)).toStrictEqual(linesOf(`${fresh.join("\n")}\n`));
      }),
    );
  });

  it("keeps as many lines as can be kept", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (old, fresh) => {
        const kept = diffLines(old.join("\n"), fresh.join("\n")).filter((line) => line.kind === "same").length;
        expect(kept).toBe(longestCommon(linesOf(old.join("\n")), linesOf(fresh.join("\n"))));
      }),
    );
  });

  it("shows texts that have next to nothing in common as one replaced by the other", () => {
    const many = (prefix: string): string => Array.from({ length: 2_000 }, (_, index) => `${prefix}${index}`).join("\n");
    expect(diffSize(diffLines(many("a"), many("b")))).toStrictEqual({ added: 2_000, removed: 2_000 });
  });
});

describe("the rows of a diff", () => {
  const numbered = (count: number, change?: number): string =>
    Array.from({ length: count }, (_, index) => (index === change ? "changed" : `line ${index}`)).join("\n");
  const lines = diffLines(numbered(20), numbered(20, 10));

  it("fold what did not change, but for three lines around a change", () => {
    const rows = diffRows(lines, new Set());
    expect(rows[0]).toStrictEqual({ type: "fold", first: 0, count: 7 });
    expect(rows.at(-1)).toStrictEqual({ type: "fold", first: 15, count: 6 });
    expect(rows).toHaveLength(1 + 3 + 2 + 3 + 1);
  });

  it("show what was opened", () => {
    expect(diffRows(lines, new Set([0, 15]))).toHaveLength(lines.length);
  });

  it("fold nothing that is smaller than the fold", () => {
    expect(diffRows(diffLines(numbered(9), numbered(9, 5)), new Set()).every((row) => row.type === "line")).toBe(true);
  });
});

/** Row by row of the table of all beginnings of the two. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let above = b.map(() => 0);
  for (const left of a) {
    const row: number[] = [];
    for (const [index, right] of b.entries()) row.push(left === right ? (above[index - 1] ?? 0) + 1 : Math.max(above[index] ?? 0, row[index - 1] ?? 0));
    above = row;
  }
  return above.at(-1) ?? 0;
}
