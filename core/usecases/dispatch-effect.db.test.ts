import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EffectRow } from "../ports/effects.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { sampleRequest, sampleToolCall } from "../testing/samples.ts";
import { createOrchestrationBench, type OrchestrationBench } from "../testing/orchestration.ts";
import { changeRun, orchestratorActor } from "./change-run.ts";
import { createDispatchEffect } from "./dispatch-effect.ts";

let bench: OrchestrationBench;

beforeEach(async () => void (bench = await createOrchestrationBench()));
afterEach(() => bench.close());

async function add(key: string, action: EffectRow["action"]): Promise<string> {
  const [row] = await bench.store.transaction((tx) => tx.outbox.add([{ key, action }], bench.clock.now()));
  return row?.id ?? "";
}

const comment = { type: "post-comment", issue: 7, marker: "signalbox:test", body: "Hello" } as const;

describe("an effect", () => {
  it("is performed once, also when its job comes again", async () => {
    const id = await add("comment:1", { ...comment, repository: bench.forge.name });

    expect(await bench.dispatchEffect(id)).toBe("done");
    expect(await bench.dispatchEffect(id)).toBe("nothing");
    expect(bench.comments()).toHaveLength(1);
  });

  it("that crashed between deed and note is not done again", async () => {
    const id = await add("comment:1", { ...comment, repository: bench.forge.name });
    bench.forge.afterWrite = () => {
      throw new InfrastructureError("unavailable", "crash");
    };
    await expect(bench.dispatchEffect(id)).rejects.toThrow("crash");
    bench.forge.afterWrite = () => {};

    expect(await bench.dispatchEffect(id)).toBe("done");
    expect(bench.comments()).toHaveLength(1);
  });

  it("does not take somebody else's copy of its marker for its own", async () => {
    await bench.forge.as("mallory").createComment(bench.forge.name, 7, "<!-- signalbox:test -->");
    await bench.dispatchEffect(await add("comment:1", { ...comment, repository: bench.forge.name }));

    expect(bench.comments()).toHaveLength(2);
  });

  it("that tells the forge of a run does not hold up the start of the run's agent", async () => {
    await bench.label("run:intake");
    await bench.drain();
    const { id: runId } = await bench.run();
    const told = Promise.withResolvers<void>();
    const dispatch = createDispatchEffect({ ...bench.dispatching, syncStatusComment: () => told.promise, startAttempt: async () => undefined });
    const status = dispatch(await add("status:1", { type: "sync-status-comment", runId }));
    const started = await dispatch(await add("start:1", { type: "start-attempt", runId, attempt: 1 }));
    told.resolve();

    expect([started, await status]).toEqual(["done", "done"]);
  });

  it("that nobody can perform, because of a fault of ours, is given up and shown as well", async () => {
    const id = await add("future:1", { type: "from-the-future" } as never);
    for (let tries = 1; tries <= 4; tries += 1) await expect(bench.dispatchEffect(id)).rejects.toThrow();

    expect(await bench.dispatchEffect(id)).toBe("given-up");
    expect(await bench.store.transaction((tx) => tx.outbox.givenUp())).toMatchObject([{ key: "future:1" }]);
  });

  it("that kills whoever performs it is given up after twenty deaths", async () => {
    await bench.label("run:intake");
    await bench.drain();
    const id = await add("comment:1", { type: "post-comment", repository: bench.forge.name, issue: 7, marker: "deadly", body: "x" });
    await bench.store.transaction(async (tx) => {
      const row = await tx.outbox.get(id, { lock: true });
      if (row) await tx.outbox.save({ ...row, attempts: 20 });
    });

    expect(await bench.dispatchEffect(id)).toBe("given-up");
    expect(bench.comments().join("\n")).not.toContain("deadly");
  });

  it("that is refused for good is given up after five tries, shown in the run's status and in the trail", async () => {
    await bench.label("run:intake");
    await bench.drain();
    const run = await bench.run();
    const id = await add(`labels:${run.id}:test`, { type: "change-labels", repository: bench.forge.name, number: 999, add: ["x"], remove: [], as: "bot" });
    for (let tries = 1; tries <= 4; tries += 1) await expect(bench.dispatchEffect(id)).rejects.toMatchObject({ code: "not-found" });

    expect(await bench.dispatchEffect(id)).toBe("given-up");
    expect(await bench.events(`run:${run.id}`)).toContain("effect.gave-up");
    await bench.drain();
    expect(bench.comments()).toEqual([expect.stringContaining("change-labels")]);
  });

  it("goes on being tried while the forge is merely away", async () => {
    const id = await add("comment:1", { ...comment, repository: bench.forge.name });
    bench.forge.beforeWrite = () => {
      throw new InfrastructureError("unavailable", "away");
    };
    for (let tries = 0; tries < 40; tries += 1) await expect(bench.dispatchEffect(id)).rejects.toThrow("away");
    bench.forge.beforeWrite = () => {};

    expect(await bench.dispatchEffect(id)).toBe("done");
  });

  it("whose job was lost is brought back by the sweep, and so is a delivery", async () => {
    await add("comment:1", { ...comment, repository: bench.forge.name });
    await bench.deliver("star", {});
    const before = bench.queue.jobs.length;
    expect(await bench.sweepOutbox()).toBe(0);
    await bench.clock.advance(61_000);

    expect(await bench.sweepOutbox()).toBe(2);
    expect(bench.queue.jobs.slice(before).map((job) => job.name)).toEqual(["dispatch-effect", "process-delivery"]);
  });
});

