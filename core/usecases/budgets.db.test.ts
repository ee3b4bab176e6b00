import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PersonId } from "../domain/kernel/values.ts";
import { createOrchestrationBench, turn, type OrchestrationBench } from "../testing/orchestration.ts";

const olga = "olga" as PersonId;
const day = 86_400_000;
let bench: OrchestrationBench;

beforeEach(async () => {
  bench = await createOrchestrationBench();
});
afterEach(() => bench.close());

const using = (tokens: number) => ({ inputTokens: tokens, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 });
const failing = (number: number, tokens: number) =>
  turn(number, { threadId: "thread-1", push: { type: "refused", message: "- src/index.ts" }, usage: using(tokens) });
const settle = async (): Promise<void> => {
  await bench.settleHolds();
  await bench.drain();
};
const atWork = async (issue = 7): Promise<Awaited<ReturnType<OrchestrationBench["report"]>>> => {
  await bench.label("run:intake", issue);
  await bench.drain();
  const reported = await bench.report();
  await bench.saveSnapshot(reported.identity, { sequence: 1, threadId: "thread-1" as never, content: new Uint8Array([1]) });
  return reported;
};

describe("a run's budget", () => {
  it("stops the run where its usage is counted, with the limit in the trail and in the comment, and a raise lets it go on", async () => {
    await bench.setBudgets(olga, { run: { tokens: 1_000 } });
    const { identity } = await atWork();

    expect(await bench.concludeTurn(identity, failing(1, 900))).toMatchObject({ type: "continue" });
    expect(await bench.concludeTurn(identity, failing(2, 100))).toEqual({ type: "park", reason: "a budget is spent" });
    await bench.endAttempt(identity, { outcome: "parked" });
    await bench.drain();
    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "budget", attempt: 1 });
    const [spent] = (await bench.store.transaction((tx) => tx.flow.bySubject(`run:${identity.run.id}`))).filter((event) => event.type === "budget.spent");
    expect(spent?.payload).toMatchObject({ scope: "run", unit: "tokens", used: 1_000, limit: 1_000 });
    expect(bench.comments()[0]).toContain("**A budget is spent:** 1,000 of 1,000 tokens for this run");

    await settle();
    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "budget" });
    expect(await bench.releaseRun(identity.run.id, olga)).toMatchObject({ ok: false, error: { remedy: expect.stringContaining("signalbox budget") } });
    await bench.setBudgets(olga, { run: { tokens: 2_000 } });
    await settle();
    expect((await bench.report()).exchange.input.match(/push refused/g)).toHaveLength(1);
  });

  it("does not keep a stage that is done from its gate", async () => {
    await bench.setBudgets(olga, { run: { tokens: 10 } });
    const { identity } = await atWork();
    bench.publish(identity.run);

    expect(await bench.concludeTurn(identity, turn(1, { usage: using(5_000) }))).toMatchObject({ type: "finish" });
    expect((await bench.run()).state.phase).toBe("waiting_owner_review");
  });

  it("that is lowered stops a run in the middle of its turn", async () => {
    const { identity } = await atWork();
    await bench.concludeTurn(identity, failing(1, 900));
    await bench.setBudgets(olga, { run: { tokens: 500 } });
    await settle();

    expect(await bench.extendLease(identity)).toEqual({ action: "stop", reason: "parked: a budget is spent" });
    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "budget" });
  });

  it("ends a turn in its middle, as soon as its runner tells that the limit is reached", async () => {
    await bench.setBudgets(olga, { run: { tokens: 1_000 } });
    const { identity } = await atWork();

    expect(await bench.extendLease(identity, { turn: 1, usage: using(900) })).toEqual({ action: "continue" });
    expect((await bench.run()).state.phase).toBe("running");
    expect(await bench.extendLease(identity, { turn: 1, usage: using(1_100) })).toEqual({ action: "stop", reason: "parked: a budget is spent" });
    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "budget" });
    await bench.endAttempt(identity, { outcome: "cancelled", cutOff: { turn: 1, usage: using(1_150) } });
    expect((await bench.store.transaction((tx) => tx.usage.forRun(identity.run.id))).map((turns) => turns.inputTokens)).toEqual([1_150]);
  });

  it("counts what a turn had used that was cut off, once", async () => {
    await bench.setBudgets(olga, { run: { tokens: 1_000 } });
    const { identity } = await atWork();
    await bench.endAttempt(identity, { outcome: "cancelled", cutOff: { turn: 1, usage: using(1_000) } });
    await bench.endAttempt(identity, { outcome: "cancelled", cutOff: { turn: 1, usage: using(1_000) } });

    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "budget" });
    expect((await bench.store.transaction((tx) => tx.usage.forRun(identity.run.id))).map((turns) => [turns.turn, turns.inputTokens])).toEqual([[1, 1_000]]);
  });

  it("counts dollars where the model has a price", async () => {
    await bench.setBudgets(olga, { run: { usd: 1 } });
    const { identity } = await atWork();
    const { id } = identity.run;
    const row = { runId: id, attempt: 1, model: "m", ...using(1), cost: 0.6, at: bench.clock.now() };
    await bench.store.transaction((tx) => tx.usage.append({ ...row, turn: 1 }));
    await settle();
    expect((await bench.run()).state.phase).toBe("running");
    await bench.store.transaction((tx) => tx.usage.append({ ...row, turn: 2 }));
    await settle();
    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "budget" });
  });
});

