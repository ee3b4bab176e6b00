import { describe, expect, it, vi } from "vitest";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { Store, Transaction } from "../../../ports/store.ts";
import { createManualClock } from "../../../testing/manual-clock.ts";
import { linkedStore } from "./database-link.ts";

/** A database that a test takes away and brings back. */
function playedStore() {
  const listeners = new Set<() => void>();
  const played = { isThere: true, asked: 0, listeners };
  const assertThere = (): void => {
    if (!played.isThere) throw new InfrastructureError("unavailable", "connection refused", { remedy: "Start the server." });
  };
  const store: Store = {
    async transaction(work) {
      played.asked += 1;
      assertThere();
      return work({ settings: { get: async () => undefined } } as unknown as Transaction);
    },
    async onFlow(callback) {
      assertThere();
      listeners.add(callback);
      return async () => void listeners.delete(callback);
    },
  };
  return { played, store };
}

describe("a store that knows whether its database is there", () => {
  const open = () => {
    const { played, store: raw } = playedStore();
    const clock = createManualClock();
    const read = (): Promise<string> => linked.store.transaction(async () => "read");
    const linked = linkedStore(raw, clock);
    return { played, clock, read, ...linked };
  };

  it("says since when it is away, why, and what can be done meanwhile", async () => {
    const { played, clock, read, link } = open();
    await read();
    const answered = clock.now();
    await clock.advance(60_000);
    played.isThere = false;

    await expect(read()).rejects.toThrow("connection refused");

    expect(link.state()).toEqual({ phase: "away", since: answered, reason: "connection refused", remedy: "Start the server." });
    await expect(read()).rejects.toMatchObject({ code: "unavailable", remedy: expect.stringContaining("draft") });
  });

  it("is asked by one question at a time while it is away, and by longer and longer pauses", async () => {
    const { played, clock, read } = open();
    played.isThere = false;
    await read().catch(() => undefined);
    played.asked = 0;

    await Promise.allSettled(Array.from({ length: 50 }, read));
    expect(played.asked).toBe(0);

    await clock.advance(60_000);
    expect(played.asked).toBeGreaterThan(10);
    expect(played.asked).toBeLessThan(25);
  });

  it("goes on by itself when it is back, and tells who waits", async () => {
    const { played, clock, read, link } = open();
    played.isThere = false;
    await read().catch(() => undefined);
    const changed = vi.fn<() => void>();
    link.watch(changed);
    const back = link.back(undefined);

    played.isThere = true;
    await clock.advance(250);

    await back;
    expect(changed).toHaveBeenCalledTimes(1);
    expect(await read()).toBe("read");
    expect(clock.timers).toBe(0);
  });

  it("listens when it is back, though it was away when somebody began to listen", async () => {
    const { played, clock, store } = open();
    played.isThere = false;
    const notice = vi.fn<() => void>();
    const stop = await store.onFlow(notice);
    expect(played.listeners.size).toBe(0);

    played.isThere = true;
    await clock.advance(250);
    expect(notice).toHaveBeenCalledTimes(1);
    for (const listener of played.listeners) listener();
    expect(notice).toHaveBeenCalledTimes(2);

    await stop();
    expect(played.listeners.size).toBe(0);
  });

  it("takes a refusal or a fault for what it is", async () => {
    const { link, store } = open();

    await expect(store.transaction(() => Promise.reject(new InfrastructureError("conflict", "somebody was first")))).rejects.toThrow("first");
    await expect(store.transaction(() => Promise.reject(new TypeError("a fault")))).rejects.toThrow("a fault");

    expect(link.state()).toEqual({ phase: "live" });
  });

  it("lets go of who waits when the reader leaves", async () => {
    const { played, read, link } = open();
    played.isThere = false;
    await read().catch(() => undefined);
    const leave = new AbortController();
    const back = link.back(leave.signal);

    leave.abort();

    await expect(back).resolves.toBeUndefined();
  });

  it("asks no more once it is closed", async () => {
    const { played, clock, read, link } = open();
    played.isThere = false;
    await read().catch(() => undefined);

    link.close();

    expect(clock.timers).toBe(0);
  });
});
