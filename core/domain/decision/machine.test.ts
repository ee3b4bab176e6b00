import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CorrelationId, Digest, Instant, JsonObject, PersonId, RepositoryName, RequestId, RunId, TargetVersion } from "../kernel/values.ts";
import type { Decision, DecisionRequest, RequestEdit, RequestKind, Verdict } from "./decision.ts";
import { type BoundContent, decisionText, digestHolds, editContent, editText, requestText, signedContent, signedText } from "./digest.ts";
import { advance, decide, evolve, isFinalDecision, type DecisionCommand, type DecisionContext, type DecisionEvent } from "./machine.ts";
import { allowedVerdicts, maximumWords } from "./verdicts.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex") as Digest;
const shown = "commit-1" as TargetVersion;
const moved = "commit-2" as TargetVersion;
const bound = {
  tool: "github_comment",
  toolVersion: 1,
  arguments: { number: 7, body: "hello" },
  repository: "harbour/tidewater" as RepositoryName,
  runId: "r1" as RunId,
  targetVersion: shown,
  expiresAt: 1_000 as Instant,
  issue: 7,
  summary: "Comment on #7",
  effect: { type: "question", question: "Which?", options: ["this", "that"] },
  rule: "comment-elsewhere",
  risk: "low",
} as const;
const digest = sha256(requestText(bound));
const other = "e".repeat(64) as Digest;
const request: DecisionRequest = {
  ...bound,
  id: "q1" as RequestId,
  kind: "tool",
  correlationId: "c1" as CorrelationId,
  digest,
  createdAt: 0 as Instant,
  state: { phase: "requested" },
};
const decision: Decision = { verdict: { type: "approve" }, by: "olga" as PersonId, surface: "desktop", at: 10 as Instant, keyId: "k1", signature: "s" };
const inTime: DecisionContext = { now: 500 as Instant, actor: { type: "person", id: "olga" }, currentVersion: shown };
const say = (verdict: Verdict): DecisionCommand => ({ type: "decide", decision: { ...decision, verdict }, digest, targetVersion: shown });
const approve = say({ type: "approve" });
const begin: DecisionCommand = { type: "begin", digest };
const complete: DecisionCommand = { type: "complete", result: { comment: 12 } };

describe("a decision request", () => {
  it("executes an approved effect once and refuses a second time", () => {
    const executed = after(request, inTime, approve, begin, complete);

    expect(executed.state).toEqual({ phase: "executed", decision, executedAt: 500, result: { comment: 12 } });
    expect(refusal(executed, begin)).toEqual({ type: "decision.already-decided", decision });
  });

  it("lets nobody begin twice; who takes over must look up what happened first", () => {
    const executing = after(request, inTime, approve, begin);

    expect(refusal(executing, begin)).toEqual({ type: "decision.already-executing", startedAt: 500 });
    expect(decide(executing, { type: "recover" }, inTime)).toEqual({
      ok: true,
      value: [{ type: "decision.execution-recovered", at: 500, consultEffectKey: true }],
    });
    expect(after(executing, inTime, { type: "recover" })).toEqual(executing);
  });

  it("tells the second surface who was first", () => {
    expect(refusal(after(request, inTime, approve), say({ type: "deny", reason: "no" }))).toEqual({ type: "decision.already-decided", decision });
  });

  it("goes stale when the target moved, before the decision or after it", () => {
    const later = { ...inTime, currentVersion: moved };

    expect(after(request, later, approve).state).toEqual({ phase: "stale", seen: shown, current: moved, at: 500 });
    expect(after(after(request, inTime, approve), later, begin).state).toMatchObject({ phase: "stale" });
  });

  it("brings a denial to the agent even when the target moved or the deadline passed", () => {
    const denied = after(request, inTime, say({ type: "deny", reason: "no" }));

    expect(after(denied, { ...inTime, currentVersion: moved, now: 5_000 as Instant }, begin).state.phase).toBe("executing");
  });

  it("takes a decision at the deadline as silence, and does not execute one after it", () => {
    const late = { ...inTime, now: 1_000 as Instant };

    expect(after(request, late, approve).state).toEqual({ phase: "expired", at: 1_000 });
    expect(after(after(request, inTime, approve), late, begin).state).toEqual({ phase: "expired", at: 1_000 });
    expect(refusal(request, { type: "expire" })).toEqual({ type: "decision.not-due", expiresAt: 1_000 });
  });

  it("refuses other arguments and another state of the target than those that were shown", () => {
    expect(refusal(request, { ...approve, digest: other } as DecisionCommand)).toEqual({ type: "decision.other-arguments" });
    expect(refusal(request, { ...approve, targetVersion: moved } as DecisionCommand)).toEqual({ type: "decision.other-target", seen: moved, shown });
    expect(refusal(after(request, inTime, approve), { type: "begin", digest: other })).toEqual({ type: "decision.other-arguments" });
  });

  it("takes no decision from an agent", () => {
    expect(decide(request, approve, { ...inTime, actor: { type: "agent", id: "r1" } })).toEqual({ ok: false, error: { type: "decision.not-for-agents" } });
  });

  it("can be withdrawn until something is being done", () => {
    const withdraw: DecisionCommand = { type: "supersede", reason: "the run was cancelled" };

    expect(after(request, inTime, withdraw).state.phase).toBe("superseded");
    expect(after(request, inTime, approve, withdraw).state.phase).toBe("superseded");
    expect(refusal(after(request, inTime, approve, begin), withdraw)).toMatchObject({ type: "decision.already-decided" });
  });
});

