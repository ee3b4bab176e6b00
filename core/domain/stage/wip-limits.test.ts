import { describe, expect, it } from "vitest";
import { activeRunPhases, finalRunPhases, type RunPhase } from "../run/run.ts";
import type { StageName } from "./stage.ts";
import { fullStage, isInProgress, limitFrom, stageLoads, wipLimitsOf, withChanges } from "./wip-limits.ts";

const standing = (issue: number, stage?: StageName, phase?: RunPhase, repository = "acme/shop") => ({ repository, issue, stage, phase });

describe("work in progress", () => {
  it("is what has begun and not ended, whoever it waits for", () => {
    expect(activeRunPhases.map((phase) => isInProgress({ phase }))).not.toContain(false);
    expect(finalRunPhases.map((phase) => isInProgress({ phase }))).not.toContain(true);
    expect(isInProgress({})).toBe(false);
  });

  it("is counted by repository, in the stage that the issue stands in", () => {
    const issues = [
      standing(1, "dev", "running"),
      standing(2, "dev", "parked"),
      standing(3, "dev", "failed"),
      standing(4, "dev"),
      standing(5, "qa", "running"),
      standing(6, undefined, "running"),
      standing(1, "dev", "running", "acme/api"),
    ];

    expect(stageLoads(issues, { "acme/shop": { qa: 1, dev: 3, intake: 2 }, "acme/api": { dev: 1 } })).toStrictEqual([
      { repository: "acme/shop", stage: "intake", inProgress: 0, limit: 2, level: "free" },
      { repository: "acme/shop", stage: "dev", inProgress: 2, limit: 3, level: "free" },
      { repository: "acme/shop", stage: "qa", inProgress: 1, limit: 1, level: "full" },
      { repository: "acme/api", stage: "dev", inProgress: 1, limit: 1, level: "full" },
    ]);
    expect(stageLoads(issues, { "acme/shop": { dev: 1 } })).toMatchObject([{ inProgress: 2, level: "over" }]);
  });

  it("fills a stage for an issue that would be one more, and not for one that is there already", () => {
    const issues = [standing(1, "dev", "running"), standing(2, "dev", "waiting_input"), standing(3, "dev", "running", "acme/api")];
    const move = { repository: "acme/shop", issue: 9, to: "dev" as const };

    expect(fullStage(issues, { dev: 2 }, move)).toMatchObject({ stage: "dev", inProgress: 2, limit: 2 });
    expect(fullStage(issues, { dev: 1 }, move)).toMatchObject({ inProgress: 2, limit: 1 });
    expect(fullStage(issues, { dev: 3 }, move)).toBeUndefined();
    expect(fullStage(issues, { dev: 2 }, { ...move, issue: 2 })).toBeUndefined();
    expect(fullStage(issues, { dev: 2 }, { ...move, to: "qa" })).toBeUndefined();
    expect(fullStage(issues, {}, move)).toBeUndefined();
  });
});

describe("limits", () => {
  it("are changed where they are named, taken off by null, and left alone otherwise", () => {
    expect(withChanges({ dev: 3, qa: 2 }, { dev: 5, qa: null, ops: 1 })).toStrictEqual({ dev: 5, ops: 1 });
    expect(withChanges({ dev: 3 }, {})).toStrictEqual({ dev: 3 });
  });

  it("are none where the stored row says what is none", () => {
    expect(wipLimitsOf({ dev: 2, qa: 0, ops: "4", prd: 1.5, arch: 1_000, design: null, dance: 3, abort: 1 })).toStrictEqual({ dev: 2 });
    expect(wipLimitsOf(undefined)).toStrictEqual({});
  });
});

describe("the field of a limit", () => {
  it("takes whole numbers from 1 on, and nothing for no limit", () => {
    expect(["", "3", 5, 999].map(limitFrom)).toEqual([null, 3, 5, 999]);
    expect(["0", -1, 2.5, "1000", "many"].map(limitFrom)).toEqual(Array.from({ length: 5 }, () => "wrong"));
  });
});
