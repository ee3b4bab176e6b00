import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApprovalMatrix, MatrixRule, Rehearsal } from "../../../contract/rules.ts";
import { recordedContext } from "../../../testing/command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { applyRules, rehearseRules, showMatrix } from "./matrix.ts";

const none = { auto: 0, ask: 0, deny: 0 };
const row = (change: Partial<MatrixRule>): MatrixRule => ({
  id: "comment-own",
  description: "",
  tool: "github_comment",
  outcome: "auto",
  enabled: true,
  origin: "built-in",
  isLooser: false,
  decided: none,
  ...change,
});
const asking = { id: "comment-own", description: "", tool: "github_comment", when: { ownTarget: true }, outcome: "ask" as const, enabled: true };
const matrix: ApprovalMatrix = {
  digest: "d1",
  rules: [
    row({ ...asking, origin: "changed", builtIn: "auto", decided: { auto: 3, ask: 2, deny: 0 } }),
    row({ id: "quiet", origin: "own", outcome: "deny", repository: "acme/shop", stages: ["dev"], roles: ["qa"], maxCallsPerRun: 2 }),
    row({ id: "loose", origin: "own", isLooser: true }),
  ],
  own: [asking],
  unreadable: ['{"id":5}'],
  floors: [{ id: "floor-trigger-label", outcome: "ask", decided: none }],
  allowedBeforehand: 4,
  days: 30,
  asOf: 1,
};
const example = { callId: "c", tool: "github_comment", summary: "Comment on #7", repository: "acme/shop", issue: 7, runId: "r", at: 1_000 };
const rehearsal: Rehearsal = {
  digest: "d2",
  days: 30,
  since: 1_000,
  isCut: true,
  calls: 20_000,
  unsaid: 3,
  byRule: [{ rule: "comment-own", calls: 5 }],
  differences: [{ rule: "comment-own", from: "auto", to: "ask", calls: 5, examples: [example] }],
};

let directory: string;
let file: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "signalbox-rules-"));
  file = join(directory, "rules.yaml");
  await writeFile(file, "rules:\n  - id: comment-own\n    tool: github_comment\n    when: { ownTarget: true }\n    outcome: ask\n");
});
afterAll(() => rm(directory, { recursive: true }));

describe("the approval matrix on the command line", () => {
  it("shows each rule with what happens, how often that was, and what is not followed", async () => {
    const context = recordedContext({ rules: { matrix: async () => matrix } });

    expect(await showMatrix(context, {})).toBe(exitCodes.ok);

    const shown = context.out();
    expect(shown).toMatch(/comment-own +asks you \(built in: happens by itself\) +5 +github_comment, own issue and pull request\n/u);
    expect(shown).toMatch(/quiet +is refused \(own\) +0 +github_comment, in acme\/shop, stages dev, roles qa, the first 2 of a run\n/u);
    expect(shown).toMatch(/floor-trigger-label +asks you +0 +whatever the rules say\n/u);
    expect(shown).toContain("4 more were let through");
    expect(shown).toContain("NOT FOLLOWED: loose");
    expect(shown).toContain('NOT FOLLOWED: this stands in the database and cannot be read as a rule: {"id":5}');
  });

  it("prints own rules as the file that rehearses and applies them", async () => {
    const context = recordedContext({ rules: { matrix: async () => matrix } });
    await showMatrix(context, { own: true });
    const printed = join(directory, "printed.yaml");
    await writeFile(printed, context.out());
    const given: unknown[] = [];

    await rehearseRules(recordedContext({ rules: { rehearse: async (input: unknown) => (given.push(input), rehearsal) } }), printed);

    expect(given).toEqual([{ own: [asking] }]);
  });

  it("rehearses what a file says, with what cannot be said and where it stopped, and changes nothing", async () => {
    const context = recordedContext({ rules: { rehearse: async () => rehearsal } });

    await rehearseRules(context, file);

    expect(context.out()).toBe(
      [
        "Of the newest 20000 calls, back to 1970-01-01 00:00 UTC, 5 would have come out otherwise.",
        "5 × comment-own: happens by itself -> asks you",
        "    1970-01-01 00:00 UTC  acme/shop#7  Comment on #7",
        "Of 3 it cannot be said: what was known of them then is not known any more.",
        "Nothing was changed.",
        "",
      ].join("\n"),
    );
  });

  it("applies against the rules that it was rehearsed against, in JSON as one document", async () => {
    const applied: unknown[] = [];
    const apply = async (input: unknown): Promise<object> => (applied.push(input), { changed: true });
    const context = recordedContext({ rules: { rehearse: async () => rehearsal, apply } }, { isJson: true });

    await applyRules(context, file);

    expect(applied).toEqual([{ own: [asking], digest: "d2" }]);
    expect(JSON.parse(context.out())).toEqual({ changed: true, rehearsal });
    expect(context.err()).toContain("5 would have come out otherwise");
  });

  it.each([
    ["rules:\n  - id: x\n    tool: kb_*\n    outcome: allow\n", "rules[0].outcome must be one of auto, ask, deny"],
    ["rules: 5\n", "rules must be a list"],
    ["- id: x\n", "is no file of rules"],
    ["rules: []\nrule: []\n", "is no file of rules"],
    ["a: [\n", "is no file of rules"],
    ["", "is no file of rules"],
  ])("says what is wrong with %j before it connects", async (written, fault) => {
    const wrong = join(directory, "wrong.yaml");
    await writeFile(wrong, written);
    const context = recordedContext({});

    for (const command of [rehearseRules, applyRules]) {
      await expect(command(context, wrong)).rejects.toMatchObject({ failure: { exitCode: exitCodes.usage, message: expect.stringContaining(fault) } });
    }
    expect(context.connections.opened).toBe(0);
  });

  it("says which file cannot be read", async () => {
    await expect(rehearseRules(recordedContext({}), join(directory, "none.yaml"))).rejects.toMatchObject({ failure: { exitCode: exitCodes.usage } });
  });
});
