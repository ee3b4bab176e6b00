import { describe, expect, it } from "vitest";
import { processStages, roles, serviceStages } from "../domain/stage/stage.ts";
import { createPromptLibrary } from "./prompt-library.ts";

const library = createPromptLibrary();

describe("the prompt library", () => {
  it.each([...processStages, ...serviceStages])("has a text for work and for revision of %s", (stage) => {
    expect(library.stage(stage, "work")).toMatch(/^## (Stage|Service): /);
    expect(library.stage(stage, "revise")).toMatch(/^## (Stage|Service): /);
  });

  it.each([...roles])("has a preamble for the role %s", (role) => {
    expect(library.role(role)).toContain("You are");
  });

  it("fits a model's attention: rules, a role and a stage together are under 8,000 characters", () => {
    for (const stage of processStages) expect(library.rules().length + library.role("pm").length + library.stage(stage, "work").length).toBeLessThan(8000);
  });
});
