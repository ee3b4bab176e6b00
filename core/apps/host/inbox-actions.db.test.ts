import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instant } from "../../domain/kernel/values.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleRequest, sampleRun } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

const hour = 3_600_000;

let world: HostWorld;
const connected = () => createRouterClient(createHostRouter(world.deps));
let client: ReturnType<typeof connected>;

beforeAll(async () => {
  world = createHostWorld(await freshPglite());
  client = connected();
});
afterAll(() => world.database.close());

async function waiting(): Promise<string> {
  const run = sampleRun({ state: { phase: "running", attempt: 1, since: 1 as Instant } });
  const request = sampleRequest(run.id, { expiresAt: (world.clock.now() + 48 * hour) as Instant });
  await world.inStore(async (tx) => {
    await tx.runs.insert(run);
    await tx.requests.insert(request);
  });
  return request.id;
}

describe("what the owner puts away", () => {
  it("says until when on card and list, is put away for the next connection too, and comes back by itself in the stream", async () => {
    const id = await waiting();
    const until = world.clock.now() + 3_000;

    expect(await client.inbox.snooze({ id, until })).toMatchObject({ id, snoozedUntil: until });
    client = connected();
    expect((await client.inbox.list({})).items.find((item) => item.id === id)).toMatchObject({ snoozedUntil: until });
    expect(await client.inbox.get({ id })).toMatchObject({ snoozedUntil: until });

    const stop = new AbortController();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const message of await client.inbox.watch(undefined, { signal: stop.signal })) seen.push(JSON.stringify(message));
    })().catch(() => undefined);
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toContain(`"snoozedUntil":${until}`);
    await world.clock.advance(4_000);
    await expect.poll(() => seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toContain(id);
    expect(seen.at(-1)).not.toContain("snoozedUntil");
    stop.abort();
    await reading;
  });

  it("is taken out again, and what is too near its deadline is not put away", async () => {
    const id = await waiting();
    await client.inbox.snooze({ id });

    expect(await client.inbox.wake({ id })).not.toHaveProperty("snoozedUntil");
    await world.clock.advance(47.5 * hour);
    await expect(client.inbox.snooze({ id })).rejects.toMatchObject({ code: "REFUSED", data: { type: "snooze.deadline-near", remedy: expect.any(String) } });
    await expect(client.inbox.snooze({ id: "nobody" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a note to a run's agent", () => {
  it("goes to the run, and what the run refuses comes back with what to do", async () => {
    const run = sampleRun({ state: { phase: "running", attempt: 1, since: 1 as Instant } });
    await world.inStore((tx) => tx.runs.insert(run));

    await client.runs.note({ id: run.id, text: "  Keep it short.  " });
    expect(world.calls.at(-1)).toStrictEqual({ note: run.id, text: "Keep it short." });
    await expect(client.runs.note({ id: run.id, text: "  " })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});
