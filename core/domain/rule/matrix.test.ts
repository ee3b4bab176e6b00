import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allStages, roles } from "../stage/stage.ts";
import { toolNames } from "../tool/tool.ts";
import { defaultRules } from "./default-rules.ts";
import { evaluateRules, looserRules, type RuledCall } from "./evaluate.ts";
import { followedRules, matrixOf, ownRulesOf, proposeRules, ruleOn, unreadableRules } from "./matrix.ts";
import { compareRules } from "./rehearsal.ts";
import type { Rule } from "./rule.ts";

const strength = { auto: 0, ask: 1, deny: 2 } as const;
const byId = (id: string): Rule => defaultRules.find((rule) => rule.id === id) ?? never(id);
const proposed = (own: unknown): readonly Rule[] => {
  const outcome = proposeRules(own);
  return outcome.ok ? outcome.value : never(outcome.error.message);
};

const someRule: fc.Arbitrary<Rule> = fc.record(
  {
    id: fc.constantFrom("a", "b", "c", ...defaultRules.map(({ id }) => id)),
    description: fc.constant("words"),
    tool: fc.constantFrom("*", "kb_*", "github_*", "docset_*", ...toolNames),
    repository: fc.constantFrom("harbour/tidewater", "harbour/other"),
    stages: fc.subarray([...allStages], { minLength: 1 }),
    roles: fc.subarray([...roles], { minLength: 1 }),
    when: fc.record({ ownTarget: fc.boolean(), triggerLabel: fc.boolean() }, { requiredKeys: [] }),
    maxCallsPerRun: fc.integer({ min: 1, max: 3 }),
    outcome: fc.constantFrom("auto" as const, "ask" as const, "deny" as const),
    enabled: fc.boolean(),
  },
  { requiredKeys: ["id", "description", "tool", "outcome", "enabled"] },
);
const someCall: fc.Arbitrary<RuledCall> = fc.record({
  tool: fc.constantFrom(...toolNames),
  repository: fc.constant("harbour/tidewater"),
  stage: fc.constantFrom(...allStages),
  role: fc.constantFrom(...roles),
  facts: fc.record({ ownTarget: fc.boolean(), triggerLabel: fc.boolean() }),
  callsBefore: fc.nat(4),
});

