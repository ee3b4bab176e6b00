import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeMarkdown, inlineCode } from "../kernel/markdown.ts";
import type { Instant, RunId } from "../kernel/values.ts";
import { defaultLabelNames as names } from "../label/names.ts";
import { standardLabels } from "../label/standard.ts";
import { allStages, processStages, type StageName } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";
import { admit, type AdmissionInput } from "./admission.ts";
import { refusalComment, refusalText } from "./refusal-text.ts";

const all: ReadonlyMap<StageName, readonly string[]> = new Map(allStages.map((stage) => [stage, stageTable[stage].artifacts.required]));
const labeled = (label: string, others: readonly string[] = [], change: Partial<AdmissionInput> = {}): AdmissionInput => ({
  issue: { number: 7, state: "open", labels: [label, ...others] },
  event: { type: "labeled", label },
  names,
  defaults: { model: "gpt-5.3-codex", reasoning: "medium" },
  present: all,
  activeRuns: [],
  ...change,
});
const active = (stage: StageName, variant: "work" | "revise" = "work") => [{ id: "r1" as RunId, stage, variant }];

describe("admission", () => {
  it("starts the stage that the trigger names, with its lead role and branch", () => {
    expect(admit(labeled("run:vision", ["feature", "[ai-reasoning-high]", "run:debug"]))).toEqual({
      type: "admitted",
      stage: "vision",
      variant: "work",
      role: "pm",
      branch: "signalbox/issue-7/vision",
      profile: { model: "gpt-5.3-codex", reasoning: "high" },
      keepSlot: true,
    });
  });

  it("starts intake from nothing", () => {
    expect(admit(labeled("run:intake", [], { present: new Map() })).type).toBe("admitted");
  });

  it("ignores labels that are no triggers", () => {
    for (const { name } of standardLabels(names, ["m"]).filter((label) => !/^(run|mode):/.test(label.name))) {
      expect(admit(labeled(name)), name).toEqual({ type: "ignored", why: "not-a-trigger" });
    }
    expect(admit(labeled("run:debug"))).toEqual({ type: "ignored", why: "not-a-trigger" });
  });

  it("ignores a trigger that was taken off meanwhile, and one on a pull request", () => {
    const input = labeled("run:intake");

    expect(admit({ ...input, issue: { ...input.issue, labels: [] } })).toEqual({ type: "ignored", why: "label-gone" });
    expect(admit({ ...input, issue: { ...input.issue, isPull: true } })).toEqual({ type: "ignored", why: "on-pull-request" });
  });

  it("refuses two triggers and names both", () => {
    const admission = admit(labeled("run:dev", ["run:qa"]));

    expect(admission).toEqual({ type: "refused", reason: { type: "admission.conflicting-triggers", labels: ["run:dev", "run:qa"] } });
    expect(comment(admission)).toContain("`run:dev`, `run:qa`");
  });

  it("lets an abort through whatever else is on the issue", () => {
    expect(admit(labeled("run:abort", ["run:dev", "state:blocked", "need:input"]))).toMatchObject({ type: "admitted", stage: "abort" });
  });

  it("ends a profile conflict as a run that failed its precondition", () => {
    const admission = admit(labeled("run:dev", ["[ai-model-a]", "[ai-model-b]"]));

    expect(admission).toMatchObject({
      type: "refused",
      reason: { type: "admission.profile", error: { kind: "model" } },
      failedRun: { stage: "dev", branch: "signalbox/issue-7/dev" },
    });
    expect(comment(admission)).toContain("`[ai-model-a]`, `[ai-model-b]`");
  });

  it("refuses a stage whose predecessor has not left its documents, and names them", () => {
    const admission = admit(labeled("run:vision", [], { present: new Map([["intake", ["problem", "brief"]]]) }));

    expect(admission).toMatchObject({ reason: { previous: "intake", missing: ["personas", "scope_mvp", "constraints", "risks_register", "open_questions"] } });
    expect(comment(admission)).toContain("`scope_mvp`");
  });

  it("takes the fast track from design to dev, but not from arch", () => {
    const without = (...stages: StageName[]) => new Map([...all].filter(([stage]) => !stages.includes(stage)));

    expect(admit(labeled("run:dev", [], { present: without("plan") })).type).toBe("admitted");
    expect(admit(labeled("run:dev", [], { present: without("plan", "design") }))).toMatchObject({
      reason: { type: "admission.missing-artifacts", previous: "plan" },
    });
  });

  it("refuses doc-audit and qa without the delivery's pull request", () => {
    expect(admit(labeled("run:qa"))).toMatchObject({ reason: { type: "admission.pull-missing", branch: "signalbox/issue-7/dev" } });
    expect(admit(labeled("run:doc-audit", [], { pull: 3 })).type).toBe("admitted");
  });

  it("refuses to revise what has no pull request", () => {
    expect(comment(admit(labeled("run:prd:revise")))).toContain("nothing to revise");
    expect(admit(labeled("run:prd:revise", [], { pull: 3, present: new Map() }))).toMatchObject({ type: "admitted", variant: "revise" });
  });

  it("stops at state:blocked and at an open question", () => {
    expect(admit(labeled("run:prd", ["state:blocked"]))).toMatchObject({ reason: { type: "admission.blocked" } });
    expect(admit(labeled("run:prd", ["need:input"]))).toMatchObject({ reason: { type: "admission.input-needed" } });
    expect(admit(labeled("run:prd", ["need:qa"])).type).toBe("admitted");
  });

  it("does not work on a closed issue", () => {
    const input = labeled("run:prd");

    expect(admit({ ...input, issue: { ...input.issue, state: "closed" } })).toMatchObject({ reason: { type: "admission.issue-closed" } });
  });

  it("refuses a second trigger on a busy branch visibly, or lets it wait where the policy says so", () => {
    const input = labeled("run:doc-audit", [], { pull: 3, activeRuns: active("dev") });

    expect(admit(input)).toMatchObject({ type: "refused", reason: { type: "admission.branch-busy", runId: "r1" } });
    expect(admit({ ...input, whenBusy: "wait" })).toEqual({ type: "waits", behind: "r1" });
  });

  it("takes the same trigger told twice as one", () => {
    expect(admit(labeled("run:intake", [], { activeRuns: active("intake") }))).toEqual({ type: "ignored", why: "same-run-active" });
  });

  it("starts a revise for a review, without any label, where the stage has one", () => {
    const review = (stage: StageName) => admit(labeled("feature", [], { event: { type: "review", stage }, pull: 3 }));

    expect(review("prd")).toMatchObject({ type: "admitted", stage: "prd", variant: "revise" });
    expect(review("qa")).toEqual({ type: "refused", reason: { type: "admission.no-revise", stage: "qa" } });
  });

  it("lets a revise take the place of the run that waits at its gate, and no other", () => {
    const atGate = (variant: "work" | "revise") =>
      active("prd", variant).map((run) => ({ ...run, phase: "waiting_owner_review" as const, since: 50 as Instant }));
    const label = (at?: number) => ({ type: "labeled" as const, label: "run:prd:revise", at: at as Instant | undefined });
    const start = (variant: "work" | "revise", event: AdmissionInput["event"]) =>
      admit(labeled("run:prd:revise", [], { pull: 3, activeRuns: atGate(variant), event }));

    expect(start("work", label())).toMatchObject({ type: "admitted", variant: "revise", supersedes: "r1" });
    expect(start("revise", { type: "review", stage: "prd" })).toMatchObject({ type: "admitted", supersedes: "r1" });
    expect(start("revise", label(60))).toMatchObject({ type: "admitted", supersedes: "r1" });
    expect(start("revise", label(40))).toEqual({ type: "ignored", why: "same-run-active" });
    expect(start("revise", label())).toEqual({ type: "ignored", why: "same-run-active" });
    expect(admit(labeled("run:prd:revise", [], { pull: 3, activeRuns: active("prd") }))).toMatchObject({ reason: { type: "admission.branch-busy" } });
    expect(admit(labeled("run:qa", [], { pull: 3, activeRuns: atGate("work") }))).toMatchObject({ reason: { type: "admission.branch-busy" } });
  });

  it("guesses what a slip of the pen meant", () => {
    expect(comment(admit(labeled("run:visoin")))).toContain("Did you mean `run:vision`?");
  });
});

