import fc from "fast-check";
import { expect, it } from "vitest";
import { fragment, marked, queryWords } from "./query-marks.ts";

const shown = (query: string, excerpt: string): string =>
  marked(excerpt, queryWords(query))
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join("");

it.each([
  ["gangways", "Board at gangway nine.", "Board at [gangway] nine."],
  ["паромы", "Паром уходит; парому пора. Парад.", "[Паром] уходит; [парому] пора. Парад."],
  ["ещё", "Еще раз", "[Еще] раз"],
  ["pay -refund or card", "Pay by card, no refund, or not", "[Pay] by [card], no refund, or not"],
  ["ferry", "different", "different"],
  ["cat", "category cat", "category [cat]"],
])("marks the words of %j in %j", (query, excerpt, expected) => {
  expect(shown(query, excerpt)).toBe(expected);
});

it("loses nothing of an excerpt", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (query, excerpt) => {
      expect(
        marked(excerpt, queryWords(query))
          .map((piece) => piece.text)
          .join(""),
      ).toBe(excerpt);
    }),
  );
});

it.each([
  ["berth book, which lies on the counter", "… berth book, which lies on the counter …"],
  ["A guest pays.", "A guest pays."],
  ["", ""],
])("shows where the excerpt %j was cut", (excerpt, shownAs) => {
  expect(fragment(excerpt)).toBe(shownAs);
});