describe("own rules", () => {
  it("may make every built-in rule ask or deny, or switch it off", () => {
    for (const rule of defaultRules) {
      const stricter = [rule.outcome === "auto" ? "ask" : "deny", "deny"] as const;
      for (const outcome of stricter) expect(proposeRules([{ ...rule, outcome }]), `${rule.id} ${outcome}`).toMatchObject({ ok: true });
      expect(proposeRules([{ ...rule, enabled: false }]), rule.id).toMatchObject({ ok: true });
    }
  });

  it("are refused with their names when they would allow more, and with their places when they are none", () => {
    expect(proposeRules([{ ...byId("comment-elsewhere"), outcome: "auto" }])).toMatchObject({
      ok: false,
      error: { type: "rules.looser", message: expect.stringContaining("comment-elsewhere (github_comment: auto)") },
    });
    expect(proposeRules([{ id: "x", tool: "kb_*", outcome: "allow" }])).toMatchObject({
      ok: false,
      error: { type: "rules.malformed", message: expect.stringContaining("rules[0].outcome must be one of auto, ask, deny") },
    });
    expect(proposeRules(Array.from({ length: 201 }, (_, index) => ({ id: `r${index}`, tool: "*", outcome: "deny" })))).toMatchObject({ ok: false });
    for (const id of ["none", "default-deny"])
      expect(proposeRules([{ id, tool: "*", outcome: "deny" }])).toMatchObject({ ok: false, error: { type: "rules.malformed" } });
  });

  it("stand in the matrix in the place of the built-in ones, or after them", () => {
    const own = { id: "quiet", description: "", tool: "github_comment", repository: "acme/shop", outcome: "deny", enabled: true } as const;
    const matrix = matrixOf(proposed([own, { ...byId("knowledge"), outcome: "ask" }]));

    expect(matrix.map(({ rule }) => rule.id)).toEqual([...defaultRules.map(({ id }) => id), "quiet"]);
    expect(matrix.filter(({ origin }) => origin !== "built-in").map(({ rule, origin }) => [rule.id, origin])).toEqual([
      ["knowledge", "changed"],
      ["quiet", "own"],
    ]);
  });

  it("show a built-in rule that is not stored as switched off, and what is looser as not followed", () => {
    const stored = [...defaultRules.filter(({ id }) => id !== "docset"), { ...byId("knowledge"), id: "loose", tool: "github_comment" }];
    const matrix = matrixOf(stored);

    expect(matrix.find(({ rule }) => rule.id === "docset")).toMatchObject({ origin: "changed", rule: { enabled: false }, isLooser: false });
    expect(matrix.find(({ rule }) => rule.id === "loose")).toMatchObject({ origin: "own", isLooser: true });
    expect(ownRulesOf(stored).map(({ id }) => id)).toEqual(["docset"]);
  });

  it("are what can be read of what is stored; the rest is nobody's rule, and names itself", () => {
    const stored = [...defaultRules, { id: "x" }, { ...byId("docset"), stages: null, enabled: undefined }, 7, { ...byId("docset"), tool: ["*"] }];

    expect(followedRules(stored)).toEqual([...defaultRules, byId("docset")]);
    expect(unreadableRules(stored)).toEqual(['{"id":"x"}', "7", expect.stringContaining('"tool":["*"]')]);
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), someCall, (anything, call) => {
        expect(strength[ruleOn(followedRules(anything), call).outcome]).toBeGreaterThanOrEqual(strength[evaluateRules(defaultRules, call).outcome]);
      }),
    );
  });

  it("give the same matrix when they are proposed again", () => {
    fc.assert(
      fc.property(fc.uniqueArray(someRule, { selector: ({ id }) => id, maxLength: 6 }), (own) => {
        const first = proposeRules(own);
        fc.pre(first.ok);

        expect(proposeRules(ownRulesOf(first.ok ? first.value : []))).toEqual(first);
      }),
    );
  });

  it("never let a call come out looser than the built-in rules do, whatever is proposed one after the other", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(someRule, { selector: ({ id }) => id, maxLength: 6 }), { maxLength: 5 }),
        fc.array(someCall, { minLength: 1, maxLength: 20 }),
        (proposals, calls) => {
          let stored: readonly Rule[] = defaultRules;
          for (const own of proposals) {
            const outcome = proposeRules([...ownRulesOf(stored).filter((rule) => !own.some(({ id }) => id === rule.id)), ...own]);
            if (outcome.ok) stored = outcome.value;
            expect(looserRules(defaultRules, stored)).toEqual([]);
            for (const call of calls)
              expect(strength[ruleOn(stored, call).outcome]).toBeGreaterThanOrEqual(strength[evaluateRules(defaultRules, call).outcome]);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a rehearsed call", () => {
  const call = { tool: "github_request_label", repository: "harbour/tidewater", stage: "intake", role: "pm", callsBefore: 0 } as const;
  const unknown = [
    { ownTarget: true, triggerLabel: true },
    { ownTarget: true, triggerLabel: false },
  ];

  it("comes out as the rules in force and the proposed ones say", () => {
    const asking = proposed([{ ...byId("labels-own"), outcome: "ask" }]);

    expect(compareRules(defaultRules, asking, { ...call, possible: [{ ownTarget: true, triggerLabel: false }] })).toEqual({
      from: { outcome: "auto", rule: "labels-own" },
      to: { outcome: "ask", rule: "labels-own" },
    });
  });

  it("says nothing where that hangs on what is not known of it", () => {
    expect(compareRules(defaultRules, proposed([{ ...byId("labels-own"), outcome: "ask" }]), { ...call, possible: unknown })).toBeUndefined();
  });

  it("says what comes out in any case", () => {
    const denying = proposed([{ id: "no-labels", tool: "github_request_label", outcome: "deny" }]);

    expect(compareRules(denying, denying, { ...call, possible: unknown })).toMatchObject({ from: { outcome: "deny" }, to: { outcome: "deny" } });
  });
});

function never(what: string): never {
  throw new Error(`no ${what}`);
}
