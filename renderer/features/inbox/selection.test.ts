import { describe, expect, it } from "vitest";
import { neighbour } from "./selection.ts";

const items = [{ id: "a" }, { id: "b" }, { id: "c" }];

describe("moving through the inbox", () => {
  it.each([
    ["down", "a", 1, "b"],
    ["up", "b", -1, "a"],
    ["down from the last, which stays", "c", 1, "c"],
    ["up from the first, which stays", "a", -1, "a"],
    ["down from nothing, to the first", undefined, 1, "a"],
    ["up from nothing, to the last", undefined, -1, "c"],
    ["down from what has gone, to the first", "gone", 1, "a"],
  ] as const)("goes %s", (_way, from, by, to) => {
    expect(neighbour(items, from, by)).toBe(to);
  });

  it("goes nowhere in an empty inbox", () => {
    expect(neighbour([], undefined, 1)).toBeUndefined();
  });
});
