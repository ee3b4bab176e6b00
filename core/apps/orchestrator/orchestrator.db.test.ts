import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Instant } from "../../domain/kernel/values.ts";
import type { ForgeDelivery } from "../../ports/forge.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { Queue } from "../../ports/queue.ts";
import { createOrchestrationBench, type OrchestrationBench } from "../../testing/orchestration.ts";
import { createOrchestrator, type Orchestrator } from "./orchestrator.ts";

let bench: OrchestrationBench;
let orchestrator: Orchestrator;
let warnings: string[];

beforeEach(async () => {
  bench = await createOrchestrationBench();
  warnings = [];
  const queue: Queue = { enqueue: bench.queue.enqueue, async work() {}, async start() {}, async stop() {} };
  orchestrator = createOrchestrator({ ...bench, queue, log: { info() {}, warn: (_fields, message) => void warnings.push(message), error() {} } });
});
afterEach(async () => {
  await orchestrator.stop();
  await bench.close();
});

function failedDelivery(attemptId: number, guid: string, ok = false): ForgeDelivery {
  return { attemptId, guid, event: "issues", deliveredAt: bench.clock.now(), ok, redelivery: false };
}

describe("the reconciler", () => {
  it("has deliveries sent again that failed or that were answered and never stored, oldest first, and known ones not", async () => {
    bench.forge.deliveries.push(failedDelivery(1, "failed"));
    await bench.clock.advance(1_000);
    bench.forge.deliveries.push(failedDelivery(2, "answered-by-a-liar", true));
    await bench.deliver("star", {}, "stored");
    bench.forge.deliveries.push(failedDelivery(3, "stored"));
    await bench.clock.advance(61_000);

    await orchestrator.reconcile();

    expect(bench.forge.redelivered).toEqual([1, 2]);
  });

  it("finds a delivery that the forge noted in whole seconds, or after its turn", async () => {
    await bench.clock.advance(61_300);
    await orchestrator.reconcile();
    const until = bench.clock.now() - 60_000;
    bench.forge.deliveries.push({ ...failedDelivery(1, "late"), deliveredAt: (until - 700) as Instant });
    await bench.clock.advance(3_000);
    await orchestrator.reconcile();

    expect(bench.forge.redelivered).toEqual([1]);
  });

  it("asks again for what failed again, and no more once it was stored", async () => {
    bench.forge.deliveries.push(failedDelivery(1, "lost"));
    await bench.clock.advance(61_000);
    await orchestrator.reconcile();
    bench.forge.deliveries.push(failedDelivery(2, "lost"));
    await bench.clock.advance(61_000);
    await orchestrator.reconcile();
    expect(bench.forge.redelivered).toEqual([1, 2]);

    await bench.deliver("star", {}, "lost");
    await bench.clock.advance(61_000);
    await orchestrator.reconcile();
    expect(bench.forge.redelivered).toEqual([1, 2]);
  });

  it("asks again when nothing at all came of it, and does not let one that the forge forgot hold up the others", async () => {
    bench.forge.deliveries.push(failedDelivery(1, "forgotten"));
    await bench.clock.advance(1_000);
    bench.forge.deliveries.push(failedDelivery(2, "lost"));
    bench.forge.beforeWrite = (write) => {
      if (write.endsWith("redeliver 1")) throw new InfrastructureError("not-found", "too old");
    };
    for (let round = 0; round < 2; round += 1) {
      await bench.clock.advance(61_000);
      await orchestrator.reconcile();
    }

    expect(bench.forge.redelivered).toEqual([2, 2]);
  });

  it("leaves young deliveries and labels alone: they may be on their way", async () => {
    bench.forge.deliveries.push(failedDelivery(1, "young", true));
    await bench.owner.addLabels(bench.forge.name, 7, ["run:intake"]);
    await bench.clock.advance(59_000);
    await orchestrator.reconcile();

    expect(bench.forge.redelivered).toEqual([]);
    expect(await bench.runs()).toEqual([]);
  });

  it("asks at once for what the forge knows to have failed, however young", async () => {
    bench.forge.deliveries.push(failedDelivery(1, "young"));
    await orchestrator.reconcile();

    expect(bench.forge.redelivered).toEqual([1]);
  });

  it("judges a label that no delivery told of, once, whatever comes late", async () => {
    await bench.owner.addLabels(bench.forge.name, 7, ["run:intake"]);
    await bench.clock.advance(61_000);
    await orchestrator.reconcile();
    await orchestrator.reconcile();
    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:intake" } });
    await bench.drain();
    await bench.cancelRun((await bench.run()).id, "olga" as never, "enough");
    await bench.deliver("issues", { action: "labeled", issue: { number: 7 }, label: { name: "run:intake" } });
    await bench.drain();
    await orchestrator.reconcile();

    expect(await bench.runs()).toHaveLength(1);
    expect(await bench.run()).toMatchObject({ trigger: { kind: "reconciled-label", actor: "olga" } });
  });

  it("does not judge a refused label again and again", async () => {
    await bench.owner.addLabels(bench.forge.name, 7, ["run:intake", "run:vision"]);
    await bench.clock.advance(61_000);
    await orchestrator.reconcile();
    await orchestrator.reconcile();
    await bench.drain();

    expect(bench.comments()).toHaveLength(2);
  });

  it("abandons an issue whose run:abort no delivery told of", async () => {
    await bench.label("run:intake");
    await bench.drain();
    await bench.owner.addLabels(bench.forge.name, 7, ["run:abort"]);
    await bench.clock.advance(61_000);
    await orchestrator.reconcile();

    expect(bench.labels()).toEqual(["state:abandoned"]);
    expect(await bench.run()).toMatchObject({ state: { phase: "cancelled" } });
  });

  it("goes on with the other repositories when one cannot be asked", async () => {
    await bench.store.transaction((tx) =>
      tx.repositories.save({ name: "acme/a-broken" as never, project: "shop", defaultBranch: "main" as never, hookId: 9, reconciledUntil: 0 as Instant }),
    );
    await bench.owner.addLabels(bench.forge.name, 7, ["run:intake"]);
    await bench.clock.advance(61_000);
    const failing = createOrchestrator({
      ...bench,
      queue: { enqueue: bench.queue.enqueue, async work() {}, async start() {}, async stop() {} },
      log: { info() {}, warn: (_fields, message) => void warnings.push(message), error() {} },
      reconcileDeliveries: async (name) => {
        if (name.includes("broken")) throw new InfrastructureError("unauthorised", "no access");
        return [];
      },
    });
    await failing.reconcile();

    expect(warnings).toEqual(["could not be reconciled with the forge"]);
    expect(await bench.runs()).toHaveLength(1);
  });
});

describe("the orchestrator's timers", () => {
  it("recover, sweep and reconcile by the clock, and stop when it stops", async () => {
    await orchestrator.start();
    await bench.owner.addLabels(bench.forge.name, 7, ["run:intake"]);
    // Rounds end with real database work, so time moves on in steps until what is waited for is there.
    await expect
      .poll(
        async () => {
          await bench.clock.advance(61_000);
          return (await bench.runs()).length;
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    await orchestrator.stop();

    expect(bench.clock.timers).toBe(0);
  });
});
