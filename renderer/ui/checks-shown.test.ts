import { describe, expect, it } from "vitest";
import type { PullChecks } from "../../core/contract/shared.ts";
import { en } from "../i18n/en.ts";
import { createSay } from "../i18n/language.tsx";
import { ru } from "../i18n/ru.ts";
import { checksLabel, checksState, checksWords } from "./checks-shown.ts";

const checks = (given: Partial<PullChecks>): PullChecks => ({ head: "a".repeat(40), passed: 0, failed: 0, running: 0, failing: [], ...given });
const [english, russian] = [createSay(en), createSay(ru)];

describe("the checks of a pull request", () => {
  it("say what failed before what runs, and what runs before what passed, with a word each", () => {
    const shown = [checks({ passed: 2, failed: 1, running: 1 }), checks({ passed: 2, running: 2 }), checks({ passed: 3 }), checks({ passed: 1 })];

    expect(shown.map(checksState)).toEqual(["failed", "running", "passed", "passed"]);
    expect(shown.map((each) => checksWords(each, english))).toEqual(["1 of 4 failed", "2 running", "3 checks", "1 check"]);
    expect(shown.map((each) => checksWords(each, russian))).toEqual(["сбой: 1 из 4", "ещё идёт: 2", "проверок: 3", "1 проверка"]);
  });

  it("are told whole with the names of those that failed, as far as they are known", () => {
    const label = (given: Partial<PullChecks>) => checksLabel(checks(given), english);

    expect(label({ passed: 2, failed: 7, running: 1, failing: ["build", "lint"] })).toBe(
      "Checks of the pull request: 7 of 10 failed (build, lint, and 5 more); 1 running; 2 passed",
    );
    expect(label({ passed: 1 })).toBe("Checks of the pull request: 1 passed");
    expect(checksLabel(checks({ failed: 1, failing: ["build"] }), russian)).toBe("Проверки запроса на слияние: сбой: 1 из 1 (build)");
  });

  it("name what does not show in the names of checks, and take nothing in them for a text of ours", () => {
    expect(checksLabel(checks({ failed: 1, failing: ["bu\u202eild {n} $&"] }), english)).toContain("(bu⟦U+202E⟧ild {n} $&)");
  });
});
