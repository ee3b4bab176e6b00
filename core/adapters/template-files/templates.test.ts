import { describe, expect, it } from "vitest";
import { allStages } from "../../domain/stage/stage.ts";
import { stageTable } from "../../domain/stage/table.ts";
import { loadTemplates } from "./templates.ts";

describe("the artifact templates", () => {
  it("have a text with front matter for every document that a stage may leave behind", () => {
    const textOf = loadTemplates();
    const types = allStages.flatMap((stage) => [...stageTable[stage].artifacts.required, ...stageTable[stage].artifacts.optional]);

    for (const type of types) expect(textOf(type), type).toMatch(/^---\n[\s\S]+\n---\n/u);
  });

  it("say which one is missing", () => {
    expect(() => loadTemplates()("no_such_type")).toThrow("there is no template for no_such_type");
  });
});
