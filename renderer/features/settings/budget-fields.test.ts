import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets } from "../../../core/contract/workspace.ts";
import { budgetsOf, fieldsOf, valueOf } from "./budget-fields.ts";

describe("the fields of the budgets", () => {
  it("take a number, or nothing for no limit, and refuse what is none", () => {
    expect(["2.5", 1_000, "", "0", "-3", "much"].map(valueOf)).toStrictEqual([2.5, 1_000, undefined, "wrong", "wrong", "wrong"]);
  });

  it("hold what the host has, and give it back as the host takes it", () => {
    const limit = fc.record({ usd: fc.integer({ min: 1, max: 1_000 }), tokens: fc.integer({ min: 1, max: 1_000_000 }) }, { requiredKeys: ["usd"] });
    fc.assert(
      fc.property(fc.record({ run: limit, day: limit }, { requiredKeys: [] }), (given) => {
        expect(budgets.safeParse(budgetsOf(fieldsOf(given))).success).toBe(true);
        expect(fieldsOf(budgetsOf(fieldsOf(given)))).toStrictEqual(fieldsOf(given));
      }),
    );
  });
});