describe("an edit", () => {
  const instead = "q2" as RequestId;
  const edit: DecisionCommand = { type: "edit", instead, digest };

  it("puts another request in the place of one that waits, and names it to whoever comes later", () => {
    const edited = after(request, inTime, edit);

    expect(edited.state).toEqual({ phase: "superseded", at: 500, reason: "edited by olga", instead });
    expect(refusal(edited, approve)).toEqual({ type: "decision.edited", instead });
    expect(refusal(edited, edit)).toEqual({ type: "decision.edited", instead });
  });

  it("comes too late for what was decided, and learns by whom", () => {
    expect(refusal(after(request, inTime, approve), edit)).toEqual({ type: "decision.already-decided", decision });
    expect(refusal(after(request, inTime, approve, begin), edit)).toEqual({ type: "decision.already-decided", decision });
  });

  it("buys no time", () => {
    expect(decide(request, edit, { ...inTime, now: 1_000 as Instant })).toEqual({ ok: false, error: { type: "decision.expired" } });
  });

  it("is made by a person who saw the request as it is, whatever became of its target", () => {
    expect(decide(request, edit, { ...inTime, actor: { type: "agent", id: "r1" } })).toEqual({ ok: false, error: { type: "decision.not-for-agents" } });
    expect(decide(request, edit, { ...inTime, actor: { type: "system", id: "gateway" } })).toEqual({ ok: false, error: { type: "decision.not-for-agents" } });
    expect(refusal(request, { ...edit, digest: other })).toEqual({ type: "decision.other-arguments" });
    expect(after(request, { ...inTime, currentVersion: moved }, edit).state.phase).toBe("superseded");
  });

  it.each(["question", "gate", "document"] as const)("does not touch a %s", (kind) => {
    expect(refusal({ ...request, kind }, edit)).toEqual({ type: "decision.not-editable", kind });
  });
});

describe("a verdict", () => {
  const verdicts: readonly Verdict[] = [
    { type: "approve" },
    { type: "deny", reason: "no" },
    { type: "answer", text: "42" },
    { type: "request_changes", comment: "more" },
    { type: "ask", question: "why?" },
    { type: "abort", reason: "enough" },
  ];

  it.each(Object.keys(allowedVerdicts) as RequestKind[])("on a %s is one of those it allows", (kind) => {
    for (const verdict of verdicts) {
      const accepted = decide({ ...request, kind }, say(verdict), inTime).ok;
      expect(accepted, verdict.type).toBe(allowedVerdicts[kind].includes(verdict.type));
    }
  });

  it("needs its words, and not a book of them", () => {
    expect(refusal(request, say({ type: "deny", reason: " \n" }))).toEqual({ type: "decision.words-missing", verdict: "deny", field: "reason" });
    expect(refusal({ ...request, kind: "question" }, say({ type: "answer", text: "" }))).toMatchObject({ field: "text" });
    expect(refusal({ ...request, kind: "gate" }, say({ type: "request_changes", comment: "" }))).toMatchObject({ field: "comment" });
    expect(after({ ...request, kind: "gate" }, inTime, say({ type: "abort", reason: "" })).state.phase).toBe("decided");
    expect(refusal(request, say({ type: "deny", reason: "x".repeat(maximumWords + 1) }))).toMatchObject({ type: "decision.words-too-long" });
  });

  it("chooses an option that exists", () => {
    const answer = (option: number) => decide({ ...request, kind: "question" }, say({ type: "answer", text: "this", option }), inTime).ok;

    expect([answer(0), answer(1), answer(2), answer(-1), answer(0.5)]).toEqual([true, true, false, false, false]);
  });
});

