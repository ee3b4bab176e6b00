import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPrices, estimateCost, noUsage, sumUsage, totalTokens, usageSince, type TokenUsage } from "./usage.ts";

const usage = (inputTokens: number, cachedInputTokens: number, outputTokens: number): TokenUsage => ({
  inputTokens,
  cachedInputTokens,
  outputTokens,
  reasoningTokens: 0,
});
const count = fc.nat({ max: 1_000_000 });
const someUsage: fc.Arbitrary<TokenUsage> = fc.record({ inputTokens: count, cachedInputTokens: count, outputTokens: count, reasoningTokens: count });

describe("the cost of a run", () => {
  const prices = { version: "t", models: { m: { input: 2, cachedInput: 1, output: 10 } } };

  it("counts cached input at its own price, and reasoning as the output it is part of", () => {
    expect(estimateCost({ ...usage(1_000_000, 400_000, 100_000), reasoningTokens: 50_000 }, "m", prices)).toEqual({
      estimate: true,
      cost: 0.6 * 2 + 0.4 * 1 + 0.1 * 10,
      priceTable: "t",
    });
  });

  it("is unknown, and not nothing, for a model without a price", () => {
    expect(estimateCost(usage(1, 0, 1), "scripted")).toBeUndefined();
    expect(estimateCost(usage(1, 0, 1), "constructor")).toBeUndefined();
    expect(estimateCost(usage(1, 0, 1), "m-mini", prices)).toBeUndefined();
  });

  it("knows a dated snapshot by its model's name", () => {
    expect(estimateCost(usage(1_000_000, 0, 0), "M-2026-01-31", prices)?.cost).toBe(2);
    expect(estimateCost(usage(1, 0, 1), "gpt-5.2")?.priceTable).toBe(defaultPrices.version);
  });

  it("is never below nothing", () => {
    fc.assert(
      fc.property(someUsage, (some) => {
        expect(estimateCost(some, "m", prices)?.cost).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("token counts", () => {
  it("add up, and give each turn back from a counter that only rises", () => {
    fc.assert(
      fc.property(fc.array(someUsage, { maxLength: 6 }), (turns) => {
        let counter = noUsage;
        const readBack = turns.map((turn) => {
          const before = counter;
          counter = sumUsage([counter, turn]);
          return usageSince(counter, before);
        });
        expect(readBack).toEqual(turns);
        expect(sumUsage(turns)).toEqual(counter);
      }),
    );
  });

  it("take a counter that fell as one that began anew", () => {
    expect(usageSince(usage(5, 0, 1), usage(100, 0, 50))).toEqual(usage(5, 0, 1));
    expect(totalTokens(usage(5, 4, 1))).toBe(6);
  });
});
