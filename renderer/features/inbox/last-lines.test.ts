import { expect, it } from "vitest";
import { lastLines } from "./last-lines.ts";

it("shows the last eight lines of what was printed, without empty ones at its end", () => {
  const printed = Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n");

  expect(lastLines(`${printed}\n\n`).split("\n")).toStrictEqual(Array.from({ length: 8 }, (_, index) => `line ${index + 12}`));
  expect(lastLines("one")).toBe("one");
});
