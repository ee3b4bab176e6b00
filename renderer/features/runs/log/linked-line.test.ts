import { describe, expect, it } from "vitest";
import { deriveLines } from "./derived-lines.ts";
import { createLineStore } from "./line-store.ts";
import { findLine } from "./linked-line.ts";

const store = (count: number) => {
  const lines = createLineStore();
  lines.append(Array.from({ length: count }, (_, sequence) => ({ attempt: 1, sequence, at: sequence, type: "log", content: { text: "x" } })));
  return lines;
};
/** A log of which only some numbers are shown, looked at as far as one block of lines, or to its end. */
const look = (count: number, isLeft: (number: number) => boolean, toTheEnd = true) => {
  const lines = store(count);
  const shown = deriveLines(lines, (line) => (isLeft(line + 1) ? "same" : "none"));
  shown.grow(() => !toTheEnd);
  return { count, shown, scanned: shown.scanned, isComplete: false };
};

describe("a line that is linked", () => {
  it("is where its number is", () => {
    const lines = store(20);
    expect(findLine(12, { count: 20, scanned: 20, shown: lines, isComplete: false })).toEqual({ phase: "shown", place: 11 });
    expect(
      findLine(
        12,
        look(20, (number) => number % 3 === 0),
      ),
    ).toEqual({ phase: "shown", place: 3 });
  });

  it("is waited for while lines come, and missing when no more do", () => {
    const lines = store(5);
    const now = { count: 5, scanned: 5, shown: lines };
    expect(findLine(6, { ...now, isComplete: false })).toEqual({ phase: "awaited" });
    expect(findLine(6, { ...now, isComplete: true })).toEqual({ phase: "missing" });
    expect(findLine(1, { count: 0, scanned: 0, shown: store(0), isComplete: true })).toEqual({ phase: "missing" });
  });

  it("leads to the next one where the filter leaves it out, or to the last", () => {
    expect(
      findLine(
        13,
        look(20, (number) => number % 5 === 0),
      ),
    ).toEqual({ phase: "hidden", place: 2 });
    expect(
      findLine(
        18,
        look(20, (number) => number < 10),
      ),
    ).toEqual({ phase: "hidden", place: 8 });
    expect(
      findLine(
        3,
        look(20, () => false),
      ),
    ).toEqual({ phase: "hidden", place: undefined });
  });

  it("is looked for until the filter has come to it", () => {
    expect(
      findLine(
        400,
        look(500, (number) => number % 2 === 1, false),
      ),
    ).toEqual({ phase: "sought" });
    expect(
      findLine(
        100,
        look(500, (number) => number % 2 === 1, false),
      ),
    ).toEqual({ phase: "hidden", place: 50 });
  });
});
