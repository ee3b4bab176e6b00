import { describe, expect, it } from "vitest";
import type { ListedLabel } from "../../../core/contract/labels.ts";
import { en } from "../../i18n/en.ts";
import { createSay } from "../../i18n/language.tsx";
import { ru } from "../../i18n/ru.ts";
import { groupedLabels } from "./label-groups.ts";

function label(name: string, meaning: ListedLabel["meaning"], variable?: string): ListedLabel {
  return { name, meaning, standard: name, isThere: true, ...(variable === undefined ? {} : { variable }) };
}

const labels = [
  label("deploy:staging", { type: "deploy" }),
  label("[ai-reasoning-utmost]", { type: "reasoning", level: "utmost" }),
  label("[ai-reasoning-high]", { type: "reasoning", level: "high" }),
  label("[ai-model-gpt-5]", { type: "model", model: "gpt-5" }),
  label("need:input", { type: "need", need: "input" }, "NEED_INPUT_LABEL"),
  label("run:abort", { type: "trigger", stage: "abort", variant: "work" }, "RUN_ABORT_LABEL"),
  label("dev:revise", { type: "trigger", stage: "dev", variant: "revise" }, "DEV_REVISE_LABEL"),
  label("run:dev", { type: "trigger", stage: "dev", variant: "work" }, "RUN_DEV_LABEL"),
];
const english = createSay(en);

describe("the labels of a repository", () => {
  it("stand by what they are for, what starts stages first, and every one of them somewhere", () => {
    const groups = groupedLabels(labels, "", english);

    expect(groups.map(({ group, rows }) => [group, rows.map(({ name }) => name)])).toStrictEqual([
      ["stages", ["run:dev"]],
      ["revise", ["dev:revise"]],
      ["service", ["run:abort"]],
      ["need", ["need:input"]],
      ["model", ["[ai-model-gpt-5]"]],
      ["reasoning", ["[ai-reasoning-utmost]", "[ai-reasoning-high]"]],
      ["other", ["deploy:staging"]],
    ]);
  });

  it("say what they mean, and that a level which there is not makes runs be refused", () => {
    const texts = groupedLabels(labels, "ai-", english).flatMap(({ rows }) => rows.map(({ text }) => text));

    expect(texts).toStrictEqual([
      "Runs of the issue use gpt-5",
      "There is no level utmost: runs of the issue are refused",
      "Runs of the issue think at the level high",
    ]);
  });

  it("are found by every word of the filter, in their name, their variable or their meaning in the owner's language", () => {
    const found = (filter: string, say = english) => groupedLabels(labels, filter, say).flatMap(({ rows }) => rows.map(({ name }) => name));

    expect(found("RUN_ab")).toStrictEqual(["run:abort"]);
    expect(found("  development again ")).toStrictEqual(["dev:revise"]);
    expect(found("разработка снова", createSay(ru))).toStrictEqual(["dev:revise"]);
    expect(found("nothing like this")).toStrictEqual([]);
  });
});
