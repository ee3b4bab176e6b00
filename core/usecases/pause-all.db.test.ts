import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PersonId, RequestId, RunId } from "../domain/kernel/values.ts";
import type { RunAttempt } from "../domain/run/run.ts";
import { createOrchestrationBench, turn, type OrchestrationBench } from "../testing/orchestration.ts";
import { sampleRequest } from "../testing/samples.ts";

const olga = "olga" as PersonId;
let bench: OrchestrationBench;

beforeEach(async () => {
  bench = await createOrchestrationBench();
});
afterEach(() => bench.close());

const latest = (id: RunId): Promise<RunAttempt | undefined> => bench.store.transaction((tx) => tx.attempts.latest(id));
const pause = async (reason?: string): Promise<void> => {
  await bench.pauseAll(olga, reason);
  await bench.settleHolds();
  await bench.drain();
};
const restore = async (): Promise<void> => {
  await bench.restoreAll(olga);
  await bench.settleHolds();
  await bench.drain();
};
const atWork = async (): Promise<Awaited<ReturnType<OrchestrationBench["report"]>>> => {
  await bench.label("run:intake");
  await bench.drain();
  const reported = await bench.report();
  await bench.saveSnapshot(reported.identity, { sequence: 1, threadId: "thread-1" as never, content: new Uint8Array([1]) });
  return reported;
};

