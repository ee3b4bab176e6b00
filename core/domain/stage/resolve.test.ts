import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultLabelNames as names } from "../label/names.ts";
import { resolveComment } from "./resolve-text.ts";
import { resolveReviseStage } from "./resolve.ts";
import { allStages } from "./stage.ts";
import { canRevise } from "./table.ts";

const resolve = (input: Partial<Parameters<typeof resolveReviseStage>[0]>) => resolveReviseStage({ prLabels: [], issueLabels: [], names, ...input });

describe("the stage of a review", () => {
  it("is that of the pull request's label before all else", () => {
    expect(resolve({ prLabels: ["run:prd", "bug"], issueLabels: ["run:arch"], lastRun: "plan", lastTransition: "dev" })).toEqual({
      ok: true,
      value: { stage: "prd", source: "pull-label" },
    });
  });

  it("falls back to the issue's label, the last run, the last transition, in this order", () => {
    expect(resolve({ issueLabels: ["run:arch:revise"], lastRun: "plan" })).toEqual({ ok: true, value: { stage: "arch", source: "issue-label" } });
    expect(resolve({ lastRun: "plan", lastTransition: "dev" })).toEqual({ ok: true, value: { stage: "plan", source: "last-run" } });
    expect(resolve({ lastTransition: "dev" })).toEqual({ ok: true, value: { stage: "dev", source: "last-transition" } });
  });

  it("is in conflict when a source names two stages, even where a later source would be clear", () => {
    const outcome = resolve({ prLabels: ["run:prd", "run:arch"], lastRun: "plan" });

    expect(outcome).toEqual({ ok: false, error: { type: "resolve.conflict", source: "pull-label", labels: ["run:prd", "run:arch"], stages: ["prd", "arch"] } });
  });

  it("is no conflict between a stage's work and revise labels", () => {
    expect(resolve({ issueLabels: ["run:prd", "run:prd:revise"] })).toMatchObject({ ok: true, value: { stage: "prd" } });
  });

  it("passes over stages that have no revision", () => {
    expect(resolve({ issueLabels: ["run:qa"], lastRun: "dev" })).toEqual({ ok: true, value: { stage: "dev", source: "last-run" } });
    expect(resolve({ issueLabels: ["run:qa"], lastRun: "ops" })).toEqual({ ok: false, error: { type: "resolve.nothing", seen: ["qa", "ops"] } });
  });

  it("explains in a comment what to remove and what to set", () => {
    const outcome = resolve({ issueLabels: ["run:prd", "run:arch"] });
    if (outcome.ok) throw new Error("resolved");

    expect(resolveComment(outcome.error, names, "m")).toContain("`run:prd`, `run:arch`");
    expect(resolveComment(outcome.error, names, "m")).toContain("Remove all but one of these labels. Then remove `need:input`");
    expect(resolveComment({ type: "resolve.nothing", seen: [] }, names, "m")).toContain("Remove `need:input` and set");
  });

  it("is always one that can be revised", () => {
    const labels = fc.array(fc.constantFrom(...allStages.flatMap((s) => [names.triggers[s].work, names.triggers[s].revise ?? "bug"])), { maxLength: 3 });
    const stage = fc.option(fc.constantFrom(...allStages), { nil: undefined });
    fc.assert(
      fc.property(labels, labels, stage, stage, (prLabels, issueLabels, lastRun, lastTransition) => {
        const outcome = resolve({ prLabels, issueLabels, lastRun, lastTransition });
        if (outcome.ok) expect(canRevise(outcome.value.stage)).toBe(true);
      }),
    );
  });
});
