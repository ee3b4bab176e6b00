import fc from "fast-check";
import { expect, it } from "vitest";
import { nestsDeeperThan } from "./nesting.ts";

it("counts brackets of arrays and objects, and none in strings", () => {
  expect(nestsDeeperThan('{"a":[{"b":1}]}', 3)).toBe(false);
  expect(nestsDeeperThan('{"a":[{"b":1}]}', 2)).toBe(true);
  expect(nestsDeeperThan('["[[[[", "\\"[[[[", "\\\\", []]', 2)).toBe(false);
  expect(nestsDeeperThan("[".repeat(2_000_000), 64)).toBe(true);
});

it("agrees with the depth of whatever was serialised", () => {
  const depthOf = (value: unknown): number => (typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0);
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const depth = depthOf(value);
      expect(nestsDeeperThan(JSON.stringify(value), depth)).toBe(false);
      if (depth > 0) expect(nestsDeeperThan(JSON.stringify(value), depth - 1)).toBe(true);
    }),
  );
});
