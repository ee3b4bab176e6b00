import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckSummary } from "../../domain/check/check.ts";
import type { CommitSha, Instant, PersonId, RepositoryName } from "../../domain/kernel/values.ts";
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

  describe("of an issue with a pull request", () => {
    const head = "a".repeat(40) as CommitSha;
    const red = { passed: 2, failed: 1, running: 1, failing: ["build"] };
    const pullIn = async (issue: number, summary: CheckSummary | undefined): Promise<void> => {
      world.forge.addIssue({ number: issue });
      await world.inStore(async (tx) => {
        const run = sampleRun({ issue, pull: issue + 100 });
        await tx.runs.insert(run);
        await tx.pullChecks.follow(run.repository, issue + 100);
        await tx.pullChecks.save({ repository: run.repository, pull: issue + 100, version: 0, isOpen: true, head, summary, readAt: 1 as Instant });
      });
    };

    it("says how many of its checks are how, names those that failed, and of which head that is", async () => {
      await pullIn(21, red);

      expect(await cardOf(21)).toMatchObject({ pull: 121, checks: { ...red, head } });
    });

    it("says nothing of checks where there are none, or none are known", async () => {
      await pullIn(22, { passed: 0, failed: 0, running: 0, failing: [] });
      await pullIn(23, undefined);

      for (const issue of [22, 23]) {
        expect(await cardOf(issue)).toHaveProperty("pull");
        expect(await cardOf(issue)).not.toHaveProperty("checks");
      }
    });

    it("says nothing of the checks of a head that has moved", async () => {
      await pullIn(24, red);
      await world.inStore((tx) => tx.pullChecks.moved("acme/shop" as RepositoryName, 124, "b".repeat(40) as CommitSha));

      expect(await cardOf(24)).not.toHaveProperty("checks");
    });

    it("asks once for the checks of all cards", async () => {
      await pullIn(25, red);
      await pullIn(26, red);
      let asked = 0;
      const counting: HostWorld["deps"]["store"] = {
        ...world.deps.store,
        transaction: (work) =>
          world.deps.store.transaction((tx) => work({ ...tx, pullChecks: { ...tx.pullChecks, of: (pulls) => ((asked += 1), tx.pullChecks.of(pulls)) } })),
      };
      const { cards } = await createRouterClient(createHostRouter({ ...world.deps, store: counting })).board.cards({});

      expect(cards.filter(({ checks }) => checks !== undefined).length).toBeGreaterThan(1);
      expect(asked).toBe(1);
    });

    it("says the same of the run", async () => {
      await pullIn(27, red);
      const client = createRouterClient(createHostRouter(world.deps));
      const { runs } = await client.runs.list({ issue: 27 });

      expect(runs).toMatchObject([{ pull: 127, checks: { ...red, head } }]);
      expect(await client.runs.get({ id: runs[0]?.id ?? "" })).toMatchObject({ checks: { failed: 1 } });
    });
  });

  it("tells the labels that classify or are the project's own from those that drive the process", async () => {
    world.forge.addIssue({ number: 14, labels: ["idea", "run:prd", "state:in-review", "[ai-model-x]", "deploy:prod", "payments"] });

    expect(await cardOf(14)).toMatchObject({ stage: "prd", tags: ["idea", "payments"], status: "no run yet" });
  });

  it("says which issue is the epic, and how many issues belong to it", async () => {
    world.forge.addIssue({ number: 17, subIssues: 2 });
    world.forge.addIssue({ number: 18, parent: 17 });

    expect([await cardOf(17), await cardOf(18)]).toMatchObject([{ subIssues: 2 }, { parent: 17 }]);
  });

  it("knows no stage of an issue that nothing has been started for", async () => {
    world.forge.addIssue({ number: 15, labels: ["idea"] });

    expect(await cardOf(15)).not.toHaveProperty("stage");
  });
});
