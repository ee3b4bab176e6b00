import { describe, expect, it } from "vitest";
import { nextMark, parseMarks } from "./bookmarks.ts";

describe("the bookmarks of a log", () => {
  it("are gone through in the order of the lines, and from the first again after the last", () => {
    const marks = new Set([300, 20, 100]);

    expect([0, 20, 150, 300].map((line) => nextMark(marks, line))).toEqual([20, 100, 300, 20]);
    expect(nextMark(new Set(), 7)).toBeUndefined();
  });

  it.each([null, "", "no JSON", "{}", "7", '["7", -1, 1.5, null]'])("are none where %j was kept", (kept) => {
    expect(parseMarks(kept)).toEqual([]);
  });
});
