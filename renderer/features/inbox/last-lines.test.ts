import { expect, it } from "vitest";
import { lastLines } from "./last-lines.ts";

it("shows the last eight lines of what was printed, without empty ones at its end", () => {
  const printed = Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n");

  expect(lastLines(`${printed}\n\n`).split("\n")).toStrictEqual(Array.from({ length: 8 }, (_, index) => `line ${index + 12}`));
  expect(lastLines("one")).toBe("one");
});

it("shows no colours, and leaves what else a terminal would act on to be written out", () => {
  expect(lastLines("\u001B[32m✓\u001B[39m 3 tests \u001B[1;31mfailed\u001B[0m\u001B[2J")).toBe("✓ 3 tests failed\u001B[2J");
});