describe("what is bound and signed", () => {
  it("changes with everything that the effect depends on", () => {
    const changed: readonly Partial<BoundContent>[] = [
      { tool: "github_merge_pr" },
      { toolVersion: 2 },
      { arguments: { number: 8, body: "hello" } },
      { repository: "x/y" as RepositoryName },
      { runId: "r2" as RunId },
      { targetVersion: moved },
      { expiresAt: 2 as Instant },
      { issue: 8 },
      { summary: "Comment on #8" },
      { effect: { ...bound.effect, question: "Something harmless?" } },
      { rule: "comment-own" },
      { risk: "high" },
    ];

    for (const change of changed) expect(digestHolds({ ...request, ...change }, sha256), JSON.stringify(change)).toBe(false);
    expect(digestHolds({ ...request, rationale: "please" }, sha256)).toBe(true);
  });

  it("binds whose arguments they are, and what was edited", () => {
    const edit: RequestEdit = {
      of: "q0" as RequestId,
      shown: other,
      asked: { number: 7, body: "hullo" },
      by: "olga" as PersonId,
      surface: "desktop",
      at: 5 as Instant,
      keyId: "k1",
      signature: "s",
    };
    const edited = { ...request, edit, digest: sha256(requestText({ ...request, edit })) };

    expect(digestHolds(edited, sha256)).toBe(true);
    expect(digestHolds({ ...edited, edit: undefined }, sha256)).toBe(false);
    for (const change of [{ of: "q9" }, { shown: digest }, { asked: {} }, { by: "boris" }, { surface: "http" }, { at: 6 }, { keyId: "k2" }, { signature: "t" }])
      expect(digestHolds({ ...edited, edit: { ...edit, ...change } as RequestEdit }, sha256), JSON.stringify(change)).toBe(false);
  });

  it("keeps the signature of an edit apart from one that decides", () => {
    const edit = editContent(request, {
      of: request.id,
      shown: digest,
      asked: {},
      by: decision.by,
      surface: "desktop",
      at: decision.at,
      keyId: "k",
      signature: "s",
    });

    expect(editText(edit)).not.toBe(decisionText(request, decision));
    expect(Object.keys(JSON.parse(editText(edit)) as object)).toEqual(["edit"]);
    expect(editText({ ...edit, arguments: { body: "hello", number: 7 } })).toBe(editText(edit));
    expect(editText({ ...edit, arguments: { body: "hello", number: 8 } })).not.toBe(editText(edit));
  });

  it("does not depend on the order of members or on members that are not signed", () => {
    const content = signedContent(request, decision);
    const shuffled = { extra: 1, ...Object.fromEntries(Object.entries(content).toReversed()) } as unknown as typeof content;

    expect(signedText(shuffled)).toBe(decisionText(request, decision));
    expect(signedText({ ...content, verdict: { type: "answer", text: "x", option: undefined } })).toBe(
      signedText({ ...content, verdict: { type: "answer", text: "x" } }),
    );
    expect(signedText({ ...content, surface: "telegram" })).not.toBe(signedText(content));
  });
});

