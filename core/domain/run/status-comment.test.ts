import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BranchName, CorrelationId, Instant, PersonId, RepositoryName, RequestId, RunId } from "../kernel/values.ts";
import { defaultLabelNames as names } from "../label/names.ts";
import { allStages } from "../stage/stage.ts";
import { nextStepLink, nextSteps } from "./next-steps.ts";
import type { Run, RunState } from "./run.ts";
import { isStatusComment, renderStatusComment, statusCommentMarker } from "./status-comment.ts";

const run: Run = {
  id: "0192-run" as RunId,
  project: "harbour",
  repository: "harbour/tidewater" as RepositoryName,
  issue: 7,
  pull: 9,
  stage: "intake",
  variant: "revise",
  role: "pm",
  branch: "signalbox/issue-7/intake" as BranchName,
  baseBranch: "main" as BranchName,
  profile: { model: "gpt-5.3-codex", reasoning: "medium" },
  trigger: { kind: "label", label: "run:intake:revise", actor: "olga" },
  correlationId: "c1" as CorrelationId,
  keepSlot: false,
  state: { phase: "waiting_owner_review", attempt: 2, requestId: "q1" as RequestId, since: 5 as Instant },
  createdAt: 1 as Instant,
};

describe("next steps", () => {
  it("are the revision and the canonical next stage", () => {
    expect(nextSteps("vision", names).map((step) => [step.kind, step.label])).toEqual([
      ["revise", "run:vision:revise"],
      ["next", "run:prd"],
    ]);
  });

  it("of design have the fast track as well", () => {
    expect(nextSteps("design", names).map((step) => [step.kind, step.label])).toEqual([
      ["revise", "run:design:revise"],
      ["next", "run:plan"],
      ["fast-track", "run:dev"],
    ]);
  });

  it("end with ops, and have no revision where there is none", () => {
    expect(nextSteps("ops", names)).toEqual([]);
    expect(nextSteps("qa", names).map((step) => step.label)).toEqual(["run:release"]);
  });

  it("always name a label that exists", () => {
    for (const stage of allStages) for (const step of nextSteps(stage, names)) expect(names.triggers[step.stage][step.variant]).toBe(step.label);
  });

  it("open the desktop at a preview", () => {
    expect(nextStepLink("harbour/tidewater", 7, { stage: "vision", variant: "work" })).toBe(
      "signalbox://repositories/harbour/tidewater/issues/7/transition?stage=vision&variant=work",
    );
  });
});

describe("the status comment", () => {
  const view = {
    run,
    artifacts: { required: ["problem", "brief"], present: ["problem"] },
    waitsFor: { requestId: "q1", summary: "Approve intake of issue 7?", expiresAt: Date.UTC(2026, 0, 2, 3, 4) as Instant },
    nextSteps: nextSteps("intake", names),
    usage: { totalTokens: 1_234_567, cost: 1.234 },
  };

  it("says what is going on, what is asked and where it goes from here", () => {
    const text = renderStatusComment(view);

    expect(text.split("\n").slice(0, 2)).toEqual(["<!-- signalbox:run:0192-run -->", "### intake (revise) — waiting for the owner's review"]);
    expect(text).toContain("| Pull request | #9 |");
    expect(text).toContain("**The owner is asked:** Approve intake of issue 7? (`q1`) Valid until 2026-01-02 03:04 UTC.");
    expect(text).toContain("- [x] Problem statement\n- [ ] Brief — missing");
    expect(text).toContain("(`run:vision`)");
    expect(text).toContain("| Tokens | 1,234,567, about $1.23 (estimate) |");
  });

  it("is the same text for the same view, and is found by its first line alone", () => {
    const text = renderStatusComment(view);

    expect(renderStatusComment(structuredClone(view))).toBe(text);
    expect(isStatusComment(text, run.id)).toBe(true);
    expect(isStatusComment(`> ${text}`, run.id)).toBe(false);
    expect(isStatusComment(text, "0192-other" as RunId)).toBe(false);
  });

  it("has a headline for every phase", () => {
    const at = 5 as Instant;
    const states: readonly RunState[] = [
      { phase: "queued" },
      { phase: "preparing", attempt: 1, since: at },
      { phase: "parked", attempt: 1, reason: "owner", since: at },
      { phase: "failed", reason: "a | b", at },
      { phase: "cancelled", by: "olga" as PersonId, reason: "no", at },
      { phase: "superseded", by: "r2" as RunId, at },
    ];
    const texts = states.map((state) => renderStatusComment({ run: { ...run, state } }));

    expect(texts.map((text) => text.split("\n")[1]?.split("— ")[1])).toEqual([
      "queued",
      "starting",
      "held by the owner",
      "failed",
      "cancelled",
      "replaced by a newer run",
    ]);
    expect(texts[3]).toContain("| Reason | a \\| b |");
  });

  it("is not changed in its form by foreign text", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("--> <img src=x onerror=alert(1)>", "a\n\n# b", "@everyone [x](javascript:y)", "`|`", "</sub>"),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (actor, label, note) => {
        const text = renderStatusComment({
          ...view,
          run: { ...run, trigger: { ...run.trigger, actor, label }, state: { phase: "failed", reason: note, at: 5 as Instant } },
          notes: [note],
        });
        const plain = renderStatusComment({
          ...view,
          run: { ...run, trigger: { ...run.trigger, actor: "x", label: "y" }, state: { phase: "failed", reason: "z", at: 5 as Instant } },
          notes: ["z"],
        });
        if (note.trim() !== "") expect(text.split("\n").length).toBe(plain.split("\n").length);
        const outsideCode = text.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "").replaceAll("<!-- -->", "");
        expect(outsideCode.match(/<(?!!-- signalbox|sub>|\/sub>|signalbox:)/g)).toBeNull();
        expect(text.startsWith(statusCommentMarker(run.id))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
