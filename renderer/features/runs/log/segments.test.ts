import { expect, it } from "vitest";
import { segmentsOf } from "./segments.ts";

it("cuts a line where a colour or a hit begins or ends", () => {
  const red = { ink: "red" } as const;
  const marks = [
    { start: 4, end: 8, current: true },
    { start: 9, end: 10, current: false },
  ];
  expect(segmentsOf("0123456789", [{ start: 2, end: 6, style: red }], marks)).toStrictEqual([
    { text: "01", style: undefined, hit: undefined },
    { text: "23", style: red, hit: undefined },
    { text: "45", style: red, hit: "current" },
    { text: "67", style: undefined, hit: "current" },
    { text: "8", style: undefined, hit: undefined },
    { text: "9", style: undefined, hit: "hit" },
  ]);
});

it("leaves a plain line whole, and an empty one empty", () => {
  expect(segmentsOf("plain", [], [])).toStrictEqual([{ text: "plain", style: undefined, hit: undefined }]);
  expect(segmentsOf("", [], [])).toStrictEqual([]);
});
