import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allStages, roles } from "../stage/stage.ts";
import { triggersAmong } from "./classify.ts";
import { defaultLabelNames as names, labelKey, sameLabel } from "./names.ts";
import { standardLabels } from "./standard.ts";
import { planTransition, type LabelTransition } from "./transition.ts";

const plan = (before: readonly string[], transition: LabelTransition) => planTransition({ before, names, transition });

describe("a label transition", () => {
  it("takes an approved stage to the next one", () => {
    expect(plan(["run:intake", "state:in-review", "need:km", "feature"], { type: "gate-approved", stage: "intake", next: "vision" })).toEqual({
      before: ["run:intake", "state:in-review", "need:km", "feature"],
      removed: ["run:intake", "state:in-review", "need:km"],
      added: ["run:vision"],
      after: ["feature", "run:vision"],
      conflicts: [],
    });
  });

  it("marks the last stage approved", () => {
    expect(plan(["run:ops", "state:in-review"], { type: "gate-approved", stage: "ops" }).after).toEqual(["state:approved"]);
  });

  it("asks the stage to revise", () => {
    expect(plan(["run:prd", "state:in-review"], { type: "changes-requested", stage: "prd" })).toMatchObject({
      removed: ["run:prd", "state:in-review"],
      added: ["run:prd:revise"],
      after: ["run:prd:revise"],
    });
  });

  it("sets a trigger anew that is there already, so that the forge reports it", () => {
    expect(plan(["run:prd:revise", "state:in-review"], { type: "changes-requested", stage: "prd" })).toMatchObject({
      removed: ["run:prd:revise", "state:in-review"],
      added: ["run:prd:revise"],
      after: ["run:prd:revise"],
    });
    expect(plan(["run:qa", "state:in-review"], { type: "changes-requested", stage: "qa" })).toMatchObject({
      removed: ["run:qa", "state:in-review"],
      added: ["run:qa"],
    });
  });

  it("puts a finished stage in review and asks its reviewers first", () => {
    expect(plan(["run:design", "bug"], { type: "in-review", reviewers: ["reviewer", "qa"] })).toMatchObject({
      removed: [],
      added: ["state:in-review", "need:reviewer", "need:qa"],
    });
  });

  it("clears an aborted issue of everything that is active", () => {
    expect(plan(["run:dev", "run:abort", "need:input", "need:qa", "state:in-review", "bug", "mine"], { type: "aborted" }).after).toEqual([
      "bug",
      "mine",
      "state:abandoned",
    ]);
  });

  it("asks for input and takes the question back with the answer", () => {
    const asked = plan(["run:intake"], { type: "input-needed" });

    expect(asked.after).toEqual(["run:intake", "need:input"]);
    expect(plan(asked.after, { type: "input-answered" }).after).toEqual(["run:intake"]);
  });

  it("takes only the refused trigger away when a run cannot start", () => {
    expect(plan(["run:vision", "[ai-model-a]", "[ai-model-b]"], { type: "precondition-failed", stage: "vision", variant: "work" })).toMatchObject({
      removed: ["run:vision"],
      added: [],
    });
  });

  it("reports a trigger that somebody set meanwhile instead of passing over it", () => {
    expect(plan(["run:intake", "run:dev", "state:in-review"], { type: "gate-approved", stage: "intake", next: "vision" }).conflicts).toEqual([
      { type: "label.conflicting-triggers", labels: ["run:intake", "run:dev"] },
    ]);
  });

  it("shows a card's move with every condition that is not met", () => {
    expect(plan(["run:intake", "state:blocked", "need:input"], { type: "move-to-stage", stage: "vision", variant: "work" })).toMatchObject({
      removed: ["run:intake"],
      added: ["run:vision"],
      conflicts: [
        { type: "label.blocks-entry", label: "state:blocked" },
        { type: "label.blocks-entry", label: "need:input" },
      ],
    });
    expect(plan([], { type: "move-to-stage", stage: "qa", variant: "revise" }).conflicts).toEqual([
      { type: "label.no-such-variant", stage: "qa", variant: "revise" },
    ]);
  });
});

describe("any label transition", () => {
  const stage = fc.constantFrom(...allStages);
  const variant = fc.constantFrom("work" as const, "revise" as const);
  const transition: fc.Arbitrary<LabelTransition> = fc.oneof(
    fc.record({ type: fc.constant("stage-started" as const), stage }),
    fc.record({ type: fc.constant("in-review" as const), reviewers: fc.subarray([...roles]) }),
    fc.record({ type: fc.constant("gate-approved" as const), stage, next: fc.option(stage, { nil: undefined }) }),
    fc.record({ type: fc.constant("changes-requested" as const), stage }),
    fc.constantFrom<LabelTransition>({ type: "aborted" }, { type: "input-needed" }, { type: "input-answered" }),
    fc.record({ type: fc.constant("precondition-failed" as const), stage, variant }),
    fc.record({ type: fc.constant("move-to-stage" as const), stage, variant }),
  );
  const ours = standardLabels(names).map((label) => label.name);
  const foreign = fc.string().map((text) => `foreign ${text}`);
  const labels = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ours, "RUN:INTAKE", "Bug") }, foreign), { maxLength: 8 });
  const keys = (list: readonly string[]) => list.map(labelKey).toSorted();

  it("ends with (before − removed) ∪ added", () => {
    fc.assert(
      fc.property(labels, transition, (before, t) => {
        const p = plan(before, t);
        const left = p.before.filter((label) => !p.removed.some((gone) => sameLabel(gone, label)));
        expect(keys(p.after)).toEqual([...new Set(keys([...left, ...p.added]))].toSorted());
        expect(new Set(keys(p.after)).size).toBe(p.after.length);
        expect(p.removed.every((label) => p.before.includes(label))).toBe(true);
      }),
    );
  });

  it("never sets a trigger beside another one, and never leaves two without saying so", () => {
    fc.assert(
      fc.property(labels, transition, (before, t) => {
        const p = plan(before, t);
        const triggers = triggersAmong(p.after, names);
        if (triggersAmong(p.added, names).length > 0) expect(triggers).toHaveLength(1);
        const triggersAreItsBusiness = ["gate-approved", "changes-requested", "aborted", "move-to-stage"].includes(t.type);
        if (triggersAreItsBusiness) expect(triggers.length).toBeLessThanOrEqual(1);
        if (["stage-started", "in-review"].includes(t.type) && triggers.length > 1) expect(p.conflicts).toHaveLength(1);
      }),
    );
  });

  it("leaves labels alone that are not ours, and what the issue is about", () => {
    fc.assert(
      fc.property(labels, transition, (before, t) => {
        const kept = before.filter(
          (label) => label.startsWith("foreign ") || ["bug", "epic", "run:debug"].includes(labelKey(label)) || label.startsWith("[ai-"),
        );
        expect(keys(plan(before, t).after)).toEqual(expect.arrayContaining(keys(kept)));
      }),
    );
  });

  it("changes nothing when it is applied again, but for a trigger that is set anew", () => {
    fc.assert(
      fc.property(labels, transition, (before, t) => {
        const once = plan(before, t);
        expect(keys(plan(once.after, t).after)).toEqual(keys(once.after));
      }),
    );
  });
});
