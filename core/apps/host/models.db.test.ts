import { createRouterClient } from "@orpc/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Instant } from "../../domain/kernel/values.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleRun } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

const day = 86_400_000;

let world: HostWorld;
beforeEach(async () => {
  world = createHostWorld(await freshPglite());
});
afterEach(() => world.database.close());

async function used(model: string, daysAgo: number, cost?: number): Promise<void> {
  const run = sampleRun();
  const tokens = { inputTokens: 10, cachedInputTokens: 4, outputTokens: 2, reasoningTokens: 1 };
  const at = (world.clock.now() - daysAgo * day) as Instant;
  await world.inStore(async (tx) => {
    await tx.runs.insert(run);
    await tx.usage.append({ runId: run.id, attempt: 1, turn: 1, model, ...tokens, ...(cost === undefined ? {} : { cost }), at });
  });
}

describe("the models at a host", () => {
  it("are those that runs have used in the last days", async () => {
    await used("gpt-5", 29, 0.5);
    await used("gpt-5", 2);
    await used("old", 31);
    const client = createRouterClient(createHostRouter(world.deps));

    const since = world.clock.now() - 30 * day;
    const tokens = { inputTokens: 20, cachedInputTokens: 8, outputTokens: 4, reasoningTokens: 2 };
    expect(await client.models.used({ days: 30 })).toStrictEqual({
      since,
      models: [{ model: "gpt-5", runs: 2, turns: 2, ...tokens, cost: 0.5, unpriced: 1, lastUsedAt: world.clock.now() - 2 * day }],
    });
  });

  it("have a default where the host knows it", async () => {
    const defaultModel = { model: "scripted", reasoning: "medium", isScripted: true } as const;
    const client = createRouterClient(createHostRouter({ ...world.deps, defaultModel }));

    expect(await client.models.used({ days: 1 })).toMatchObject({ models: [], default: defaultModel });
  });

  it("are asked for by a number of days that makes sense", async () => {
    const client = createRouterClient(createHostRouter(world.deps));

    await expect(client.models.used({ days: 0 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(client.models.used({ days: 367 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});
