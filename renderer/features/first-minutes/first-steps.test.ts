import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstSteps, isBehind, nextStep, type Progress } from "./first-steps.ts";

const nothing: Progress = { hasRuns: false, decided: 0, hasRead: false };

describe("the first minutes in a workspace", () => {
  it("lead from an idea over a decision to a document", () => {
    const way: readonly Progress[] = [
      nothing,
      { ...nothing, hasRuns: true },
      { ...nothing, hasRuns: true, decided: 1 },
      { hasRuns: true, decided: 2, hasRead: true },
    ];

    expect(way.map(nextStep)).toStrictEqual(["start", "decide", "read", "done"]);
  });

  it("are over for somebody who has decided several times, whether or not a document was ever opened from here", () => {
    expect(nextStep({ hasRuns: true, decided: 3, hasRead: false })).toBe("over");
  });

  it("never go back when more happens", () => {
    const order = [...firstSteps, "done", "over"];
    fc.assert(
      fc.property(fc.boolean(), fc.nat({ max: 5 }), fc.nat({ max: 3 }), (hasRuns, decided, more) => {
        const before = nextStep({ hasRuns: hasRuns || decided > 0, decided, hasRead: false });
        const after = nextStep({ hasRuns: true, decided: decided + more, hasRead: false });
        expect(order.indexOf(after)).toBeGreaterThanOrEqual(order.indexOf(before));
      }),
    );
  });

  it("have behind them what was done", () => {
    expect(firstSteps.map((step) => isBehind(step, "decide"))).toStrictEqual([true, false, false]);
    expect(firstSteps.map((step) => isBehind(step, "done"))).toStrictEqual([true, true, true]);
  });
});
