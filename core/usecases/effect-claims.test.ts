import { describe, expect, it } from "vitest";
import type { FlowEvent, NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { CorrelationId } from "../domain/kernel/values.ts";
import type { Transaction } from "../ports/store.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { createEffectClaims } from "./effect-claims.ts";

const correlation = "c" as CorrelationId;

function createWorld() {
  const events: NewFlowEvent[] = [];
  const flow = {
    bySubject: async (subject: string) => events.filter((event) => event.subject === subject) as FlowEvent[],
    append: async (added: readonly NewFlowEvent[]) => void events.push(...added),
  };
  const clock = createManualClock();
  return {
    tx: { flow } as unknown as Transaction,
    clock,
    events,
    process: (name: string, patience = 60_000) => createEffectClaims({ clock, process: name, patience }),
  };
}

describe("a claim on an effect", () => {
  it("is had by one in a process, and by the next one when it is released", async () => {
    const { tx, process } = createWorld();
    const claims = process("a");
    const [first, second] = [{}, {}];

    expect(await claims.take(tx, "call", correlation, first)).toBe(true);
    expect(await claims.take(tx, "call", correlation, second)).toBe(false);
    expect(await claims.take(tx, "other", correlation, second)).toBe(true);
    claims.release(first);

    expect(await claims.take(tx, "call", correlation, second)).toBe(true);
  });

  it("is taken again by its owner when the transaction is retried", async () => {
    const { tx, process } = createWorld();
    const claims = process("a");
    const owner = {};

    await claims.take(tx, "call", correlation, owner);

    expect(await claims.take(tx, "call", correlation, owner)).toBe(true);
  });

  it("passes to another process after its patience, and the trail shows it", async () => {
    const { tx, clock, events, process } = createWorld();
    await process("a").take(tx, "call", correlation, {});
    const other = process("b");

    expect(await other.take(tx, "call", correlation, {})).toBe(false);
    await clock.advance(60_000);

    expect(await other.take(tx, "call", correlation, {})).toBe(true);
    expect(events.map((event) => event.payload["process"])).toEqual(["a", "b"]);
  });

  it("is fresh only while nobody can have taken over, and is renewed only when nobody has", async () => {
    const { tx, clock, process } = createWorld();
    const [claims, owner] = [process("a"), {}];
    await claims.take(tx, "call", correlation, owner);

    expect(claims.isFresh(owner)).toBe(true);
    await clock.advance(20_000);
    expect(claims.isFresh(owner)).toBe(false);
    expect(await claims.renew(tx, "call", correlation, owner)).toBe(true);
    expect(claims.isFresh(owner)).toBe(true);
    await clock.advance(60_000);
    expect(await process("b").take(tx, "call", correlation, {})).toBe(true);

    expect(claims.isFresh(owner)).toBe(false);
    expect(await claims.renew(tx, "call", correlation, owner)).toBe(false);
  });

  it("passes at once where no other process can be alive", async () => {
    const { tx, process } = createWorld();
    await process("before the crash", 0).take(tx, "call", correlation, {});

    expect(await process("after the crash", 0).take(tx, "call", correlation, {})).toBe(true);
  });
});
