import { describe, expect, it } from "vitest";
import type { Store, ToolCall, Transaction } from "../ports/store.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { sampleRun, sampleToolCall } from "../testing/samples.ts";
import { holdCall } from "./hold-call.ts";

function createWorld() {
  let call: ToolCall = sampleToolCall(sampleRun().id, { state: "pending" });
  const listeners = new Set<() => void>();
  let looks = 0;
  const toolCalls = {
    settled: async (ids: readonly string[]) => {
      looks += 1;
      return call.state === "pending" ? [] : ids;
    },
  };
  const store = {
    transaction: <T>(work: (tx: Transaction) => Promise<T>) => work({ toolCalls } as unknown as Transaction),
    onFlow: async (callback: () => void) => {
      listeners.add(callback);
      return async () => void listeners.delete(callback);
    },
  } satisfies Store;
  return {
    store,
    toolCalls,
    clock: createManualClock(),
    listeners,
    looks: () => looks,
    settle: () => void (call = { ...call, state: "done" }),
    hint: () => listeners.forEach((listener) => listener()),
  };
}

describe("holding a call", () => {
  it("ends at once when the result is there", async () => {
    const world = createWorld();
    world.settle();

    await holdCall(world, "call", 45_000);
    expect([world.listeners.size, world.clock.timers]).toEqual([0, 0]);
  });

  it("ends with the hint of a flow event, without any time passing", async () => {
    const world = createWorld();
    const held = holdCall(world, "call", 45_000);
    await world.clock.advance(0);
    world.settle();
    world.hint();

    await expect(held).resolves.toBeUndefined();
  });

  it("notices within a second when the hint is lost", async () => {
    const world = createWorld();
    const held = holdCall(world, "call", 45_000);
    await world.clock.advance(0);
    world.settle();
    await world.clock.advance(1_000);

    await expect(held).resolves.toBeUndefined();
  });

  it("gives up when the time is over, and leaves no timer and no listener behind", async () => {
    const world = createWorld();
    const held = holdCall(world, "call", 3_000);
    await world.clock.advance(0);
    for (let second = 0; second < 4; second += 1) await world.clock.advance(1_000);

    await held;
    expect([world.listeners.size, world.clock.timers]).toEqual([0, 0]);
  });

  it("looks once for all calls that are held, however many", async () => {
    const world = createWorld();
    const held = Array.from({ length: 100 }, (_, index) => holdCall(world, `call-${index}`, 45_000));
    await world.clock.advance(0);
    const before = world.looks();
    await world.clock.advance(1_000);
    const after = world.looks();
    expect([after - before, world.listeners.size]).toEqual([1, 1]);
    world.settle();
    world.hint();

    expect(await Promise.all(held)).toHaveLength(100);
    expect([world.listeners.size, world.clock.timers]).toEqual([0, 0]);
  });

  it("goes on waiting while the database is away", async () => {
    const world = createWorld();
    const { settled } = world.toolCalls;
    world.toolCalls.settled = () => Promise.reject(new Error("away"));
    const held = holdCall(world, "call", 45_000);
    await world.clock.advance(1_000);
    world.toolCalls.settled = settled;
    world.settle();
    await world.clock.advance(1_000);

    await expect(held).resolves.toBeUndefined();
  });

  it("ends when its caller goes away", async () => {
    const world = createWorld();
    const caller = new AbortController();
    const held = holdCall(world, "call", 45_000, caller.signal);
    await world.clock.advance(0);
    caller.abort();

    await held;
    expect([world.listeners.size, world.clock.timers]).toEqual([0, 0]);
  });
});
