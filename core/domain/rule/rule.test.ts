import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allStages, roles } from "../stage/stage.ts";
import { toolNames } from "../tool/tool.ts";
import { defaultRules } from "./default-rules.ts";
import { builtInRules, evaluateRules, evaluateWithin, looserRules, matches, type RuledCall } from "./evaluate.ts";
import { mergeRules, readRules } from "./read-rules.ts";
import type { Rule } from "./rule.ts";

const call = (tool: string, change: Partial<RuledCall> = {}): RuledCall => ({
  tool,
  repository: "harbour/tidewater",
  stage: "intake",
  role: "pm",
  facts: { ownTarget: true, triggerLabel: false },
  callsBefore: 0,
  ...change,
});
const rule = (change: Partial<Rule>): Rule => ({ id: "x", description: "", tool: "kb_search", outcome: "auto", enabled: true, ...change });
const everything = rule({ id: "everything", tool: "*" });

describe("rules that nobody has signed", () => {
  const anyCall = fc.record({
    tool: fc.constantFrom(...toolNames),
    repository: fc.constant("harbour/tidewater"),
    stage: fc.constantFrom(...allStages),
    role: fc.constantFrom(...roles),
    facts: fc.record({ ownTarget: fc.boolean(), triggerLabel: fc.boolean() }),
    callsBefore: fc.nat(3),
  });
  const anyRules = fc.array(
    fc.record({
      id: fc.string(),
      description: fc.string(),
      tool: fc.constantFrom("*", "github_*", ...toolNames),
      outcome: fc.constantFrom("auto", "ask", "deny"),
      enabled: fc.boolean(),
    }),
  );
  const strength = { auto: 0, ask: 1, deny: 2 } as const;

  it("can be stricter than the built-in ones, never looser", () => {
    fc.assert(
      fc.property(anyRules, anyCall, (rules, made) => {
        const within = evaluateWithin(defaultRules, rules, made);

        expect(strength[within.outcome]).toBe(Math.max(strength[evaluateRules(defaultRules, made).outcome], strength[evaluateRules(rules, made).outcome]));
      }),
    );
  });

  it("are named when they would allow more", () => {
    expect(looserRules(defaultRules, [...defaultRules, everything, rule({ id: "stricter", tool: "kb_*", outcome: "deny" })])).toEqual([everything]);
    expect(looserRules(defaultRules, defaultRules)).toEqual([]);
    expect(looserRules(defaultRules, [rule({ id: "elsewhere", tool: "github_comment", when: { ownTarget: false } })])).toHaveLength(1);
  });
});

describe("the default rules", () => {
  it.each([
    ["github_request_label", { ownTarget: true, triggerLabel: false }, "auto", "labels-own"],
    ["github_request_label", { ownTarget: true, triggerLabel: true }, "ask", "labels-trigger"],
    ["github_request_label", { ownTarget: false, triggerLabel: false }, "ask", "labels-elsewhere"],
    ["github_create_pr", { ownTarget: true, triggerLabel: false }, "auto", "pull-request"],
    ["github_comment", { ownTarget: true, triggerLabel: false }, "auto", "comment-own"],
    ["github_comment", { ownTarget: false, triggerLabel: false }, "ask", "comment-elsewhere"],
    ["owner_ask", { ownTarget: true, triggerLabel: false }, "ask", "question"],
    ["kb_search", { ownTarget: true, triggerLabel: false }, "auto", "knowledge"],
    ["docset_sync_issue", { ownTarget: true, triggerLabel: false }, "auto", "docset"],
  ] as const)("%s with %o is %s", (tool, facts, outcome, id) => {
    expect(evaluateRules(defaultRules, call(tool, { facts }))).toEqual({ outcome, rule: id });
  });

  it("have an answer for every tool of the catalogue", () => {
    for (const tool of toolNames) expect(evaluateRules(defaultRules, call(tool)).rule, tool).not.toBe(builtInRules.noMatch);
  });

  it("read as a team could write them", () => {
    expect(readRules(JSON.parse(JSON.stringify(defaultRules)))).toEqual({ ok: true, value: defaultRules });
  });
});

