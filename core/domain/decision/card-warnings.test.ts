import { describe, expect, it } from "vitest";
import type { RepositoryName } from "../kernel/values.ts";
import { cardWarnings } from "./card-warnings.ts";
import type { RequestEdit } from "./decision.ts";

const labels = (add: readonly string[], before: readonly string[] = ["idea"]) =>
  cardWarnings({
    arguments: { number: 1, add, remove: [], reason: "done" },
    repository: "acme/shop" as RepositoryName,
    effect: { type: "labels", target: { kind: "issue", number: 1 }, before, removed: [], added: add, after: [...before, ...add] },
  });
const comment = (body: string, repository = "acme/shop") =>
  cardWarnings({
    arguments: { number: 1, body },
    repository: repository as RepositoryName,
    effect: { type: "text", target: { kind: "issue", number: 1 }, text: body },
  });

describe("what a card warns of", () => {
  it("is nothing where everything is as it looks", () => {
    expect(labels(["run:vision"])).toEqual([]);
    expect(labels(["идея", "задача:срочно"])).toEqual([]);
    expect(comment("Обычный комментарий про README.md\n\nwith two languages, git-коммит.")).toEqual([]);
  });

  it.each([
    ["a name in two scripts", () => labels(["run:visiоn"]), /"visiоn" mixes letters/u],
    ["a label that looks like one that is there", () => labels(["ideа"], ["idea"]), /looks like "idea"/u],
    ["a name that can be read as an ASCII one", () => labels(["рор"]), /can be read as "pop"/u],
    ["a repository in two scripts", () => comment("hi", "acmе/shop"), /"acmе" mixes/u],
    ["characters that do not show", () => comment("pay\u202e\u200bload"), /hold 2 characters/u],
    ["a gap that pushes text off the screen", () => comment(`Hello${"\n".repeat(40)}rm -rf`), /many lines empty/u],
  ])("are %s", (_name, warnings, expected) => {
    expect(warnings().some((warning) => expected.test(warning))).toBe(true);
  });

  it("names another issue that an edit aims at, and is silent about one that stays where the agent was", () => {
    const edited = (number: number) => {
      const effect = { type: "text", target: { kind: "issue", number }, text: "Hi" } as const;
      const edit = { asked: { number: 1, body: "Ho" } } as unknown as RequestEdit;
      return cardWarnings({ arguments: { number, body: "Hi" }, repository: "acme/shop" as RepositoryName, effect, edit });
    };

    expect(edited(5)).toEqual(["The edit aims at #5; the agent asked for #1."]);
    expect(edited(1)).toEqual([]);
  });
});