describe("the pause of everything", () => {
  it("is one event with who, when and why, however often it is asked for, and its end another", async () => {
    await bench.pauseAll(olga, "the model is drunk");
    expect(await bench.pauseAll("boris" as PersonId)).toMatchObject({ changed: false, pause: { by: "olga", reason: "the model is drunk" } });
    await bench.restoreAll("boris" as PersonId);
    expect(await bench.restoreAll(olga)).toEqual({ changed: false, pause: undefined });

    const events = await bench.store.transaction((tx) => tx.flow.bySubject("workspace"));
    expect(events.map(({ type, actor, payload }) => [type, actor.id, payload["reason"] ?? payload["pausedBy"]])).toEqual([
      ["workspace.paused", "olga", "the model is drunk"],
      ["workspace.restored", "boris", "olga"],
    ]);
    expect(new Set(events.map((event) => event.correlationId)).size).toBe(1);
  });

  it("takes a label and starts no agent: the run is there, says why it waits, and begins when it is let go", async () => {
    await pause("a <b>quiet</b> hour");
    await bench.label("run:intake");
    await bench.drain();

    const run = await bench.run();
    expect(run.state).toMatchObject({ phase: "parked", reason: "pause", attempt: 0 });
    expect([bench.runtime.starts.length, await latest(run.id)]).toEqual([0, undefined]);
    expect(bench.comments()[0]).toMatch(/— paused[\s\S]*\*\*Everything is paused\*\* by olga since \d{4}-\d\d-\d\d \d\d:\d\d UTC: a \\?&?/);
    expect(bench.comments()[0]).not.toContain("<b>");

    await restore();
    expect((await bench.run()).state).toMatchObject({ phase: "preparing", attempt: 1 });
    expect(bench.runtime.alive).toEqual(new Set([`${run.id}/1`]));
    expect((await bench.report()).exchange.input).not.toContain("interrupted");
  });

  it("parks what is at work at once, and the same thread goes on, told why it stood still", async () => {
    const { identity } = await atWork();
    await bench.concludeTurn(identity, turn(1, { threadId: "thread-1", push: { type: "refused", message: "- src/index.ts" } }));
    await pause();

    expect(await bench.run()).toMatchObject({ threadId: "thread-1", state: { phase: "parked", reason: "pause", attempt: 1 } });
    expect(await bench.extendLease(identity)).toEqual({ action: "stop", reason: "parked: everything is paused by the owner" });
    await bench.endAttempt(identity, { outcome: "cancelled" });
    await bench.recoverAttempts();
    await bench.settleHolds();
    expect(await latest(identity.run.id)).toMatchObject({ attempt: 1, phase: "ended" });

    await restore();
    const { exchange } = await bench.report();
    expect((await bench.run()).state).toMatchObject({ phase: "running", attempt: 2 });
    expect(exchange.hasSnapshot).toBe(true);
    expect(exchange.input).toMatch(/paused everything[\s\S]*push refused/);
  });

  it("ends an attempt that has not reported at once: its token is worth nothing, its process is stopped", async () => {
    await bench.label("run:intake");
    await bench.drain();
    const { id } = await bench.run();
    await pause();

    expect(await bench.exchangeRunToken(id, 1, `bootstrap-${id}-1`)).toEqual({ ok: false, error: { type: "run-token.fenced" } });
    expect(bench.runtime.alive.size).toBe(0);
    await restore();
    expect((await bench.run()).state).toMatchObject({ phase: "preparing", attempt: 2 });
    await bench.report();
  });

  it("gives no further attempt to one that was lost, even before anybody has parked its run", async () => {
    const { identity } = await atWork();
    await bench.pauseAll(olga);
    bench.runtime.alive.clear();

    expect(await bench.recoverAttempts()).toBe(1);
    await bench.drain();
    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "pause", attempt: 1 });
    expect(bench.runtime.alive.size).toBe(0);
    await restore();
    expect((await bench.run()).state).toEqual(expect.objectContaining({ phase: "preparing", attempt: 2 }));
    expect(bench.runtime.alive).toEqual(new Set([`${identity.run.id}/2`]));
  });

  it("lets no turn follow the one that ends now, and what it would have been told is told when it goes on", async () => {
    const { identity } = await atWork();
    await bench.pauseAll(olga);

    const report = turn(1, { threadId: "thread-1", push: { type: "refused", message: "- src/index.ts" } });
    expect(await bench.concludeTurn(identity, report)).toEqual({ type: "park", reason: "everything is paused by the owner" });
    expect(await bench.concludeTurn(identity, report)).toEqual({ type: "park", reason: "everything is paused by the owner" });
    await bench.endAttempt(identity, { outcome: "parked" });
    await restore();
    const { exchange } = await bench.report();
    expect(exchange.input.match(/push refused/g)).toHaveLength(1);
    expect(exchange.input).not.toContain("paused everything");
  });

  it("leaves what the owner has parked to the owner, who can let go of it only when everything is restored", async () => {
    const { identity } = await atWork();
    const { id } = identity.run;
    await bench.parkRun(id, olga);
    await bench.endAttempt(identity, { outcome: "cancelled" });
    await pause();

    expect(await bench.releaseRun(id, olga)).toMatchObject({
      ok: false,
      error: { type: "run.still-held", remedy: expect.stringContaining("signalbox restore") },
    });
    await restore();
    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "owner" });
    expect((await bench.releaseRun(id, olga)).ok).toBe(true);
    expect((await bench.run()).state).toMatchObject({ phase: "preparing", attempt: 2 });
  });

  it("lets the owner take a run out of it: parked by hand it is not restored, cancelled it is gone", async () => {
    const { identity } = await atWork();
    await pause();
    await bench.endAttempt(identity, { outcome: "cancelled" });
    await bench.parkRun(identity.run.id, olga);
    await restore();

    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "owner" });
    await pause();
    expect((await bench.cancelRun(identity.run.id, olga, "enough")).ok).toBe(true);
    await restore();
    expect((await bench.run()).state.phase).toBe("cancelled");
  });

  it("holds back what would go on, also when a decision sets it going, and lets it go once", async () => {
    const { identity } = await atWork();
    const { id } = identity.run;
    await bench.store.transaction(async (tx) => {
      const run = await tx.runs.get(id, { lock: true });
      const request = sampleRequest(id, { id: "asked" as RequestId });
      await tx.requests.insert(request);
      if (run) await tx.runs.save({ ...run, state: { phase: "parked", attempt: 1, reason: "decision", requestId: request.id, since: bench.clock.now() } });
    });
    await bench.endAttempt(identity, { outcome: "parked" });
    await pause();
    expect((await bench.run()).state, "it waits for the owner as it did").toMatchObject({ phase: "parked", reason: "decision" });

    expect(await bench.resumeRun(id, "The decision was carried out.")).toBeUndefined();
    expect(await bench.resumeRun(id, "The decision was carried out.")).toBeUndefined();
    expect((await bench.run()).state).toEqual({ phase: "parked", attempt: 1, reason: "pause", since: bench.clock.now() });
    await restore();
    await bench.settleHolds();
    expect((await bench.run()).state).toMatchObject({ phase: "preparing", attempt: 2 });
    expect((await bench.report()).exchange.input.match(/The decision was carried out/g)).toHaveLength(1);
  });

  it("carries out what the owner approves at a gate, and the next stage that it sets off waits", async () => {
    const { run, request } = await bench.toGate();
    await pause();
    expect((await bench.run(run.id)).state.phase).toBe("waiting_owner_review");
    const decided = await bench.decide(request, { type: "approve" });
    await bench.applyGate(decided.request, decided.decision);
    expect((await bench.run(run.id)).state.phase).toBe("succeeded");
    expect(bench.labels()).toContain("run:vision");

    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:vision" } });
    await bench.drain();
    const next = await bench.run();
    expect([next.stage, next.state.phase, "reason" in next.state && next.state.reason]).toEqual(["vision", "parked", "pause"]);
    expect(await latest(next.id)).toBeUndefined();
    await restore();
    expect((await bench.run()).state).toMatchObject({ phase: "preparing", attempt: 1 });
  });

  it("waits for the last attempt to store its session when it is restored at once, and then goes on by itself", async () => {
    const { identity } = await atWork();
    await pause();
    await restore();

    expect((await bench.run()).state).toMatchObject({ phase: "parked", reason: "pause", attempt: 1 });
    expect(await bench.extendLease(identity)).toMatchObject({ action: "stop" });
    await bench.endAttempt(identity, { outcome: "cancelled" });
    await bench.drain();
    expect((await bench.run()).state).toMatchObject({ phase: "preparing", attempt: 2 });
  });

  it("is restored in the order in which it stopped", async () => {
    bench.forge.addIssue({ number: 8, labels: [] });
    await pause();
    for (const issue of [8, 7]) {
      await bench.label("run:intake", issue);
      await bench.drain();
      await bench.clock.advance(1_000);
    }
    await restore();

    const runs = await bench.runs();
    const issueOf = (id: RunId): number | undefined => runs.find((run) => run.id === id)?.issue;
    expect(bench.runtime.starts.map(({ runId }) => issueOf(runId))).toEqual([8, 7]);
  });
});