describe("the sweep during a long outage", () => {
  it("adds fewer and fewer jobs for the same effect", async () => {
    await add("comment:1", { ...comment, repository: bench.forge.name });
    let added = 0;
    for (let minute = 0; minute < 120; minute += 1) {
      await bench.clock.advance(60_000);
      added += await bench.sweepOutbox();
    }

    expect(added).toBeGreaterThan(10);
    expect(added).toBeLessThan(20);
  });
});

describe("the status comment", () => {
  it("is one comment that is edited in place while the run goes on", async () => {
    await bench.toGate();

    expect(bench.comments()).toEqual([expect.stringContaining("waiting for the owner's review")]);
    expect(bench.comments()[0]).toContain("run:vision");
  });

  it("stays one when two changes are told at the same moment", async () => {
    await bench.label("run:intake");
    const jobs = async (): Promise<void> =>
      void (await Promise.all(
        (await bench.store.transaction((tx) => tx.outbox.pending((bench.clock.now() + 1) as never))).map((row) => bench.dispatchEffect(row.id)),
      ));
    const [delivery] = bench.queue.jobs;
    if (delivery && "deliveryId" in delivery.payload) await bench.processDelivery(delivery.payload.deliveryId as never);
    await jobs();

    expect(bench.comments()).toHaveLength(1);
  });

  it("is written anew when somebody deleted it, and never over somebody else's copy of its text", async () => {
    await bench.label("run:intake");
    await bench.drain();
    const [own] = bench.forge.comments.splice(0);
    bench.forge.comments.push({ id: 900, issue: 7, author: "mallory", body: own?.body ?? "", createdAt: bench.clock.now() });
    await bench.report();
    await bench.drain();

    expect(bench.forge.comments.map((each) => each.author)).toEqual(["mallory", "signalbox-bot"]);
    expect(bench.forge.comments[0]?.body).toBe(own?.body);
  });
});

describe("a request that nobody decided", () => {
  it("expires at its deadline and not before; the agent is told that its call was not carried out", async () => {
    await bench.label("run:intake");
    await bench.drain();
    const { identity } = await bench.report();
    await bench.saveSnapshot(identity, { sequence: 1, content: new Uint8Array([1]) });
    const request = sampleRequest(identity.run.id, { issue: 7, expiresAt: (bench.clock.now() + 1_000) as never });
    await bench.store.transaction(async (tx) => {
      await tx.requests.insert(request);
      await tx.toolCalls.insert(sampleToolCall(identity.run.id, { tool: request.tool, state: "pending", requestId: request.id }));
      const run = await tx.runs.get(identity.run.id, { lock: true });
      if (run) await changeRun(tx, run, { type: "await-decision", requestId: request.id, kind: "tool" }, { now: bench.clock.now(), actor: orchestratorActor });
    });
    expect(await bench.concludeTurn(identity, { turn: 1, outcome: "completed", push: { type: "none" } })).toMatchObject({ type: "park" });
    await bench.endAttempt(identity, { outcome: "parked" });
    expect(await bench.expireRequests()).toBe(0);
    await bench.clock.advance(1_000);

    expect(await bench.expireRequests()).toBe(1);
    expect(await bench.expireRequests()).toBe(0);
    await bench.drain();
    expect((await bench.report()).exchange.input).toContain("- Verdict: expired");
  });
});
