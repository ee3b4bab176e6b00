import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunId } from "../domain/kernel/values.ts";
import { createOrchestrationBench, turn, type OrchestrationBench } from "../testing/orchestration.ts";

let bench: OrchestrationBench;

beforeEach(async () => {
  bench = await createOrchestrationBench();
  await bench.label("run:intake");
  await bench.drain();
});
afterEach(() => bench.close());

describe("a run token", () => {
  it("is handed out once per attempt, and to nobody who cannot show the attempt's bootstrap token", async () => {
    const { id } = await bench.run();
    expect(await bench.exchangeRunToken(id, 1, "guess")).toEqual({ ok: false, error: { type: "run-token.unknown" } });
    expect(await bench.exchangeRunToken("nobody" as RunId, 1, "bootstrap-nobody-1")).toEqual({ ok: false, error: { type: "run-token.unknown" } });
    await bench.report();

    expect(await bench.exchangeRunToken(id, 1, `bootstrap-${id}-1`)).toEqual({ ok: false, error: { type: "run-token.spent" } });
    expect(await bench.authenticateRun("guess")).toBe("unknown");
  });

  it("is fenced as soon as a newer attempt is there, and when the run has ended", async () => {
    const { exchange } = await bench.report();
    bench.runtime.alive.clear();
    await bench.recoverAttempts();

    expect(await bench.authenticateRun(exchange.runToken)).toBe("fenced");
    await bench.drain();
    const second = await bench.report();
    await bench.cancelRun(second.identity.run.id, "olga" as never, "enough");
    expect(await bench.authenticateRun(second.exchange.runToken)).toBe("fenced");
  });
});

describe("an attempt", () => {
  it("that keeps sending heartbeats is left alone", async () => {
    const { identity } = await bench.report();
    for (let beat = 0; beat < 5; beat += 1) {
      await bench.clock.advance(50_000);
      expect(await bench.extendLease(identity)).toEqual({ action: "continue" });
      expect(await bench.recoverAttempts()).toBe(0);
    }
  });

  it("whose lease ran out is stopped and followed by the next one", async () => {
    const { identity } = await bench.report();
    await bench.clock.advance(60_000);

    expect(await bench.recoverAttempts()).toBe(1);
    expect(bench.runtime.stops).toContain(`${identity.run.id}/1`);
    await bench.drain();
    expect(await bench.run()).toMatchObject({ state: { phase: "preparing", attempt: 2, losses: 1 } });
    expect(bench.runtime.alive).toEqual(new Set([`${identity.run.id}/2`]));
  });

  it("whose process is gone is followed at once, also before it reported", async () => {
    bench.runtime.alive.clear();

    expect(await bench.recoverAttempts()).toBe(1);
    await bench.drain();
    expect(await bench.run()).toMatchObject({ state: { phase: "preparing", attempt: 2 } });
  });

  it("that has not been started yet is not taken for a lost one", async () => {
    await bench.cancelRun((await bench.run()).id, "olga" as never, "no");
    await bench.owner.removeLabel(bench.forge.name, 7, "run:intake");
    const id = await bench.label("run:intake");
    await bench.processDelivery(id);

    expect(await bench.recoverAttempts()).toBe(0);
  });

  it("that was lost in the middle is told so and told again what it had not answered", async () => {
    const { identity } = await bench.report();
    await bench.saveSnapshot(identity, { sequence: 1, threadId: "thread-1" as never, content: new Uint8Array([1]) });
    await bench.concludeTurn(identity, turn(1, { threadId: "thread-1", push: { type: "refused", message: "- src/index.ts" } }));
    bench.runtime.alive.clear();
    await bench.recoverAttempts();
    await bench.drain();
    const first = await bench.report();

    expect(first.exchange.input).toMatch(/you were interrupted[\s\S]*push refused/);
    bench.runtime.alive.clear();
    await bench.recoverAttempts();
    await bench.drain();
    const again = (await bench.report()).exchange.input;
    expect(again.match(/push refused/g)).toHaveLength(1);
    expect(again.match(/you were interrupted/g)).toHaveLength(1);
  });

  it("starts from the stage's prompt when nothing of the lost one's session was stored", async () => {
    await bench.report();
    bench.runtime.alive.clear();
    await bench.recoverAttempts();
    await bench.drain();
    const { exchange } = await bench.report();

    expect(exchange.input).toContain("# Signalbox: stage run");
    expect(exchange.hasSnapshot).toBe(false);
  });

  it("fails the run after five that were lost one after the other", async () => {
    for (let loss = 1; loss <= 5; loss += 1) {
      bench.runtime.alive.clear();
      expect(await bench.recoverAttempts()).toBe(1);
      await bench.drain();
    }

    expect(await bench.run()).toMatchObject({ state: { phase: "failed" } });
    expect(bench.runtime.starts).toHaveLength(5);
    expect(bench.runtime.alive.size).toBe(0);
  });

  it("that reports its deadline ends the run", async () => {
    const { identity } = await bench.report();
    await bench.endAttempt(identity, { outcome: "deadline", message: "10 minutes are over" });

    expect(await bench.run()).toMatchObject({ state: { phase: "failed", reason: "10 minutes are over" } });
  });

  it("that reports its end twice has one end and one successor", async () => {
    const { identity } = await bench.report();
    await bench.endAttempt(identity, { outcome: "failed", message: "clone failed" });
    await bench.endAttempt(identity, { outcome: "failed", message: "clone failed" });
    await bench.drain();

    expect(await bench.run()).toMatchObject({ state: { phase: "preparing", attempt: 2 } });
    expect(bench.runtime.starts).toHaveLength(2);
  });
});

describe("a process", () => {
  it("that belongs to no attempt is stopped", async () => {
    await bench.runtime.start({ runId: "stranger" as RunId, attempt: 3, gatewayUrl: "", bootstrapToken: "" });
    await bench.recoverAttempts();

    expect(bench.runtime.alive).toEqual(new Set([`${(await bench.run()).id}/1`]));
  });

  it("of a cancelled run is stopped by its effect", async () => {
    await bench.cancelRun((await bench.run()).id, "olga" as never, "enough");
    await bench.drain();

    expect(bench.runtime.alive.size).toBe(0);
  });
});

describe("a run that the owner holds", () => {
  it("stops with its next heartbeat, stays held after the process is gone, and goes on in the same thread when it is let go", async () => {
    const { identity } = await bench.report();
    await bench.parkRun(identity.run.id, "olga" as never);
    expect(await bench.extendLease(identity)).toEqual({ action: "stop", reason: "parked by the owner" });
    await bench.saveSnapshot(identity, { sequence: 1, content: new Uint8Array([1]) });
    await bench.endAttempt(identity, { outcome: "cancelled" });
    await bench.drain();
    bench.runtime.alive.clear();
    await bench.recoverAttempts();
    await bench.resumeRun(identity.run.id);
    expect(await bench.run()).toMatchObject({ state: { phase: "parked", reason: "owner" } });

    expect((await bench.releaseRun(identity.run.id, "olga" as never)).ok).toBe(true);
    await bench.drain();
    expect((await bench.report()).exchange.hasSnapshot).toBe(true);
    expect(await bench.run()).toMatchObject({ state: { phase: "running", attempt: 2 } });
  });

  it("is let go only once its process has ended", async () => {
    const { identity } = await bench.report();
    await bench.parkRun(identity.run.id, "olga" as never);

    expect(await bench.releaseRun(identity.run.id, "olga" as never)).toEqual({ ok: false, error: { type: "run.still-stopping", attempt: 1 } });
  });
});
