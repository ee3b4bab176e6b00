import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { createEffectClaims } from "./effect-claims.ts";
import { createProcessPresence } from "./process-presence.ts";

const log = { info() {}, warn() {}, error() {} };

describe("the presence of a process", () => {
  let database: FreshDatabase;
  beforeEach(async () => void (database = await freshPglite()));
  afterEach(() => database.close());

  const presenceOf = (process: string, clock = createManualClock()) => createProcessPresence({ store: database.store, clock, log, process });
  const seesB = () => database.store.transaction((tx) => presenceOf("a").isPresent(tx, "b"));

  it("is believed from its first word until it takes its leave, and by no question ended", async () => {
    expect(await seesB()).toBe(false);
    const leave = await presenceOf("b").announce();

    expect([await seesB(), await seesB()]).toEqual([true, true]);
    await leave();
    expect(await seesB()).toBe(false);
  });

  it("is said again and again, and no more after leaving", async () => {
    const clock = createManualClock();
    const leave = await presenceOf("b", clock).announce();
    await database.driver.query("update leases set until = clock_timestamp() - interval '1 second'");
    expect(await seesB()).toBe(false);

    await clock.advance(3_000);
    await expect.poll(seesB).toBe(true);
    await leave();
    expect(clock.timers).toBe(0);
  });

  it("decides whether a young claim counts: a dead process's does not, a slow one's does", async () => {
    const clock = createManualClock();
    const claimsOf = (process: string) => createEffectClaims({ clock, process, patience: 60_000, isPresent: presenceOf(process).isPresent });
    const take = (process: string) => database.store.transaction((tx) => claimsOf(process).take(tx, "effect", "run" as never, {}));
    const leave = await presenceOf("b").announce();

    expect(await take("b")).toBe(true);
    expect(await take("a")).toBe(false);
    await leave();
    expect(await take("a")).toBe(true);
  });
});
