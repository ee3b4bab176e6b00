import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionRequest, Verdict } from "../domain/decision/decision.ts";
import { isFinalDecision } from "../domain/decision/machine.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { JsonObject, RepositoryName } from "../domain/kernel/values.ts";
import { defaultRules } from "../domain/rule/default-rules.ts";
import type { Rule } from "../domain/rule/rule.ts";
import type { Run } from "../domain/run/run.ts";
import { testRandomness, testVerifier } from "../testing/cryptography.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance, type GovernanceProcess } from "../testing/governance.ts";
import { closeRun } from "./end-run.ts";
import { changeRun } from "./change-run.ts";
import { createReplayDecision } from "./replay-decision.ts";
import { takeNews } from "./run-news.ts";
import { createVerifyAudit } from "./verify-audit.ts";

let database: FreshDatabase;
let world: Governance;

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database);
});
afterAll(() => database.close());

const approve: Verdict = { type: "approve" };
const week = 7 * 86_400_000;
const shop = "acme/shop" as RepositoryName;
const writesOf = (number: number) => world.forge.writes.filter((write) => write.includes(` ${number}`));
const labelsOf = (number: number) => world.forge.issues.get(number)?.labels;

/** What the agent asks for in these tests, with other labels. */
const call = (run: Run, add: readonly string[], remove: readonly string[] = ["run:intake"]) => ({ number: run.issue, add, remove, reason: "done" });

const edit = (request: DecisionRequest, given: unknown, by: GovernanceProcess = world) =>
  by.editRequest({
    requestId: request.id,
    argumentsText: typeof given === "string" ? given : JSON.stringify(given, undefined, 2),
    surface: "desktop",
    shownDigest: request.digest,
  });