describe("any admission", () => {
  const pool = standardLabels(names, ["a", "b"]).map((label) => label.name);
  const stage = fc.constantFrom(...allStages);
  const input = fc.record({
    labels: fc.array(fc.constantFrom(...pool), { maxLength: 5 }),
    event: fc.oneof(
      fc.record({ type: fc.constant("labeled" as const), label: fc.constantFrom(...pool, "run:x") }),
      fc.record({ type: fc.constant("review" as const), stage }),
    ),
    present: fc.array(fc.tuple(stage, fc.subarray(processStages.flatMap((s) => stageTable[s].artifacts.required)))).map((pairs) => new Map(pairs)),
    pull: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
    activeRuns: fc.array(fc.record({ id: fc.constant("r1" as RunId), stage, variant: fc.constantFrom("work" as const, "revise" as const) }), { maxLength: 1 }),
  });

  it("starts nothing on a busy branch, with two triggers, or for a label that is no trigger", () => {
    fc.assert(
      fc.property(input, ({ labels, ...rest }) => {
        const admission = admit({ ...labeled("x"), ...rest, issue: { number: 7, state: "open", labels } });
        if (admission.type !== "admitted") return;
        expect(rest.activeRuns).toEqual([]);
        const triggers = new Set(labels.filter((label) => /^(run|mode):/.test(label) && label !== "run:debug"));
        if (admission.stage !== "abort") expect(triggers.size).toBeLessThanOrEqual(1);
        if (rest.event.type === "labeled") expect(triggers.has(rest.event.label)).toBe(true);
        expect(admission.stage === "abort" || !labels.some((label) => label === "need:input" || label === "state:blocked")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("explains every refusal with something to do", () => {
    fc.assert(
      fc.property(input, ({ labels, ...rest }) => {
        const admission = admit({ ...labeled("x"), ...rest, issue: { number: 7, state: "open", labels } });
        if (admission.type !== "refused") return;
        const text = refusalText(admission.reason, names);
        expect(text.what.length).toBeGreaterThan(10);
        expect(text.remedy).toMatch(/`|again|anew/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("foreign text in our markdown", () => {
  it("formats nothing, mentions nobody, and hides nothing", () => {
    expect(escapeMarkdown("**a** <img src=x> @me\n# b #12 https://x.y \u202e")).toBe(
      "\\*\\*a\\*\\* &lt;img src=x&gt; @<!-- -->me # b #<!-- -->12 https:<!-- -->//x.y U+202E",
    );
    expect(escapeMarkdown("- a")).toBe("\\- a");
    expect(escapeMarkdown("1. a")).toBe("1\\. a");
    expect(inlineCode("a`` `b")).toBe("```a`` `b```");
    expect(inlineCode("`x`")).toBe("`` `x` ``");
  });

  it("never leaves its line or a comment's end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const safe of [escapeMarkdown(text), inlineCode(text)]) expect(safe).not.toMatch(/[\r\n\u2028\u2029]/);
        expect(escapeMarkdown(text)).not.toMatch(/@(?!<!-- -->)/);
        expect(escapeMarkdown(text).replaceAll("<!-- -->", "")).not.toMatch(/[<>]/);
      }),
    );
  });
});

function comment(admission: ReturnType<typeof admit>): string {
  if (admission.type !== "refused") throw new Error(`not refused: ${admission.type}`);
  return refusalComment(admission.reason, names, "signalbox:refusal:7");
}