describe("the budget of a day", () => {
  it("stops everything, starts nothing new, and all of it goes on when the day turns", async () => {
    bench.forge.addIssue({ number: 8, labels: [] });
    await bench.setBudgets(olga, { day: { tokens: 1_000 } });
    const { identity } = await atWork();
    await bench.concludeTurn(identity, failing(1, 1_200));
    await bench.endAttempt(identity, { outcome: "parked" });
    await bench.label("run:intake", 8);
    await bench.drain();

    expect((await bench.runs()).map((run) => "reason" in run.state && run.state.reason)).toEqual(["budget", "budget"]);
    expect(bench.runtime.starts).toHaveLength(1);
    await settle();
    expect(bench.runtime.starts).toHaveLength(1);

    const untilMidnight = day - (bench.clock.now() % day);
    await bench.clock.advance(untilMidnight - 1);
    await settle();
    expect(bench.runtime.starts).toHaveLength(1);
    await bench.clock.advance(1);
    await settle();
    expect((await bench.runs()).map((run) => run.state.phase)).toEqual(["preparing", "preparing"]);
  });

  it("takes the place of a pause that ends while it is spent", async () => {
    const { identity } = await atWork();
    await bench.pauseAll(olga);
    await settle();
    await bench.endAttempt(identity, { outcome: "cancelled" });
    await bench.store.transaction((tx) => tx.usage.append({ runId: identity.run.id, attempt: 1, turn: 1, model: "m", ...using(50), at: bench.clock.now() }));
    await bench.setBudgets(olga, { day: { tokens: 10 } });
    await bench.restoreAll(olga);
    await settle();

    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "budget" });
    await bench.setBudgets(olga, {});
    await settle();
    expect((await bench.run()).state).toMatchObject({ phase: "preparing", attempt: 2 });
  });

  it("is one event when it is set, and none when it is set to what it is", async () => {
    expect(await bench.setBudgets(olga, { run: { usd: 2 }, day: {} })).toEqual({ changed: true });
    expect(await bench.setBudgets(olga, { day: { tokens: undefined }, run: { usd: 2 } })).toEqual({ changed: false });
    const events = await bench.store.transaction((tx) => tx.flow.bySubject("workspace"));
    expect(events.map(({ type, actor, payload }) => [type, actor.id, payload])).toEqual([
      ["workspace.budgets-set", "olga", { before: {}, after: { run: { usd: 2 } } }],
    ]);
  });
});