async function edited(request: DecisionRequest, given: unknown): Promise<DecisionRequest> {
  const outcome = await edit(request, given);
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.error)}`);
  return outcome.value;
}

async function asked(): Promise<{ readonly run: Run; readonly request: DecisionRequest }> {
  const run = await world.newRun();
  return { run, request: await world.askForTrigger(run) };
}

async function carryOut(request: DecisionRequest, verdict: Verdict = approve) {
  const taken = await world.answerRequest(world.sign(request, verdict));
  return taken.ok ? world.executeDecision(request.id) : taken.error;
}

const signatures = () => testVerifier(world.people.olga.trusted, world.people.boris.trusted);
const problems = async () =>
  (await createVerifyAudit({ store: world.store, hasher: world.hasher, signatures: signatures(), anchors: { list: async () => [] } })()).problems;
const replay = (request: DecisionRequest) => createReplayDecision({ store: world.store, hasher: world.hasher, signatures: signatures() })(request.id);
const news = (run: Run) => world.store.transaction((tx) => takeNews(tx, run.id, testRandomness));

async function withRule(rule: Partial<Rule>, tried: () => Promise<void>): Promise<void> {
  const added: Rule = { id: "extra", description: "Another one", tool: "github_request_label", outcome: "deny", enabled: true, ...rule };
  await world.store.transaction((tx) => tx.rules.replace([...defaultRules, added]));
  try {
    await tried();
  } finally {
    await world.store.transaction((tx) => tx.rules.replace(defaultRules));
  }
}

describe("an edited request", () => {
  it("takes the place of the agent's, shows what will happen now, and only that happens when it is approved", async () => {
    const { run, request } = await asked();

    const next = await edited(request, call(run, ["run:prd"]));

    expect(await world.request(request.id)).toMatchObject({ state: { phase: "superseded", reason: "edited by olga", instead: next.id } });
    expect(next).toMatchObject({
      state: { phase: "requested" },
      effect: { type: "labels", before: ["run:intake"], removed: ["run:intake"], added: ["run:prd"], after: ["run:prd"] },
      expiresAt: request.expiresAt,
      rationale: "done",
      risk: "high",
      edit: { of: request.id, shown: request.digest, asked: call(run, ["run:vision"]), by: "olga", surface: "desktop" },
    });
    expect((await world.runOf(run.id)).state).toMatchObject({ phase: "waiting_mcp", requestId: next.id });
    expect(writesOf(run.issue)).toEqual([]);

    expect(await carryOut(next)).toBe("executed");

    expect(labelsOf(run.issue)).toEqual(["run:prd"]);
    expect(await world.calls(run)).toMatchObject([
      { arguments: { add: ["run:vision"] }, state: "done", executions: 0, delivered: false, result: { status: "done", edited: call(run, ["run:prd"]) } },
      { arguments: { add: ["run:prd"] }, state: "done", executions: 1, delivered: true },
    ]);
    expect((await world.runOf(run.id)).state.phase).toBe("running");
  });

  it("is decided by itself: what the old one was approved with does nothing", async () => {
    const { run, request } = await asked();
    const signed = world.sign(request, approve);
    const next = await edited(request, call(run, ["run:prd"]));

    expect(await world.answerRequest(signed)).toEqual({ ok: false, error: { type: "decision.edited", instead: next.id } });
    expect(await world.answerRequest({ ...signed, content: { ...signed.content, requestId: next.id } })).toMatchObject({
      error: { type: "decision.bad-signature" },
    });
    expect([await world.executeDecision(request.id), await world.executeDecision(next.id)]).toEqual(["nothing", "nothing"]);
    expect(writesOf(run.issue)).toEqual([]);
  });

  it("tells the agent once that its call was changed, to what, and what came of it", async () => {
    const { run, request } = await asked();
    await carryOut(await edited(request, call(run, ["run:prd"])));

    const told = await news(run);

    expect(told).toContain("the owner changed the arguments of your call");
    expect(told).toContain('"add":["run:prd"]');
    expect(told).toContain("- Verdict: executed");
    expect(told).toContain("- By: olga");
    expect(await news(run)).toBeUndefined();
  });

  it("answers a call that is held with what became of the edited one", async () => {
    const run = await world.newRun();
    const held = world.call(run, "github_request_label", call(run, ["run:vision"]), { holdFor: 45_000 });
    await expect.poll(() => world.requestOf(run).catch(() => undefined)).toBeDefined();
    const request = await world.requestOf(run);

    await carryOut(await edited(request, call(run, ["run:prd"])));

    expect(await held).toMatchObject({ status: "done", by: "olga", labels: ["run:prd"], edited: { add: ["run:prd"] } });
    expect(await news(run)).toBeUndefined();
  });

  it("gives the stored result to whoever makes the agent's call, or the edited one, again", async () => {
    const { run, request } = await asked();
    await carryOut(await edited(request, call(run, ["run:prd"])));
    const before = writesOf(run.issue);

    expect(await world.call(run, "github_request_label", call(run, ["run:vision"]))).toMatchObject({ status: "done", edited: { add: ["run:prd"] } });
    expect(await world.call(run, "github_request_label", call(run, ["run:prd"]))).toMatchObject({ status: "done" });
    expect(writesOf(run.issue)).toEqual(before);
  });

  it("wakes a parked run, which waited for the agent's", async () => {
    const { run, request } = await asked();
    await world.store.transaction(async (tx) => {
      const current = await tx.runs.get(run.id, { lock: true });
      if (current) await changeRun(tx, current, { type: "park", reason: "decision" }, { now: world.clock.now(), actor: { type: "agent", id: run.id } });
    });

    await carryOut(await edited(request, call(run, ["run:prd"])));

    const effects = await world.store.transaction((tx) => tx.outbox.pending((world.clock.now() + 1) as never));
    expect(effects.filter((row) => row.action.type === "resume-run" && row.action.runId === run.id)).toHaveLength(1);
  });

  it("can be denied, and the agent is told", async () => {
    const { run, request } = await asked();
    expect(await carryOut(await edited(request, call(run, ["run:prd"])), { type: "deny", reason: "not at all" })).toBe("executed");

    expect(await world.calls(run)).toMatchObject([{ state: "denied", executions: 0, result: { reason: "not at all" } }, { state: "denied" }]);
    expect(await news(run)).toContain("- Verdict: denied");
    expect(writesOf(run.issue)).toEqual([]);
  });

  it("goes stale when its target moves, and the agent is told and may ask anew", async () => {
    const { run, request } = await asked();
    const next = await edited(request, call(run, ["run:prd"]));
    await world.answerRequest(world.sign(next, approve));
    await world.forge.as("olga").addLabels(shop, run.issue, ["state:blocked"]);

    expect(await world.executeDecision(next.id)).toBe("stale");

    expect(await world.calls(run)).toMatchObject([{ state: "failed", result: { status: "stale" } }, { state: "failed" }]);
    expect(await news(run)).toContain("- Verdict: stale");
    expect((await world.askForTrigger(run)).state.phase).toBe("requested");
  });

  it("has the deadline of the agent's, and ends with it", async () => {
    const { run, request } = await asked();
    await world.clock.advance(week - 1_000);
    const next = await edited(request, call(run, ["run:prd"]));
    await world.clock.advance(1_000);

    expect(await carryOut(next)).toEqual({ type: "decision.expired" });

    expect(await world.calls(run)).toMatchObject([{ state: "failed", result: { status: "expired" } }, { state: "failed" }]);
    expect((await world.runOf(run.id)).state.phase).toBe("running");
    expect(await news(run)).toContain("- Verdict: expired");
  });

  it("can be edited again, and back to what the agent asked for; one effect has one row throughout", async () => {
    const { run, request } = await asked();
    const second = await edited(request, call(run, ["run:prd"]));
    const third = await edited(second, call(run, ["run:vision"]));
    const fourth = await edited(third, call(run, ["idea"]));

    expect(fourth.edit).toMatchObject({ of: third.id, asked: { add: ["run:vision"] } });
    expect(await carryOut(fourth)).toBe("executed");
    expect(labelsOf(run.issue)).toEqual(["idea"]);
    expect((await world.calls(run)).map(({ state, executions }) => [state, executions])).toEqual([
      ["done", 0],
      ["refused", 0],
      ["refused", 0],
      ["done", 1],
    ]);
    expect(await world.call(run, "github_request_label", call(run, ["run:vision"]))).toMatchObject({ status: "done", edited: { add: ["idea"] } });

    const other = await asked();
    const back = await edited(await edited(other.request, call(other.run, ["run:prd"])), call(other.run, ["run:vision"]));
    expect(await carryOut(back)).toBe("executed");
    expect(labelsOf(other.run.issue)).toEqual(["run:vision"]);
    expect(await problems()).toEqual([]);
  });

  it("shows both in the replay, and nothing is wrong with either", async () => {
    const { run, request } = await asked();
    const next = await edited(request, call(run, ["run:prd"]));
    await carryOut(next);

    const [before, after] = [await replay(request), await replay(next)];

    expect(before).toMatchObject({ problems: [], request: { state: { instead: next.id } }, call: { executions: 0 } });
    expect(before?.steps.map(({ event }) => event.subject)).toContain(`request:${next.id}`);
    expect(after).toMatchObject({ problems: [], request: { edit: { of: request.id } }, call: { executions: 1 } });
    expect(after?.steps.map(({ event }) => [event.type, event.actor.type])).toContainEqual(["decision.superseded", "person"]);
    expect(await problems()).toEqual([]);
  });

  it("is asked for even when the rules would allow the agent to do it unasked, and does not count as a call of the agent's", async () => {
    const { run, request } = await asked();

    const next = await edited(request, call(run, ["idea"], []));

    expect(next).toMatchObject({ rule: "labels-own", risk: "medium", state: { phase: "requested" } });
    expect(writesOf(run.issue)).toEqual([]);
    expect(await world.store.transaction((tx) => tx.toolCalls.count(run.id, "github_request_label"))).toBe(1);
  });
});

describe("an edit that does not count", () => {
  const untouched = async (run: Run, request: DecisionRequest) => {
    expect(await world.request(request.id)).toEqual(request);
    expect(await world.store.transaction((tx) => tx.requests.forRun(run.id))).toHaveLength(1);
    expect(await world.calls(run)).toHaveLength(1);
    expect((await world.runOf(run.id)).state).toMatchObject({ requestId: request.id });
  };

  it.each<[string, (run: Run) => unknown, RegExp]>([
    ["is no JSON", () => "{", /Line 1, column 2/u],
    ["names a member twice", ({ issue }) => `{"number":${issue},"number":1,"add":["run:prd"],"remove":[],"reason":"x"}`, /twice/u],
    ["writes a number in another form", ({ issue }) => `{"number":${issue}.0,"add":["run:prd"],"remove":[],"reason":"x"}`, /would be read as/u],
    ["brings in what the tool does not know", (run) => ({ ...call(run, ["run:prd"]), repository: "acme/vault" }), /repository/u],
    ["leaves out what the tool needs", ({ issue }) => ({ number: issue, add: ["run:prd"] }), /remove: .*reason: /u],
    ["is empty", () => "", /Line 1/u],
    ["is a list", () => "[]", /arguments/u],
  ])("because it %s leaves everything as it was, and says what is wrong", async (_, given, message) => {
    const { run, request } = await asked();

    const outcome = await edit(request, given(run));

    expect(outcome).toMatchObject({ ok: false, error: { type: "edit.invalid", message: expect.stringMatching(message) as string } });
    await untouched(run, request);
  });

  it("because it changes nothing is refused, however it is laid out", async () => {
    const { run, request } = await asked();
    const { reason, remove, add, number } = call(run, ["run:vision"]);

    expect(await edit(request, `\n${JSON.stringify({ reason, remove, add, number })}  `)).toMatchObject({ error: { type: "edit.unchanged" } });
    await untouched(run, request);
  });

  it("because a rule denies the edited call is refused, whoever edits", async () => {
    const { run, request } = await asked();

    await withRule({ when: { ownTarget: false } }, async () => {
      expect(await edit(request, { ...call(run, ["idea"]), number: (await asked()).run.issue })).toMatchObject({
        error: { type: "edit.denied", message: expect.stringContaining("extra") as string },
      });
    });
    await untouched(run, request);
  });

  it("because the rules count calls is not refused for its own", async () => {
    const { run, request } = await asked();

    await withRule({ outcome: "ask", maxCallsPerRun: 1 }, async () => expect((await edit(request, call(run, ["run:prd"]))).ok).toBe(true));
  });

  it("because it was shown otherwise is refused", async () => {
    const { run, request } = await asked();
    const outcome = await world.editRequest({
      requestId: request.id,
      argumentsText: JSON.stringify(call(run, ["run:prd"])),
      surface: "desktop",
      shownDigest: "0".repeat(64),
    });

    expect(outcome).toEqual({ ok: false, error: { type: "decision.other-arguments" } });
    await untouched(run, request);
  });

  it("because somebody has decided says who, before and after the execution", async () => {
    const { run, request } = await asked();
    await world.answerRequest(world.sign(request, approve, "boris"));
    expect(await edit(request, call(run, ["run:prd"]))).toMatchObject({ error: { type: "decision.already-decided", decision: { by: "boris" } } });
    await world.executeDecision(request.id);

    expect(await edit(request, call(run, ["run:prd"]))).toMatchObject({ error: { type: "decision.already-decided", decision: { by: "boris" } } });
    expect(labelsOf(run.issue)).toEqual(["run:vision"]);
  });

  it("because the deadline passed is refused, and the request is closed as ever", async () => {
    const { run, request } = await asked();
    await world.clock.advance(week);

    expect(await edit(request, call(run, ["run:prd"]))).toEqual({ ok: false, error: { type: "decision.expired" } });
    await untouched(run, request);
  });

  it("because the run has ended is refused", async () => {
    const { run, request } = await asked();
    await world.store.transaction(async (tx) => {
      const current = await tx.runs.get(run.id, { lock: true });
      const context = { now: world.clock.now(), actor: { type: "person", id: "olga" } as const };
      const ended = current && (await changeRun(tx, current, { type: "cancel", by: "olga" as never, reason: "no" }, context));
      if (ended?.ok) await closeRun(tx, ended.value, "The run was cancelled.", context);
    });

    expect(await edit(request, call(run, ["run:prd"]))).toMatchObject({ error: { type: "decision.closed", phase: "superseded" } });
  });

  it("because it is no tool call is refused", async () => {
    const run = await world.newRun();
    await world.call(run, "owner_ask", { question: "Which?", options: ["a", "b"] });
    const request = await world.requestOf(run);

    expect(await edit(request, { question: "May I?", options: ["yes", "no"] })).toEqual({
      ok: false,
      error: { type: "decision.not-editable", kind: "question" },
    });
  });

  it("because the run has done exactly that already is refused", async () => {
    const run = await world.newRun();
    await world.call(run, "github_request_label", call(run, ["idea"], []));
    const request = await world.askForTrigger(run);

    expect(await edit(request, call(run, ["idea"], []))).toMatchObject({ error: { type: "edit.done-already" } });
    expect(await world.request(request.id)).toEqual(request);
  });
});

describe("two surfaces", () => {
  it("that edit at the same moment make one request; the other learns of it", async () => {
    const { run, request } = await asked();
    const there = world.process("there");

    const outcomes = await Promise.all([edit(request, call(run, ["run:prd"])), edit(request, call(run, ["idea"]), there)]);

    const won = outcomes.filter(({ ok }) => ok);
    expect(won).toHaveLength(1);
    const instead = won[0]?.ok ? won[0].value.id : undefined;
    expect(outcomes.find(({ ok }) => !ok)).toEqual({ ok: false, error: { type: "decision.edited", instead } });
    expect(await world.store.transaction((tx) => tx.requests.open({ runId: run.id }))).toMatchObject([{ id: instead }]);
  });

  it("that hand in the same edit, or one that does so twice, get the same request", async () => {
    const { run, request } = await asked();

    const outcomes = await Promise.all([1, 2, 3].map(() => edit(request, call(run, ["run:prd"]))));
    const late = await edit(request, call(run, ["run:prd"]));

    expect(new Set([...outcomes, late].map((outcome) => (outcome.ok ? outcome.value.id : outcome.error.type))).size).toBe(1);
    expect(await world.calls(run)).toHaveLength(2);
  });

  it("of which one edits and one approves have one answer, and never both effects", async () => {
    for (const _ of [1, 2, 3]) {
      const { run, request } = await asked();

      const [changed, taken] = await Promise.all([edit(request, call(run, ["run:prd"])), world.answerRequest(world.sign(request, approve, "boris"))]);
      await world.executeDecision(request.id);

      expect([changed.ok, taken.ok].filter(Boolean)).toHaveLength(1);
      expect(labelsOf(run.issue)).toEqual(taken.ok ? ["run:vision"] : ["run:intake"]);
    }
  });

  it("none of which survives the moment of storing leave nothing behind", async () => {
    const { run, request } = await asked();
    const { transaction } = world.store;
    let transactions = 0;
    const dying = world.process("dying");
    const outcomes: string[] = [];
    for (const last of [1, 2, 3]) {
      transactions = 0;
      (world.store as { transaction: unknown }).transaction = (work: Parameters<typeof transaction>[0]) =>
        transaction(async (tx) => {
          const result = await work(tx);
          // Everything of this transaction is written, and nothing committed: here the process is killed.
          if ((transactions += 1) === last) throw new Error("killed");
          return result;
        });
      outcomes.push(
        await edit(request, call(run, ["run:prd"]), dying).then(
          ({ ok }) => `ok ${ok}`,
          (error: Error) => error.message,
        ),
      );
      (world.store as { transaction: unknown }).transaction = transaction;
      expect(await world.request(request.id)).toEqual(request);
      expect(await world.calls(run)).toHaveLength(1);
    }
    expect(outcomes).toEqual(["killed", "killed", "killed"]);
    expect((await edit(request, call(run, ["run:prd"]))).ok).toBe(true);
  });
});

describe("whatever happens to a call in whatever order", () => {
  const happenings = [
    "edit",
    "edit other",
    "edit back",
    "approve",
    "approve the first",
    "deny",
    "execute",
    "move the target",
    "call again",
    "time",
    "look",
  ] as const;

  it("has at most one effect, the one that was approved as it was shown, and the agent is told once it is settled", { timeout: 300_000 }, async () => {
    const orders = fc.sample(fc.array(fc.constantFrom(...happenings), { minLength: 3, maxLength: 14, size: "max" }), { numRuns: 40, seed: 35 });
    const ends = { executed: 0, edited: 0 };
    for (const order of orders) {
      const { run, request: first } = await asked();
      const writesBefore = world.forge.writes.length;
      const newest = () => world.requestOf(run);
      const approved = new Map<string, JsonObject>();
      const decide = async (request: DecisionRequest, verdict: Verdict) => {
        const taken = await world.answerRequest(world.sign(request, verdict));
        if (taken.ok && verdict.type === "approve") approved.set(request.id, request.arguments);
      };
      const acts: Readonly<Record<(typeof happenings)[number], () => Promise<unknown>>> = {
        edit: async () => edit(await newest(), call(run, ["run:prd"])),
        "edit other": async () => edit(await newest(), call(run, ["idea"])),
        "edit back": async () => edit(await newest(), call(run, ["run:vision"])),
        approve: async () => decide(await newest(), approve),
        "approve the first": () => decide(first, approve),
        deny: async () => decide(await newest(), { type: "deny", reason: "no" }),
        execute: async () => Promise.all((await world.store.transaction((tx) => tx.requests.forRun(run.id))).map(({ id }) => world.executeDecision(id))),
        "move the target": () => world.forge.as("boris").addLabels(shop, run.issue, ["state:blocked"]),
        "call again": () => world.call(run, "github_request_label", call(run, ["run:vision"])),
        time: () => world.clock.advance(2 * 86_400_000),
        look: () => news(run),
      };
      for (const happening of order) await acts[happening]();

      const requests = await world.store.transaction((tx) => tx.requests.forRun(run.id));
      const calls = await world.calls(run);
      const open = requests.filter(({ state }) => !isFinalDecision(state));
      const performed = calls.filter(({ executions, state }) => executions > 0 && state === "done");
      const told = order.join(", ");
      expect(open.length, told).toBeLessThanOrEqual(1);
      for (const { requestId, arguments: given } of performed) {
        expect(canonicalJson(approved.get(requestId ?? "") ?? null), told).toBe(canonicalJson(given));
      }
      // A call that went stale or expired may be made anew; of one call and its edits one is performed at most.
      const roots = calls.filter(({ editOf }) => editOf === undefined);
      for (const root of roots) {
        const family = [root, ...calls.filter(({ editOf }) => editOf === root.id)];
        expect(family.filter((each) => performed.includes(each)).length, told).toBeLessThanOrEqual(1);
        const isOpen = open.some(({ id }) => family.some(({ requestId }) => requestId === id));
        expect(root.state === "pending" || root.state === "executing", told).toBe(isOpen);
      }
      const effects = world.forge.writes.slice(writesBefore).filter((write) => write.startsWith("signalbox-bot addLabels"));
      expect(effects, told).toHaveLength(performed.length);
      ends.executed += performed.length;
      ends.edited += requests.filter(({ edit: by }) => by !== undefined).length;
    }
    expect(ends.executed).toBeGreaterThan(5);
    expect(ends.edited).toBeGreaterThan(20);
    expect(await problems()).toEqual([]);
  });
});
