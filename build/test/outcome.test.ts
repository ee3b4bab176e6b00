import { describe, expect, it } from "vitest";
import { outcomeLine, totalOutcome } from "./outcome.ts";

describe("the outcome of a test run", () => {
  it("counts each check as one", () => {
    expect(totalOutcome([true, false], { passed: 3, failed: 1, skipped: 2 }, 1)).toEqual({ passed: 4, failed: 2, skipped: 2 });
  });

  it("is a failure when no test ran", () => {
    expect(totalOutcome([true], { passed: 0, failed: 0, skipped: 7 }, 0)).toEqual({ passed: 1, failed: 1, skipped: 7 });
  });

  it("is a failure when Vitest ended without an account", () => {
    expect(totalOutcome([true], undefined, 0).failed).toBe(1);
  });

  it("is a failure when Vitest reports one that belongs to no test", () => {
    expect(totalOutcome([], { passed: 5, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  it("prints as one line", () => {
    expect(outcomeLine({ passed: 1, failed: 2, skipped: 3 })).toBe("1 passed, 2 failed, 3 skipped");
  });
});