describe("any history of a decision request", () => {
  const verdict: fc.Arbitrary<Verdict> = fc.constantFrom<Verdict>(
    { type: "approve" },
    { type: "deny", reason: "no" },
    { type: "deny", reason: "" },
    { type: "ask", question: "?" },
  );
  const someDigest = fc.oneof({ weight: 4, arbitrary: fc.constant(digest) }, fc.constant(other));
  const command: fc.Arbitrary<DecisionCommand> = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(verdict, someDigest).map(([v, d]): DecisionCommand => ({ ...say(v), digest: d }) as DecisionCommand) },
    { weight: 3, arbitrary: someDigest.map((d): DecisionCommand => ({ type: "begin", digest: d })) },
    fc.constantFrom<DecisionCommand>({ type: "recover" }, complete, { type: "fail", reason: "x" }, { type: "expire" }, { type: "supersede", reason: "x" }),
    someDigest.map((d): DecisionCommand => ({ type: "edit", instead: "q2" as RequestId, digest: d })),
  );
  const context: fc.Arbitrary<DecisionContext> = fc.record({
    now: fc.integer({ min: 0, max: 1_300 }).map((n) => n as Instant),
    actor: fc.constantFrom<DecisionContext["actor"]>({ type: "person", id: "olga" }, { type: "system", id: "executor" }, { type: "agent", id: "r1" }),
    currentVersion: fc.oneof({ weight: 5, arbitrary: fc.constant(shown) }, fc.constant(moved)),
  });
  const histories = fc.array(fc.tuple(command, context), { maxLength: 20, size: "max" });

  it("begins at most once, and only after a decision that nobody but a person or our own process took", () => {
    let executions = 0;
    fc.assert(
      fc.property(histories, (steps) => {
        const types = run(steps).events.map((event) => event.type);
        const begun = types.filter((type) => type === "decision.execution-began").length;
        const decided = types.filter((type) => type === "decision.decided").length;
        expect(begun).toBeLessThanOrEqual(1);
        expect(decided).toBeLessThanOrEqual(1);
        expect(types.filter((type) => type === "decision.executed" || type === "decision.failed").length).toBeLessThanOrEqual(begun);
        expect(begun).toBeLessThanOrEqual(decided);
        executions += begun;
      }),
      { numRuns: 500 },
    );
    expect(executions).toBeGreaterThan(20);
  });

  it("never executes an approval after its deadline or on a target that moved", () => {
    fc.assert(
      fc.property(histories, (steps) => {
        let current = request;
        for (const [next, now] of steps) {
          const outcome = decide(current, next, now);
          if (!outcome.ok) continue;
          const begins = outcome.value.some((event) => event.type === "decision.execution-began");
          if (begins && current.state.phase === "decided" && current.state.decision.verdict.type === "approve") {
            expect(now.now).toBeLessThan(request.expiresAt);
            expect(now.currentVersion).toBe(shown);
          }
          current = outcome.value.reduce(evolve, current);
        }
        expect(current.id).toBe(request.id);
      }),
      { numRuns: 500 },
    );
  });

  it("is edited only while nobody has decided, before its deadline and by a person, and nothing follows", () => {
    let edits = 0;
    fc.assert(
      fc.property(histories, (steps) => {
        let current = request;
        for (const [next, now] of steps) {
          const outcome = decide(current, next, now);
          if (!outcome.ok) continue;
          if (outcome.value.some((event) => event.type === "decision.superseded" && event.instead !== undefined)) {
            expect([current.state.phase, now.actor.type]).toEqual(["requested", "person"]);
            expect(now.now).toBeLessThan(request.expiresAt);
            edits += 1;
          }
          current = outcome.value.reduce(evolve, current);
        }
        const types = run(steps).events.map((event) => event.type);
        const at = run(steps).events.findIndex((event) => event.type === "decision.superseded" && event.instead !== undefined);
        if (at >= 0) expect(types.slice(at)).toEqual(["decision.superseded"]);
        if (at >= 0) expect(types).not.toContain("decision.decided");
      }),
      { numRuns: 500 },
    );
    expect(edits).toBeGreaterThan(20);
  });

  it("accepts nothing in a final phase", () => {
    fc.assert(
      fc.property(histories, command, context, (steps, next, now) => {
        const { request: end } = run(steps);
        fc.pre(isFinalDecision(end.state));
        expect(decide(end, next, now).ok).toBe(false);
      }),
    );
  });

  it("gives the stored state again when its events are replayed, also through storage", () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const { request: end, events } = run(steps);
        expect((JSON.parse(JSON.stringify(events)) as DecisionEvent[]).reduce(evolve, request)).toStrictEqual(end);
      }),
    );
  });

  it("never changes what is asked for", () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const { state: _before, ...asked } = request;
        const { state: _after, ...still } = run(steps).request;
        expect(still as unknown as JsonObject).toEqual(asked);
      }),
    );
  });
});

function after(before: DecisionRequest, context: DecisionContext, ...commands: readonly DecisionCommand[]): DecisionRequest {
  return commands.reduce((current, command) => {
    const outcome = advance(current, command, context);
    if (!outcome.ok) throw new Error(`${command.type} refused: ${JSON.stringify(outcome.error)}`);
    return outcome.value.request;
  }, before);
}

function refusal(before: DecisionRequest, command: DecisionCommand) {
  const outcome = decide(before, command, inTime);
  return outcome.ok ? undefined : outcome.error;
}

function run(steps: readonly (readonly [DecisionCommand, DecisionContext])[]): { request: DecisionRequest; events: DecisionEvent[] } {
  const events: DecisionEvent[] = [];
  let current = request;
  for (const [command, context] of steps) {
    const outcome = decide(current, command, context);
    if (!outcome.ok) continue;
    events.push(...outcome.value);
    current = outcome.value.reduce(evolve, current);
  }
  return { request: current, events };
}
