import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createChance } from "./chance.ts";
import { faultName, planFaults } from "./schedule.ts";

const hour = { milliseconds: 3_600_000, kills: 500, others: 200, freezeSeconds: 35 };

describe("a schedule of faults", () => {
  it("is the same for the same seed, in order of time", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const faults = planFaults(createChance(seed), hour);
        expect(planFaults(createChance(seed), hour)).toEqual(faults);
        expect(faults.map(({ at }) => at)).toEqual(faults.map(({ at }) => at).toSorted((a, b) => a - b));
      }),
      { numRuns: 10 },
    );
  });

  it("has more kills in its time than are wanted, of every victim, and every kind of fault", () => {
    const faults = planFaults(createChance(1), hour);
    expect(faults.filter(({ at, fault }) => at < hour.milliseconds && fault.type === "kill").length).toBeGreaterThan(hour.kills);
    expect([...new Set(faults.map(({ fault }) => faultName(fault)))].toSorted()).toEqual([
      "database half-open",
      "database reset",
      "database restart",
      "database terminate",
      "forge bad-gateway",
      "forge lost-answer",
      "forge rate-limit",
      "forge reset",
      "forge slow",
      "freeze gateway",
      "freeze orchestrator",
      "freeze runner",
      "kill codex",
      "kill gateway",
      "kill orchestrator",
      "kill relay",
      "kill runner",
    ]);
  });
});
