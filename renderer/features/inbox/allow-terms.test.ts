import { describe, expect, it } from "vitest";
import type { AllowanceOffer } from "../../../core/contract/allowances.ts";
import { firstTerms, lifetimes, ruleOf, withVarying } from "./allow-terms.ts";

const offer: AllowanceOffer = {
  requestId: "q1",
  digest: "d",
  tool: "github_comment",
  repository: "acme/shop",
  issue: 7,
  stage: "intake",
  runId: "r1",
  rule: "comment-elsewhere",
  arguments: [
    { name: "number", value: "9", mayVary: true },
    { name: "body", value: '"Hello"', mayVary: true },
    { name: "resolve", value: "true", mayVary: false },
  ],
  mayVary: ["number", "body"],
  maximumUses: 100,
  maximumLifetime: lifetimes.month,
};

describe("the terms of a rule", () => {
  it("begin narrow: the agent's words may vary, what it acts on may not", () => {
    expect(firstTerms(offer, 5)).toEqual({ scope: "issue", varying: ["body"], limit: 10, expiresAt: 5 + lifetimes.day });
    expect(firstTerms({ ...offer, maximumUses: 3 }, 5).limit).toBe(3);
  });

  it("let an argument vary and fix it again", () => {
    const wide = withVarying(firstTerms(offer, 0), "number", true);

    expect(wide.varying).toEqual(["body", "number"]);
    expect(withVarying(wide, "number", true).varying).toEqual(["body", "number"]);
    expect(withVarying(wide, "body", false).varying).toEqual(["number"]);
  });

  it("are shown as the rule that is signed: what is fixed with its value, in its place", () => {
    expect(ruleOf(offer, { ...firstTerms(offer, 0), scope: "run" })).toMatchObject({
      scope: { type: "run", runId: "r1" },
      arguments: [
        { name: "number", value: "9" },
        { name: "resolve", value: "true" },
      ],
      varying: ["body"],
    });
    expect(ruleOf(offer, { ...firstTerms(offer, 0), scope: "stage" }).scope).toEqual({ type: "stage", stage: "intake" });
    expect(ruleOf(offer, { ...firstTerms(offer, 0), scope: "repository" }).scope).toEqual({ type: "repository" });
  });
});
