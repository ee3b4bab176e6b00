import { createRouterClient } from "@orpc/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Holds } from "../../domain/hold/holds.ts";
import type { Instant, PersonId, RequestId } from "../../domain/kernel/values.ts";
import type { Run } from "../../domain/run/run.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleRun } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

let world: HostWorld;
const connected = () => createRouterClient(createHostRouter(world.deps));
let client: ReturnType<typeof connected>;

beforeAll(async () => {
  world = createHostWorld(await freshPglite());
  client = connected();
});
afterAll(() => world.database.close());
beforeEach(() => {
  world.calls.length = 0;
});

const newRun = async (overrides: Partial<Run>): Promise<Run> => {
  const run = sampleRun(overrides);
  await world.inStore((tx) => tx.runs.insert(run));
  return run;
};

describe("what holds everything", () => {
  const hold = (holds: Holds): Promise<void> => world.inStore((tx) => tx.holds.save(holds));
  const olga = "olga" as PersonId;
  afterEach(() => hold({ budgets: {} }));

  it("is told with how much it stops, and is switched by the owner's word", async () => {
    await newRun({ state: { phase: "running", attempt: 1, since: 1 as Instant } });
    const { atWork, held, pause } = await client.workspace.state();
    expect([pause, atWork]).toStrictEqual([undefined, expect.any(Number)]);
    await newRun({ state: { phase: "parked", attempt: 1, reason: "pause", since: 2 as Instant } });
    await newRun({ state: { phase: "waiting_input", attempt: 1, requestId: "r" as RequestId, since: 2 as Instant } });
    await hold({ pause: { id: "p", by: olga, since: 7 as Instant, reason: "lunch" }, budgets: {} });

    expect(await client.workspace.state()).toMatchObject({ pause: { by: "olga", since: 7, reason: "lunch" }, atWork: atWork + 1, held: held + 1 });
    await client.workspace.pause({ reason: "  why  " });
    await client.workspace.restore();
    await client.workspace.setBudgets({ run: { usd: 2 } });
    expect(world.calls).toStrictEqual([{ pauseAll: "why" }, "restoreAll", { setBudgets: { run: { usd: 2 } } }]);
  });

  it("stands as the reason at every run that it holds, and at no other", async () => {
    const paused = await newRun({ state: { phase: "parked", attempt: 1, reason: "pause", since: 2 as Instant } });
    const mine = await newRun({ state: { phase: "parked", attempt: 1, reason: "owner", since: 2 as Instant } });
    await hold({ pause: { id: "p", by: olga, since: 7 as Instant, reason: "lunch" }, budgets: {} });

    expect(await client.runs.get({ id: paused.id })).toMatchObject({
      waitsFor: "pause",
      pause: { by: "olga", since: 7, reason: "lunch" },
      status: "paused by olga since 1970-01-01 00:00 UTC: lunch",
    });
    expect(await client.runs.get({ id: mine.id })).not.toHaveProperty("pause");
    await hold({ budgets: {} });
    expect(await client.runs.get({ id: paused.id })).toMatchObject({ waitsFor: "pause", status: "paused, about to go on" });
  });

  it("warns at a run from 80 % of its budget on, and says which limit stopped it and what to do", async () => {
    const run = await newRun({ state: { phase: "running", attempt: 1, since: 1 as Instant } });
    const usage = { runId: run.id, attempt: 1, model: "m", inputTokens: 80, cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0 };
    await world.inStore((tx) => tx.usage.append({ ...usage, turn: 1, at: 1 as Instant }));
    expect(await client.runs.get({ id: run.id })).not.toHaveProperty("budget");
    await hold({ budgets: { run: { tokens: 100 } } });

    expect(await client.runs.get({ id: run.id })).toMatchObject({ budget: { scope: "run", unit: "tokens", used: 90, limit: 100, level: "near" } });
    await world.inStore((tx) => tx.usage.append({ ...usage, turn: 2, at: 1 as Instant }));
    await world.inStore((tx) => tx.runs.save({ ...run, state: { phase: "parked", attempt: 1, reason: "budget", since: 2 as Instant } }));
    expect(await client.runs.get({ id: run.id })).toMatchObject({
      waitsFor: "budget",
      status: "stopped, a budget is spent: 180 of 100 tokens for this run. Raise it, or cancel the run",
    });
  });

  it("says of a run at work that it seems to stand still, and of none that waits", async () => {
    const since = (world.clock.now() - 20 * 60_000) as Instant;
    const working = await newRun({ state: { phase: "running", attempt: 1, since } });
    const waiting = await newRun({ state: { phase: "waiting_input", attempt: 1, requestId: "r" as RequestId, since } });
    expect((await client.runs.get({ id: working.id })).stall).toStrictEqual({ type: "silent", since });
    expect(await client.runs.get({ id: waiting.id })).not.toHaveProperty("stall");

    const failure = { runId: working.id, attempt: 1, type: "command", content: { command: "npm test", output: "", exitCode: 1 } };
    const at = world.clock.now();
    await world.inStore((tx) => tx.transcript.append([0, 1, 2, 3].map((sequence) => ({ ...failure, sequence, at }))));
    expect((await client.runs.get({ id: working.id })).stall).toMatchObject({ type: "repeats", what: "npm test", failure: "exit 1", times: 4 });
  });

  it("takes no limit that is none", async () => {
    for (const wrong of [{ run: { usd: 0 } }, { day: { usd: -1 } }, { run: { tokens: 1.5 } }, { day: { tokens: Number.NaN } }])
      await expect(client.workspace.setBudgets(wrong)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(client.workspace.pause({ reason: "x".repeat(501) })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(world.calls).toStrictEqual([]);
  });
});
