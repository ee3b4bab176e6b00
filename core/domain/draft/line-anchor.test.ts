import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anchorAt, findAgain, textLines, type LineAnchor } from "./line-anchor.ts";

const anchored = (lines: readonly string[], line: number): LineAnchor => {
  const anchor = anchorAt(lines, line);
  if (!anchor) throw new Error("no such line");
  return anchor;
};
/** Lines that are all different, as most lines of a document are. */
const distinctLines = fc.uniqueArray(fc.stringMatching(/^[a-zа-я]{3,12}$/u), { minLength: 2, maxLength: 30 });
/** Lines of which many are equal: blank ones, table rules, list bullets. */
const monotonous = fc.array(fc.constantFrom("", "---", "- [ ]", "a line", "another line"), { minLength: 1, maxLength: 20 });
const somewhere = (lines: readonly unknown[]): fc.Arbitrary<number> => fc.integer({ min: 1, max: lines.length });

describe("a comment on a line", () => {
  it("stays at its line when nothing changed, whatever the text is", () => {
    fc.assert(
      fc.property(
        fc.oneof(distinctLines, monotonous).chain((lines) => fc.tuple(fc.constant(lines), somewhere(lines))),
        ([lines, line]) => {
          fc.pre(lines.length > 1 || lines[0] !== "");
          const again = findAgain(anchored(lines, line), lines);
          // A text of one blank line has nothing to be known by.
          if (lines.length > 1) expect(again).toEqual({ type: "found", line });
        },
      ),
    );
  });

  it("moves along when lines come or go above it", () => {
    fc.assert(
      fc.property(
        distinctLines.chain((lines) =>
          fc.tuple(fc.constant(lines), somewhere(lines), fc.array(fc.constantFrom("new one", "", "another new one"), { maxLength: 8 })),
        ),
        ([lines, line, inserted]) => {
          const anchor = anchored(lines, line);
          const at = Math.min(line - 1, Math.floor(lines.length / 2));
          const longer = [...lines.slice(0, at), ...inserted, ...lines.slice(at)];
          expect(findAgain(anchor, longer)).toEqual({ type: "found", line: line + inserted.length });
          expect(findAgain(anchor, lines.slice(at))).toEqual({ type: "found", line: line - at });
        },
      ),
    );
  });

  it("is stale when its line says something else, and tells what it said and says", () => {
    fc.assert(
      fc.property(
        distinctLines.chain((lines) => fc.tuple(fc.constant(lines), somewhere(lines))),
        ([lines, line]) => {
          const edited = lines.map((text, index) => (index === line - 1 ? "REWRITTEN" : text));
          expect(findAgain(anchored(lines, line), edited)).toEqual({ type: "changed", was: lines[line - 1], now: "REWRITTEN" });
        },
      ),
    );
  });

  it("never ends on a line with other words", () => {
    fc.assert(
      fc.property(
        fc.tuple(monotonous, monotonous).chain(([before, after]) => fc.tuple(fc.constant(before), fc.constant(after), somewhere(before))),
        ([before, after, line]) => {
          const anchor = anchored(before, line);
          const again = findAgain(anchor, after);
          if (again.type === "found") expect(after[again.line - 1]).toBe(anchor.text);
          else expect(again.was).toBe(anchor.text);
        },
      ),
    );
  });

  it("chooses the line with its own surroundings among equal ones", () => {
    const before = ["# A", "- open", "yes", "# B", "- open", "no"];

    expect(findAgain(anchored(before, 5), ["# B", "- open", "no", "# A", "- open", "yes"])).toEqual({ type: "found", line: 2 });
  });

  it("does not settle on a blank line that has nothing of its surroundings", () => {
    expect(findAgain(anchored(["one", "", "two"], 2), ["three", "", "four"])).toMatchObject({ type: "changed", was: "" });
  });

  it("says that nothing came for a line that was taken out", () => {
    expect(findAgain(anchored(["first line", "second line", "third line"], 2), ["first line", "third line"])).toEqual({
      type: "changed",
      was: "second line",
    });
  });

  it("finds nothing in an empty text", () => {
    expect(findAgain(anchored(["first line"], 1), [])).toEqual({ type: "changed", was: "first line" });
    expect(anchorAt(["one"], 2)).toBeUndefined();
  });

  it("counts lines as an editor does, whatever ends them", () => {
    expect(textLines("a\r\nb\nc\rd\n")).toEqual(["a", "b", "c", "d"]);
    expect(textLines("")).toEqual([""]);
  });
});
