import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instant, PersonId } from "../../domain/kernel/values.ts";
import type { RunState } from "../../domain/run/run.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { sampleRequest, sampleRun } from "../../testing/samples.ts";
import { createHostRouter } from "./router.ts";

describe("the board", () => {
  let world: HostWorld;
  beforeAll(async () => {
    world = createHostWorld(await freshPglite());
  });
  afterAll(() => world.database.close());

  const cardOf = async (issue: number) => (await createRouterClient(createHostRouter(world.deps)).board.cards({})).cards.find((card) => card.issue === issue);
  const runIn = async (issue: number, state: RunState, createdAt = 1_000): Promise<void> => {
    const run = sampleRun({ issue, createdAt: createdAt as Instant });
    world.forge.addIssue({ number: issue });
    await world.inStore(async (tx) => {
      await tx.runs.insert(run);
      if ("requestId" in state && state.requestId !== undefined)
        await tx.requests.insert(sampleRequest(run.id, { id: state.requestId, summary: `asks about #${issue}` }));
      await tx.runs.save({ ...run, state });
    });
  };

  it("says of a waiting run whom it waits for, what for, and since when", async () => {
    const { id: requestId } = sampleRequest(sampleRun().id);
    await runIn(11, { phase: "waiting_mcp", attempt: 1, requestId, since: 77 as Instant });

    expect(await cardOf(11)).toMatchObject({ stage: "intake", phase: "waiting_mcp", waitsFor: "decision", reason: "asks about #11", since: 77 });
  });

  it("keeps saying it when the run is parked meanwhile", async () => {
    const { id: requestId } = sampleRequest(sampleRun().id);
    await runIn(12, { phase: "parked", attempt: 1, reason: "answer", requestId, since: 78 as Instant });

    expect(await cardOf(12)).toMatchObject({ phase: "parked", waitsFor: "answer", reason: "asks about #12", since: 78 });
  });

  it("shows the newest of an issue's runs", async () => {
    await runIn(16, { phase: "failed", reason: "the model is gone", at: 79 as Instant }, 1_000);
    await runIn(16, { phase: "succeeded", at: 99 as Instant }, 3_000);
    await runIn(16, { phase: "cancelled", by: "olga" as PersonId, reason: "not now", at: 89 as Instant }, 2_000);

    expect(await cardOf(16)).toMatchObject({ phase: "succeeded", since: 99 });
  });

  it("says why a run ended", async () => {
    await runIn(13, { phase: "failed", reason: "the model is gone", at: 79 as Instant });

    const card = await cardOf(13);
    expect(card).toMatchObject({ phase: "failed", reason: "the model is gone", since: 79 });
    expect(card).not.toHaveProperty("waitsFor");
  });

  it("tells the labels that classify or are the project's own from those that drive the process", async () => {
    world.forge.addIssue({ number: 14, labels: ["idea", "run:prd", "state:in-review", "[ai-model-x]", "deploy:prod", "payments"] });

    expect(await cardOf(14)).toMatchObject({ stage: "prd", tags: ["idea", "payments"], status: "no run yet" });
  });

  it("knows no stage of an issue that nothing has been started for", async () => {
    world.forge.addIssue({ number: 15, labels: ["idea"] });

    expect(await cardOf(15)).not.toHaveProperty("stage");
  });
});