describe("rules", () => {
  it("deny a tool that nobody knows, whatever they say", () => {
    expect(evaluateRules([everything], call("rm_rf"))).toEqual({ outcome: "deny", rule: builtInRules.unknownTool });
    expect(evaluateRules([everything], call("team_tool"), ["team_tool"])).toEqual({ outcome: "auto", rule: "everything" });
  });

  it("deny what none of them speaks of", () => {
    expect(evaluateRules([], call("kb_search"))).toEqual({ outcome: "deny", rule: builtInRules.noMatch });
    expect(evaluateRules([rule({ enabled: false })], call("kb_search"))).toEqual({ outcome: "deny", rule: builtInRules.noMatch });
  });

  it("cannot let a trigger label or a cluster write through unasked", () => {
    expect(evaluateRules([everything], call("github_request_label", { facts: { ownTarget: true, triggerLabel: true } }))).toEqual({
      outcome: "ask",
      rule: builtInRules.triggerLabel,
    });
    for (const tool of ["k8s_scale", "k8s_apply_manifest", "secret_sync", "database_drop", "k8s_made_up"]) {
      expect(evaluateRules([everything], call(tool), [tool]), tool).toEqual({ outcome: "ask", rule: builtInRules.clusterWrite });
    }
    expect(evaluateRules([everything], call("k8s_logs"), ["k8s_logs"]).outcome).toBe("auto");
  });

  it("cannot let a reviewer, or a stage that never pushes, write to the repository", () => {
    for (const tool of ["github_create_pr", "docset_sync_issue"]) {
      expect(evaluateRules([everything], call(tool, { role: "reviewer" })), tool).toEqual({ outcome: "deny", rule: builtInRules.readOnlyRole });
      expect(evaluateRules([everything], call(tool, { stage: "discussion" })), tool).toEqual({ outcome: "deny", rule: builtInRules.readOnlyRole });
    }
    expect(evaluateRules([everything], call("github_comment", { role: "reviewer" })).outcome).toBe("auto");
  });

  it("stop matching when their count is used up", () => {
    expect(evaluateRules([rule({ maxCallsPerRun: 2 })], call("kb_search", { callsBefore: 1 })).outcome).toBe("auto");
    expect(evaluateRules([rule({ maxCallsPerRun: 2 })], call("kb_search", { callsBefore: 2 }))).toEqual({ outcome: "deny", rule: builtInRules.noMatch });
  });

  it("look at repository, stage and role", () => {
    const narrow = rule({ repository: "Harbour/Tidewater", stages: ["intake"], roles: ["pm"] });

    expect(matches(narrow, call("kb_search"))).toBe(true);
    expect(matches(narrow, call("kb_search", { stage: "dev" }))).toBe(false);
    expect(matches(narrow, call("kb_search", { role: "dev" }))).toBe(false);
    expect(matches(narrow, call("kb_search", { repository: "harbour/other" }))).toBe(false);
  });
});

describe("any rules and any call", () => {
  const someRule: fc.Arbitrary<Rule> = fc.record(
    {
      id: fc.constantFrom("a", "b", "c", "d"),
      description: fc.constant(""),
      tool: fc.constantFrom("*", "kb_*", "github_*", ...toolNames),
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
    tool: fc.constantFrom(...toolNames, "unheard_of"),
    repository: fc.constant("harbour/tidewater"),
    stage: fc.constantFrom(...allStages),
    role: fc.constantFrom(...roles),
    facts: fc.record({ ownTarget: fc.boolean(), triggerLabel: fc.boolean() }),
    callsBefore: fc.nat({ max: 4 }),
  });
  const someRules = fc.array(someRule, { maxLength: 8 });

  it("deny wins, then ask, and nothing is allowed that no rule allows", () => {
    fc.assert(
      fc.property(someRules, someCall, (rules, someone) => {
        const { outcome } = evaluateRules(rules, someone);
        const matching = rules.filter((candidate) => matches(candidate, someone)).map((candidate) => candidate.outcome);
        if (matching.includes("deny") || matching.length === 0) expect(outcome).toBe("deny");
        else if (matching.includes("ask")) expect(outcome).not.toBe("auto");
        if (outcome === "auto") expect(matching).toContain("auto");
        if (someone.facts.triggerLabel) expect(outcome).not.toBe("auto");
      }),
      { numRuns: 1_000 },
    );
  });

  it("do not depend on the order of the rules", () => {
    fc.assert(
      fc.property(someRules, someCall, (rules, someone) => {
        expect(evaluateRules(rules.toReversed(), someone).outcome).toBe(evaluateRules(rules, someone).outcome);
      }),
    );
  });

  it("get no looser by another deny or ask", () => {
    const loose = { auto: 0, ask: 1, deny: 2 };
    fc.assert(
      fc.property(someRules, someRule, someCall, (rules, extra, someone) => {
        const before = evaluateRules(rules, someone);
        fc.pre(extra.outcome === "deny" || (extra.outcome === "ask" && before.rule !== builtInRules.noMatch));
        expect(loose[evaluateRules([...rules, extra], someone).outcome]).toBeGreaterThanOrEqual(loose[before.outcome]);
      }),
    );
  });

  it("merge so that a team's rule takes the place of the default of its name, and merging again changes nothing", () => {
    fc.assert(
      fc.property(someRules, (own) => {
        const merged = mergeRules(defaultRules, own);
        expect(new Set(merged.map((r) => r.id)).size).toBe(merged.length);
        expect(mergeRules(merged, own)).toEqual(merged);
      }),
    );
  });
});

describe("reading rules", () => {
  it("names every mistake with its place", () => {
    const outcome = readRules([
      { id: "A b", tool: "kb_search", outcome: "allow", stage: "dev", when: { mine: true }, maxCallsPerRun: 0 },
      "x",
      { id: "ok", tool: "kb_*", outcome: "deny", stages: ["devv"], roles: [] },
    ]);

    expect(outcome.ok ? [] : outcome.error.map((fault) => fault.path)).toEqual([
      "rules[0].stage",
      "rules[0].id",
      "rules[0].when.mine",
      "rules[0].maxCallsPerRun",
      "rules[0].outcome",
      "rules[1]",
      "rules[1].id",
      "rules[1].tool",
      "rules[1].outcome",
      "rules[2].stages[0]",
      "rules[2].roles",
    ]);
  });

  it("refuses one id for two rules, and what is no list", () => {
    const twice = { id: "a", tool: "kb_*", outcome: "deny" };

    expect(readRules([twice, twice])).toEqual({ ok: false, error: [{ path: "rules[1].id", message: "a is there twice" }] });
    expect(readRules({ rules: [] }).ok).toBe(false);
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (a, b) => {
        for (const value of [a, b]) {
          const outcome = readRules(value);
          if (!outcome.ok) expect(outcome.error.length).toBeGreaterThan(0);
          else expect(Array.isArray(value)).toBe(true);
        }
      }),
    );
  });
});
