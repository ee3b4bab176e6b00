import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instant, PersonId, RequestId } from "../domain/kernel/values.ts";
import { freshPglite, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance } from "../testing/governance.ts";
import { createSnoozeRequest, createWakeRequest } from "./snooze-request.ts";

const hour = 3_600_000;
const [olga, boris] = ["olga" as PersonId, "boris" as PersonId];

let database: FreshDatabase;
let world: Governance;
let snooze: ReturnType<typeof createSnoozeRequest>;
let wake: ReturnType<typeof createWakeRequest>;

beforeAll(async () => {
  database = await freshPglite();
  world = await createGovernance(database);
  snooze = createSnoozeRequest(world);
  wake = createWakeRequest(world);
});
afterAll(() => database.close());

const later = (by: number): Instant => (world.clock.now() + by) as Instant;
const putAway = (person: PersonId): Promise<ReadonlyMap<RequestId, Instant>> => database.store.transaction((tx) => tx.snoozes.of(person, world.clock.now()));
const asked = async (): Promise<RequestId> => (await world.askForTrigger(await world.newRun())).id;

describe("a request that is put away", () => {
  it("is put away for one person, the last word counts, and every surface hears of it", async () => {
    const id = await asked();

    expect(await snooze(id, olga, later(hour))).toEqual({ ok: true, value: later(hour) });
    expect(await snooze(id, olga, later(2 * hour))).toEqual({ ok: true, value: later(2 * hour) });

    expect((await putAway(olga)).get(id)).toBe(later(2 * hour));
    expect((await putAway(boris)).has(id)).toBe(false);
    expect((await world.events(`request:${id}`)).filter(({ type }) => type === "decision.snoozed")).toHaveLength(2);
  });

  it("is taken out once, and comes out by itself when its time has come", async () => {
    const [one, other] = [await asked(), await asked()];
    await snooze(one, olga, later(hour));
    await snooze(other, olga, later(hour));

    await wake(one, olga);
    await wake(one, olga);

    expect((await putAway(olga)).has(one)).toBe(false);
    expect((await world.events(`request:${one}`)).filter(({ type }) => type === "decision.woken")).toHaveLength(1);
    expect((await putAway(olga)).has(other)).toBe(true);
    await world.clock.advance(hour);
    expect((await putAway(olga)).has(other)).toBe(false);
  });

  it("can be decided all the same, and is not put away any more then", async () => {
    const id = await asked();
    await snooze(id, olga, undefined);
    const request = await world.request(id);
    if (!request) throw new Error("it is gone");

    expect((await world.answerRequest(world.sign(request, { type: "deny", reason: "no" }))).ok).toBe(true);

    expect((await putAway(olga)).has(id)).toBe(false);
    expect(await snooze(id, olga, later(hour))).toMatchObject({ ok: false, error: { type: "snooze.closed" } });
    expect(await snooze("nobody" as RequestId, olga, undefined)).toMatchObject({ ok: false, error: { type: "decision.no-such-request" } });
  });
});
