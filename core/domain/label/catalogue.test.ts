import { describe, expect, it } from "vitest";
import { labelCatalogue, type CatalogueLabel } from "./catalogue.ts";
import { defaultLabelNames } from "./names.ts";
import { standardLabels } from "./standard.ts";

const none = new Map<string, string>();

function named(name: string, variables: ReadonlyMap<string, string>, present: readonly string[]): CatalogueLabel | undefined {
  return labelCatalogue(variables, present).labels.find((label) => label.name === name);
}

describe("the catalogue of a repository's labels", () => {
  it("holds every label that a repository is given, and says that an empty repository has none of them", () => {
    const { labels, faults } = labelCatalogue(none, []);

    expect(labels.map(({ name }) => name).toSorted()).toEqual(
      standardLabels(defaultLabelNames)
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(labels.some(({ isThere }) => isThere)).toBe(false);
    expect(faults).toEqual([]);
  });

  it("finds all of them where they are, whatever their case, and spells them as the forge does", () => {
    const present = standardLabels(defaultLabelNames).map(({ name }) => name.toUpperCase());

    const { labels } = labelCatalogue(none, present);

    expect(labels.every(({ isThere }) => isThere)).toBe(true);
    expect(labels.map(({ name }) => name)).toContain("RUN:DEV");
  });

  it("calls a label as its variable does, and knows how it was called", () => {
    expect(named("build it", new Map([["RUN_DEV_LABEL", " build it "]]), ["build it"])).toEqual({
      name: "build it",
      meaning: { type: "trigger", stage: "dev", variant: "work" },
      standard: "run:dev",
      variable: "RUN_DEV_LABEL",
      isThere: true,
    });
  });

  it("has no variable for labels whose form is fixed", () => {
    expect(named("[ai-reasoning-high]", none, [])).toEqual({
      name: "[ai-reasoning-high]",
      meaning: { type: "reasoning", level: "high" },
      standard: "[ai-reasoning-high]",
      isThere: false,
    });
  });

  it("lists models, reasoning levels that there are not, deployments and would-be triggers that the forge has, and nothing else of it", () => {
    const present = ["[ai-model-gpt-5]", "[ai-reasoning-utmost]", "deploy:staging", "run:deploy", "good first issue"];
    const { labels } = labelCatalogue(none, present);

    expect(labels.filter(({ isThere }) => isThere).map(({ name, meaning }) => [name, meaning])).toEqual([
      ["[ai-model-gpt-5]", { type: "model", model: "gpt-5" }],
      ["[ai-reasoning-utmost]", { type: "reasoning", level: "utmost" }],
      ["deploy:staging", { type: "deploy" }],
      ["run:deploy", { type: "unknown-trigger" }],
    ]);
  });

  it("takes a default name that a variable has replaced for a would-be trigger", () => {
    expect(named("run:dev", new Map([["RUN_DEV_LABEL", "build"]]), ["run:dev"])?.meaning).toEqual({ type: "unknown-trigger" });
  });

  it("says why names cannot be used, and shows them all the same", () => {
    const variables = new Map([
      ["RUN_DEV_LABEL", "go"],
      ["RUN_QA_LABEL", "GO"],
      ["STATE_BLOCKED_LABEL", "[ai-model-x]"],
    ]);

    const { labels, faults } = labelCatalogue(variables, ["go"]);

    expect(faults.map(({ type }) => type)).toEqual(["collision", "reserved"]);
    expect(labels.filter(({ variable }) => variable === "RUN_DEV_LABEL" || variable === "RUN_QA_LABEL").map(({ name }) => name)).toEqual(["go", "go"]);
  });
});
