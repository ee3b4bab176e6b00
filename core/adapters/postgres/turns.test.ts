import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { createTurns } from "./turns.ts";

describe("turns at a few connections", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are taken in the order in which they were asked for, never more than there are places", async () => {
    const turns = createTurns(2, 1_000);
    const order: number[] = [];
    const leaving: (() => void)[] = [];
    const all = [1, 2, 3, 4].map(async (name) => {
      const leave = await turns.enter();
      order.push(name);
      leaving.push(leave);
    });
    await vi.waitFor(() => expect(order).toEqual([1, 2]));

    leaving[0]?.();
    leaving[0]?.(); // given back once, however often it is said
    await vi.waitFor(() => expect(order).toEqual([1, 2, 3]));
    leaving[1]?.();
    await Promise.all(all);

    expect(order).toEqual([1, 2, 3, 4]);
  });

  it("say that the database is busy to whoever waited for too long, and go on with the next", async () => {
    const turns = createTurns(1, 1_000);
    const leave = await turns.enter();
    const late = turns.enter().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1_000);

    expect(await late).toMatchObject({ code: "busy", retryable: true });
    leave();
    await expect(turns.enter()).resolves.toBeTypeOf("function");
  });

  it("tell everybody who waits when the one before them found no database", async () => {
    const turns = createTurns(1, 1_000);
    await turns.enter();
    const waiting = [turns.enter(), turns.enter()].map((turn) => turn.catch((error: unknown) => error));
    const away = new InfrastructureError("unavailable", "away");

    turns.refuseWaiting(away);

    expect(await Promise.all(waiting)).toEqual([away, away]);
  });
});
