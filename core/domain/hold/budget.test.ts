import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instant } from "../kernel/values.ts";
import { dayEnd, dayStart, isLimited, meters, pressing, type Budgets, type Limit, type Spent } from "./budget.ts";

const limit: fc.Arbitrary<Limit> = fc.record(
  { usd: fc.double({ min: 0.01, max: 1_000, noNaN: true }), tokens: fc.integer({ min: 1, max: 10_000_000 }) },
  { requiredKeys: [] },
);
const budgets: fc.Arbitrary<Budgets> = fc.record({ run: limit, day: limit }, { requiredKeys: [] });
const spent: fc.Arbitrary<Spent> = fc.record({ tokens: fc.nat(20_000_000), usd: fc.double({ min: 0, max: 2_000, noNaN: true }) }, { requiredKeys: ["tokens"] });
const used = fc.record({ run: spent, day: spent });
const stops = (limits: Budgets, of: { readonly run: Spent; readonly day: Spent }): boolean => meters(limits, of).some((meter) => meter.level === "spent");

describe("a budget", () => {
  it("warns from four fifths on and stops at the whole", () => {
    const level = (tokens: number): unknown => meters({ run: { tokens: 1_000 } }, { run: { tokens } })[0]?.level;

    expect([799, 800, 999, 1_000, 5_000].map(level)).toEqual(["fine", "near", "near", "spent", "spent"]);
  });

  it("counts a model without a known price by its tokens alone", () => {
    const unpriced = { run: { tokens: 900 } };

    expect(meters({ run: { usd: 1, tokens: 1_000 } }, unpriced)).toEqual([
      { scope: "run", unit: "usd", used: 0, limit: 1, level: "fine" },
      { scope: "run", unit: "tokens", used: 900, limit: 1_000, level: "near" },
    ]);
  });

  it("says what presses most: a spent limit before one that is nearly spent", () => {
    const found = meters({ run: { tokens: 100, usd: 10 }, day: { tokens: 1_000 } }, { run: { tokens: 95, usd: 10 }, day: { tokens: 990 } });

    expect(pressing(found)).toMatchObject({ scope: "run", unit: "usd", level: "spent" });
    expect(pressing(found.filter((meter) => meter.level !== "spent"))).toMatchObject({ scope: "day", used: 990 });
    expect(pressing([])).toBeUndefined();
  });

  it("stops nothing where nothing is limited", () => {
    fc.assert(
      fc.property(used, (of) => {
        expect(meters({}, of)).toEqual([]);
      }),
    );
    expect([{}, { run: {} }, { day: { usd: undefined } }].map(isLimited)).toEqual([false, false, false]);
  });

  it("stops exactly what has used a limit up, and what it stopped goes on when every limit is above what was used", () => {
    fc.assert(
      fc.property(budgets, used, (limits, of) => {
        const isOver = (scope: "run" | "day"): boolean =>
          (of[scope].usd ?? 0) >= (limits[scope]?.usd ?? Infinity) || of[scope].tokens >= (limits[scope]?.tokens ?? Infinity);
        expect(stops(limits, of)).toBe(isOver("run") || isOver("day"));
        const raised = (scope: "run" | "day"): Limit => ({ usd: (of[scope].usd ?? 0) + 1, tokens: of[scope].tokens + 1 });
        expect(stops({ run: raised("run"), day: raised("day") }, of)).toBe(false);
      }),
    );
  });

  it("never lets go by more being used, and never stops by less", () => {
    fc.assert(
      fc.property(budgets, used, spent, (limits, of, more) => {
        const grown = (was: Spent): Spent => ({ tokens: was.tokens + more.tokens, usd: (was.usd ?? 0) + (more.usd ?? 0) });
        if (stops(limits, of)) expect(stops(limits, { run: grown(of.run), day: grown(of.day) })).toBe(true);
      }),
    );
  });

  it("has a day of UTC, which holds its moment and ends where the next begins", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (moment) => {
        const now = moment as Instant;
        expect(new Date(dayStart(now)).toISOString()).toBe(`${new Date(now).toISOString().slice(0, 10)}T00:00:00.000Z`);
        expect(dayStart(now) <= now && now < dayEnd(now)).toBe(true);
        expect(dayStart(dayEnd(now))).toBe(dayEnd(now));
      }),
    );
  });
});
