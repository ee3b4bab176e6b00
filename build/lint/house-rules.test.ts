import { RuleTester } from "oxlint/plugins-dev";
import { describe, expect, it } from "vitest";
import { fileName, noAmbientInput, noModuleMock } from "./house-rules.ts";

RuleTester.describe = describe;
RuleTester.it = (title, check) => it(title, () => expect(check).not.toThrow());

const tester = new RuleTester({ languageOptions: { parserOptions: { lang: "ts" } } });
const refused = { errors: 1 };

tester.run("no-ambient-input", noAmbientInput, {
  valid: ["context.now", "new Date(instant)", "Date.UTC(2020, 1)", "Math.max(1, 2)", "clock.now()"],
  invalid: [
    { code: "Date.now()", ...refused },
    { code: "globalThis.Date.now()", ...refused },
    { code: "new Date()", ...refused },
    { code: "Date()", ...refused },
    { code: "Math.random()", ...refused },
    { code: "performance.now()", ...refused },
    { code: "crypto.randomUUID()", ...refused },
  ],
});

tester.run("no-module-mock", noModuleMock, {
  valid: ["vi.fn()", "forge.mock()"],
  invalid: [
    { code: 'vi.mock("./forge.ts")', ...refused },
    { code: 'vi.doMock("./forge.ts", () => ({}))', ...refused },
  ],
});

tester.run("file-name", fileName, {
  valid: ["run.ts", "admit-run.db.test.ts", "vitest.config.ts", ".dependency-cruiser.cjs", "event-data.ts", "error-handler.ts"].map(named),
  invalid: [
    "admitRun.ts",
    "Run.ts",
    "admit_run.ts",
    "helper.ts",
    "git-helpers.ts",
    "utils.ts",
    "util.test.ts",
    "common.ts",
    "misc.ts",
    "run-manager.ts",
    "handler.ts",
    "data.ts",
  ].map((name) => ({ ...named(name), ...refused })),
});

function named(filename: string): { code: string; filename: string; name: string } {
  return { code: "let x;", filename, name: filename };
}
