import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DecisionRequest } from "../decision/decision.ts";
import type { Digest, Instant, PersonId, RepositoryName, RequestId, RunId } from "../kernel/values.ts";
import type { AllowanceContent, AllowanceScope } from "./allowance.ts";
import { covers, maximumLifetime, maximumUses, requestCeiling, termsFault, type AllowableCall } from "./ceiling.ts";
import { allowanceText } from "./text.ts";

const content: AllowanceContent = {
  id: "a1",
  tool: "github_comment",
  toolVersion: 1,
  repository: "acme/shop" as RepositoryName,
  scope: { type: "issue", issue: 7 },
  arguments: { number: 9 },
  varying: ["body"],
  rule: "comment-elsewhere",
  requestId: "q1" as RequestId,
  requestDigest: "d".repeat(64) as Digest,
  limit: 3,
  expiresAt: 1_000 as Instant,
  by: "olga" as PersonId,
  surface: "desktop",
  at: 1 as Instant,
};
const call: AllowableCall = {
  tool: "github_comment",
  toolVersion: 1,
  repository: "acme/shop",
  runId: "r1",
  issue: 7,
  stage: "intake",
  arguments: { number: 9, body: "Hello" },
  rule: "comment-elsewhere",
};
const request = {
  kind: "tool",
  tool: "github_comment",
  risk: "low",
  arguments: call.arguments,
  effect: { type: "other", description: "" },
  repository: content.repository,
} satisfies Partial<DecisionRequest>;

describe("an allowance covers", () => {
  it("a call that differs only in what may vary", () => {
    expect(covers(content, call)).toBe(true);
    expect(covers(content, { ...call, arguments: { number: 9, body: "Something else" } })).toBe(true);
  });

  it.each<[string, Partial<AllowableCall>]>([
    ["another tool", { tool: "github_request_review" }],
    ["another version of the tool", { toolVersion: 2 }],
    ["another repository", { repository: "acme/vault" }],
    ["a run of another issue", { issue: 8 }],
    ["a call for which another rule asks", { rule: "house-rule" }],
    ["another value where none may vary", { arguments: { number: 10, body: "Hello" } }],
    ["one argument less", { arguments: { body: "Hello" } }],
    ["one argument more", { arguments: { number: 9, body: "Hello", replyToThread: "t1" } }],
    ["a number as text", { arguments: { number: "9", body: "Hello" } }],
    ["hidden characters where anything may stand", { arguments: { number: 9, body: "Hel\u202elo" } }],
    ["a gap that pushes text off the screen", { arguments: { number: 9, body: `Hello${"\n".repeat(12)}and more` } }],
  ])("not %s", (_, change) => {
    expect(covers(content, { ...call, ...change })).toBe(false);
  });

  it.each<[AllowanceScope, Partial<AllowableCall>, boolean]>([
    [{ type: "run", runId: "r1" as RunId }, {}, true],
    [{ type: "run", runId: "r1" as RunId }, { runId: "r2" }, false],
    [{ type: "stage", stage: "intake" }, { issue: 99, runId: "r2" }, true],
    [{ type: "stage", stage: "intake" }, { stage: "vision" }, false],
    [{ type: "repository" }, { issue: 99, stage: "dev", runId: "r2" }, true],
    [{ type: "everything" } as unknown as AllowanceScope, {}, false],
  ])("by its scope %j the call %j: %s", (scope, change, expected) => {
    expect(covers({ ...content, scope }, { ...call, ...change })).toBe(expected);
  });

  it("never a call with another value of an argument that is fixed, whatever else it says", () => {
    const json = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (given) => {
        if (given["number"] === 9) return;
        expect(covers(content, { ...call, arguments: given })).toBe(false);
      }),
    );
  });
});

describe("no allowance can be signed", () => {
  it.each<[string, Partial<AllowanceContent>, string]>([
    ["that lets labels vary", { tool: "github_request_label", varying: ["add"], arguments: {} }, "allowance.too-wide"],
    ["for answers to questions", { tool: "owner_ask", varying: [] }, "allowance.not-for-this"],
    ["for a tool that nobody knows", { tool: "constructor", varying: [] }, "allowance.not-for-this"],
    ["for more calls than can be looked over", { limit: maximumUses + 1 }, "allowance.limit"],
    ["for no call, or part of one", { limit: 0 }, "allowance.limit"],
    ["for longer than a month", { expiresAt: (1 + maximumLifetime + 1) as Instant }, "allowance.lifetime"],
    ["that is over already", { expiresAt: 1 as Instant }, "allowance.lifetime"],
    ["in which an argument varies and is fixed", { arguments: { number: 9, body: "x" } }, "allowance.contradiction"],
    ["that lets nothing through", { scope: { type: "run", runId: "r1" as RunId }, varying: [], arguments: call.arguments }, "allowance.lets-nothing-through"],
  ])("%s", (_, change, type) => {
    expect(termsFault({ ...content, ...change })).toMatchObject({ type, message: expect.stringMatching(/\.$/u), remedy: expect.stringMatching(/\.$/u) });
  });

  it("when everything is in order there is nothing to say", () => {
    expect(termsFault(content)).toBeUndefined();
    expect(requestCeiling(request)).toBeUndefined();
  });

  it.each<[string, Partial<DecisionRequest>, string]>([
    ["out of what is of high risk", { risk: "high" }, "allowance.high-risk"],
    ["out of a gate", { kind: "gate", tool: "stage_gate" }, "allowance.not-for-this"],
    ["out of a question", { kind: "question", tool: "owner_ask" }, "allowance.not-for-this"],
    ["out of what a person has edited", { edit: {} as NonNullable<DecisionRequest["edit"]> }, "allowance.edited"],
    ["out of a card that warns", { arguments: { number: 9, body: "a\u200bb" } }, "allowance.not-plain"],
  ])("%s", (_, change, type) => {
    expect(requestCeiling({ ...request, ...change })).toMatchObject({ type });
  });
});

describe("what is signed", () => {
  it("is another text whenever anything that counts is another", () => {
    const changes: readonly Partial<AllowanceContent>[] = [
      { id: "a2" },
      { toolVersion: 2 },
      { repository: "acme/vault" as RepositoryName },
      { scope: { type: "repository" } },
      { arguments: { number: 10 } },
      { varying: ["body", "number"] },
      { rule: "other" },
      { requestDigest: "e".repeat(64) as Digest },
      { limit: 4 },
      { expiresAt: 1_001 as Instant },
      { by: "boris" as PersonId },
      { surface: "command-line" },
      { at: 2 as Instant },
    ];
    const texts = [content, ...changes.map((change) => ({ ...content, ...change }))].map(allowanceText);

    expect(new Set(texts).size).toBe(changes.length + 1);
    expect(allowanceText({ ...content, extra: true } as AllowanceContent)).toBe(texts[0]);
  });
});
