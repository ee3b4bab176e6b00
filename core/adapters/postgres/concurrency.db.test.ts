import { afterEach, beforeEach, expect, it } from "vitest";
import { verifyChain } from "../../domain/audit/chain.ts";
import type { BranchName, Instant } from "../../domain/kernel/values.ts";
import { testHasher } from "../../testing/cryptography.ts";
import { freshPostgres, type FreshDatabase } from "../../testing/databases.ts";
import { describeOnPostgres } from "../../testing/postgres-server.ts";
import { sampleDecision, sampleDelivery, sampleFlowEvent, sampleRequest, sampleRun, sampleToolCall } from "../../testing/samples.ts";

describeOnPostgres("transactions at the same time", (serverUrl) => {
  let database: FreshDatabase;
  beforeEach(async () => void (database = await freshPostgres(serverUrl)));
  afterEach(async () => await database.close());

  it("let one active run onto a branch and refuse the others", async () => {
    const branch = "codex/issue-1" as BranchName;

    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => database.store.transaction((tx) => tx.runs.insert(sampleRun({ branch })))));

    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict", retryable: false });
    expect(await database.store.transaction((tx) => tx.runs.list({ branch }))).toHaveLength(1);
  });

  it("store a delivery once", async () => {
    const delivery = sampleDelivery();

    const inserted = await Promise.all(Array.from({ length: 8 }, () => database.store.transaction((tx) => tx.deliveries.insert([delivery]))));

    expect(inserted.filter((stored) => stored.size > 0)).toHaveLength(1);
  });

  it("let one worker process a delivery, and show the others that it is done", async () => {
    const delivery = sampleDelivery();
    await database.store.transaction((tx) => tx.deliveries.insert([delivery]));
    const work = () =>
      database.store.transaction(async (tx) => {
        const current = await tx.deliveries.get(delivery.id, { lock: true });
        if (current?.state !== "received") return "saw it done";
        await tx.runs.insert(sampleRun());
        await tx.deliveries.finish(delivery.id, "processed", "Started a run.", 2 as Instant);
        return "did it";
      });

    const outcomes = await Promise.all([work(), work(), work(), work()]);

    expect(outcomes.toSorted()).toStrictEqual(["did it", "saw it done", "saw it done", "saw it done"]);
    expect(await database.store.transaction((tx) => tx.runs.list({}))).toHaveLength(1);
  });

  it("append to one unbroken chain", async () => {
    const append = (writer: number) =>
      database.store.transaction(async (tx) => {
        await tx.flow.append([sampleFlowEvent({ payload: { writer, part: 1 } })]);
        await tx.flow.append([sampleFlowEvent({ payload: { writer, part: 2 } }), sampleFlowEvent({ payload: { writer, part: 3 } })]);
        if (writer % 5 === 0) throw new Error("undone");
      });

    await Promise.allSettled(Array.from({ length: 20 }, (_, writer) => append(writer)));

    const events = await database.store.transaction((tx) => tx.flow.after(0, 1_000));
    expect(events.map((event) => event.sequence)).toStrictEqual(Array.from({ length: 48 }, (_, index) => index + 1));
    expect(verifyChain(events, testHasher.sha256)).toStrictEqual({ ok: true, value: { head: { sequence: 48, hash: events.at(-1)?.hash } } });
  });

  it("let the first decision win and show it to the second", async () => {
    const run = sampleRun();
    const request = sampleRequest(run.id);
    await database.store.transaction(async (tx) => {
      await tx.runs.insert(run);
      await tx.requests.insert(request);
    });
    const allHaveBegun = barrier(8);
    const answer = (keyId: string) =>
      database.store.transaction(async (tx) => {
        await tx.settings.get("anything");
        await allHaveBegun();
        const current = await tx.requests.get(request.id, { lock: true });
        if (current?.state.phase !== "requested") return current?.state.phase === "decided" ? `lost to ${current.state.decision.keyId}` : "?";
        await tx.requests.save({ ...current, state: { phase: "decided", decision: sampleDecision({ keyId }) } });
        return "won";
      });

    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => answer(`key-${n}`)));

    const winner = `key-${outcomes.indexOf("won")}`;
    expect(outcomes.toSorted()).toStrictEqual([...Array.from({ length: 7 }, () => `lost to ${winner}`), "won"]);
  });

  it("give a rising fencing token to every attempt", async () => {
    const runs = Array.from({ length: 10 }, () => sampleRun());
    await database.store.transaction(async (tx) => {
      for (const run of runs) await tx.runs.insert(run);
    });

    const attempts = await Promise.all(
      runs.map((run) =>
        database.store.transaction((tx) =>
          tx.attempts.insert({ runId: run.id, attempt: 1, phase: "starting", leaseUntil: 1 as Instant, startedAt: 1 as Instant }, testHasher.sha256(run.id)),
        ),
      ),
    );

    expect(new Set(attempts.map((attempt) => attempt.fencingToken)).size).toBe(10);
  });

  it("are tried again when they deadlock, until each has had its turn", async () => {
    const run = sampleRun();
    const [left, right] = [sampleToolCall(run.id), sampleToolCall(run.id)];
    await database.store.transaction(async (tx) => {
      await tx.runs.insert(run);
      await tx.toolCalls.insert(left);
      await tx.toolCalls.insert(right);
    });
    const bothHoldOne = barrier(2);
    const repeat = (first: string, second: string) =>
      database.store.transaction(async (tx) => {
        const [a] = [await tx.toolCalls.get(first, { lock: true })];
        await bothHoldOne();
        const b = await tx.toolCalls.get(second, { lock: true });
        for (const call of [a!, b!]) await tx.toolCalls.save({ ...call, repeats: call.repeats + 1 });
      });

    await Promise.all([repeat(left.id, right.id), repeat(right.id, left.id)]);

    const calls = await database.store.transaction((tx) => tx.toolCalls.forRun(run.id));
    expect(calls.map((call) => call.repeats)).toStrictEqual([2, 2]);
  });
});

/** Holds the first `count` callers until all of them are there; later ones pass. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived >= count) resolve();
    return promise;
  };
}
