import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createChance } from "./chance.ts";

describe("chance", () => {
  it("makes the same choices for the same seed, and others for another", () => {
    const choices = (seed: number): readonly number[] => Array.from({ length: 20 }, createChance(seed).next);
    fc.assert(fc.property(fc.nat(), (seed) => JSON.stringify(choices(seed)) === JSON.stringify(choices(seed)) && choices(seed)[0] !== choices(seed + 1)[0]));
    expect(choices(7).every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it("has branches that do not depend on what was chosen before", () => {
    const [fresh, used] = [createChance(7), createChance(7)];
    used.next();
    expect(used.branch("issues").next()).toBe(fresh.branch("issues").next());
    expect(fresh.branch("faults").next()).not.toBe(fresh.branch("issues").next());
  });

  it("chooses by weight", () => {
    const chance = createChance(7);
    const chosen = Array.from({ length: 1_000 }, () => chance.weighted({ often: 9, seldom: 1, never: 0 }));
    expect(chosen.filter((key) => key === "never")).toEqual([]);
    expect(chosen.filter((key) => key === "often").length).toBeGreaterThan(800);
  });
});
