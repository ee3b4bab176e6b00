import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allStages } from "../stage/stage.ts";
import { classifyLabel, startsSomething, triggersAmong } from "./classify.ts";
import { defaultLabelNames as names, knownLabels, labelNames, labelVariables } from "./names.ts";
import { profileFrom } from "./profile.ts";
import { standardLabels } from "./standard.ts";

const defaults = { model: "gpt-5.3-codex", reasoning: "medium" } as const;

describe("the meaning of a label", () => {
  it.each([
    ["run:intake", { type: "trigger", stage: "intake", variant: "work" }],
    ["run:dev:revise", { type: "trigger", stage: "dev", variant: "revise" }],
    ["mode:discussion", { type: "trigger", stage: "discussion", variant: "work" }],
    ["state:in-review", { type: "state", state: "in-review" }],
    ["need:input", { type: "need", need: "input" }],
    ["[ai-model-gpt-5.2]", { type: "model", model: "gpt-5.2" }],
    ["[ai-reasoning-extra-high]", { type: "reasoning", level: "extra-high" }],
    ["run:debug", { type: "debug" }],
    ["epic", { type: "semantic", name: "epic" }],
    ["deploy:production", { type: "deploy" }],
    ["run:qa:revise", { type: "unknown-trigger" }],
    ["good first issue", { type: "other" }],
    ["", { type: "other" }],
  ])("%s", (label, meaning) => {
    expect(classifyLabel(label, names)).toEqual(meaning);
  });

  it("does not depend on case, as the forge's does not", () => {
    expect(classifyLabel("Run:Intake", names)).toEqual({ type: "trigger", stage: "intake", variant: "work" });
  });

  it("starts runs for trigger labels alone", () => {
    const notTriggers = standardLabels(names, ["gpt-5.2"]).filter((label) => !/^(run|mode):/.test(label.name) || label.name === "run:debug");

    expect(
      triggersAmong(
        notTriggers.map((label) => label.name),
        names,
      ),
    ).toEqual([]);
    expect(notTriggers.length).toBeGreaterThan(20);
  });

  it("counts a trigger once that is named twice", () => {
    expect(triggersAmong(["run:qa", "RUN:QA"], names)).toEqual([{ label: "run:qa", stage: "qa", variant: "work" }]);
  });

  it("lets an agent set nothing unasked that looks like a trigger", () => {
    expect(["run:dev", "run:nonsense", "deploy:prod"].every((label) => startsSomething(label, names))).toBe(true);
    expect(["run:debug", "bug", "need:qa"].some((label) => startsSomething(label, names))).toBe(false);
  });
});

describe("label names", () => {
  it("come from variables, and the replaced default no longer starts anything", () => {
    const outcome = labelNames(
      new Map([
        ["RUN_INTAKE_LABEL", " go: intake "],
        ["STATE_IN_REVIEW_LABEL", "review please"],
        ["UNRELATED", "x"],
      ]),
    );

    if (!outcome.ok) throw new Error("refused");
    expect(classifyLabel("go: intake", outcome.value)).toEqual({ type: "trigger", stage: "intake", variant: "work" });
    expect(classifyLabel("run:intake", outcome.value)).toEqual({ type: "unknown-trigger" });
    expect(classifyLabel("review please", outcome.value)).toEqual({ type: "state", state: "in-review" });
    expect(outcome.value.triggers.vision).toEqual(names.triggers.vision);
  });

  it("keep their default when a variable is empty or blank", () => {
    expect(
      labelNames(
        new Map([
          ["RUN_INTAKE_LABEL", ""],
          ["NEED_INPUT_LABEL", "   "],
        ]),
      ),
    ).toEqual({ ok: true, value: names });
  });

  it("are refused when one name would mean two things, whatever its case", () => {
    expect(
      labelNames(
        new Map([
          ["RUN_INTAKE_LABEL", "Bug"],
          ["RUN_VISION_LABEL", "x".repeat(51)],
          ["RUN_PRD_LABEL", "[ai-model-x]"],
        ]),
      ),
    ).toEqual({
      ok: false,
      error: {
        type: "label-names.invalid",
        faults: [
          { type: "collision", label: "Bug", variables: ["RUN_INTAKE_LABEL", "BUG_LABEL"] },
          { type: "too-long", label: "x".repeat(51), variable: "RUN_VISION_LABEL" },
          { type: "reserved", label: "[ai-model-x]", variable: "RUN_PRD_LABEL" },
        ],
      },
    });
  });

  it("can be swapped with each other", () => {
    const outcome = labelNames(
      new Map([
        ["RUN_INTAKE_LABEL", "run:vision"],
        ["RUN_VISION_LABEL", "run:intake"],
      ]),
    );

    expect(outcome.ok && classifyLabel("run:vision", outcome.value)).toEqual({ type: "trigger", stage: "intake", variant: "work" });
  });

  it("never give a label two meanings, whatever the variables say", () => {
    const value = fc.oneof(fc.constantFrom("run:intake", "RUN:DEV", "bug", "need:qa", "[ai-model-a]", ""), fc.string({ maxLength: 60 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...labelVariables), value)), (pairs) => {
        const outcome = labelNames(new Map(pairs));
        fc.pre(outcome.ok);
        if (!outcome.ok) return;
        for (const known of knownLabels(outcome.value)) expect(classifyLabel(known.label, outcome.value)).toEqual(known.meaning);
      }),
    );
  });
});

describe("the labels to be created", () => {
  it("are all there, within the forge's limits, each once", () => {
    const labels = standardLabels(names, ["gpt-5.2", "m".repeat(40)]);

    expect(new Set(labels.map((label) => label.name.toLowerCase())).size).toBe(labels.length);
    expect(labels.every((label) => /^[0-9a-f]{6}$/.test(label.color) && label.description.length > 0 && label.description.length <= 100)).toBe(true);
    expect(labels.map((label) => label.name)).toEqual(
      expect.arrayContaining(["run:intake:revise", "state:abandoned", "need:input", "[ai-reasoning-low]", "[ai-model-gpt-5.2]", "run:debug", "bug"]),
    );
    expect(allStages.every((stage) => labels.some((label) => label.name === names.triggers[stage].work))).toBe(true);
  });
});

describe("the model profile", () => {
  it("is the default where no label says otherwise", () => {
    expect(profileFrom(["run:dev", "bug"], names, defaults)).toEqual({ ok: true, value: defaults });
  });

  it("follows one label of each kind", () => {
    expect(profileFrom(["[ai-model-GPT-5.2]", "[ai-reasoning-High]"], names, defaults)).toEqual({ ok: true, value: { model: "GPT-5.2", reasoning: "high" } });
  });

  it("is refused for two model labels, even when one names the default", () => {
    const labels = ["[ai-model-gpt-5.3-codex]", "[ai-model-gpt-5.2]"];

    expect(profileFrom(labels, names, defaults)).toEqual({ ok: false, error: { type: "profile.conflict", kind: "model", labels } });
  });

  it("is refused for two reasoning labels and for a level that does not exist", () => {
    const labels = ["[ai-reasoning-low]", "[ai-reasoning-high]"];

    expect(profileFrom(labels, names, defaults)).toEqual({ ok: false, error: { type: "profile.conflict", kind: "reasoning", labels } });
    expect(profileFrom(["[ai-reasoning-ultra]"], names, defaults)).toMatchObject({ ok: false, error: { type: "profile.unknown-reasoning" } });
  });
});
