import { expect, it } from "vitest";
import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { Run } from "../domain/run/run.ts";
import { testVerifier } from "../testing/cryptography.ts";
import { freshPglite, freshPostgres, type FreshDatabase } from "../testing/databases.ts";
import { createGovernance, type Governance } from "../testing/governance.ts";
import { mortalDatabase, type MortalDatabase } from "../testing/mortal-database.ts";
import { describeOnPostgres } from "../testing/postgres-server.ts";
import { createVerifyAudit } from "./verify-audit.ts";

/** Milliseconds; a machine may be busy with something else. */
const patience = 240_000;
/** A longer edit than this is a fault of the test's, not of the edit. */
const mostStatements = 300;

const edit = (world: Governance, run: Run, request: DecisionRequest) =>
  world.editRequest({
    requestId: request.id,
    argumentsText: JSON.stringify({ number: run.issue, add: ["run:prd"], remove: ["run:intake"], reason: "done" }),
    surface: "desktop",
    shownDigest: request.digest,
  });

async function onceOn(fresh: FreshDatabase): Promise<void> {
  try {
    await dieEverywhere(mortalDatabase(fresh));
  } finally {
    await fresh.close();
  }
}

/** An edit writes in one transaction: there is no point in between to be killed at, and this is why none is named. */
async function dieEverywhere(database: MortalDatabase): Promise<void> {
  const world = await createGovernance(database);
  const run = await world.newRun();
  const request = await world.askForTrigger(run);
  const before = await database.everything();

  const lives = [await database.dyingAfter(0, () => edit(world, run, request))];
  while (lives.at(-1)?.died === true && lives.length < mostStatements) {
    expect(await database.everything(), `after ${lives.length - 1} statements`).toBe(before);
    lives.push(await database.dyingAfter(lives.length, () => edit(world, run, request)));
  }
  // Whoever lived wrote both requests, both calls, the run and the trail, and who died last had written as much.
  const [last, lived] = lives.slice(-2);
  expect(lived).toStrictEqual({ died: false, writes: last?.writes });
  expect(lived?.writes).toBeGreaterThanOrEqual(6);
  expect(await database.everything()).not.toBe(before);

  const requests = await world.store.transaction((tx) => tx.requests.forRun(run.id));
  expect(requests.map(({ state, edit: by }) => [state.phase, by?.of])).toStrictEqual([
    ["superseded", undefined],
    ["requested", request.id],
  ]);
  expect(await world.calls(run)).toMatchObject([{ state: "pending" }, { state: "pending", arguments: { add: ["run:prd"] } }]);
  expect(world.forge.writes).toStrictEqual([]);
  const signatures = testVerifier(world.people.olga.trusted, world.people.boris.trusted);
  const verify = createVerifyAudit({ store: world.store, hasher: world.hasher, signatures, anchors: { list: async () => [] } });
  expect((await verify()).problems).toStrictEqual([]);
}

it("an edit that dies after any of its statements leaves nothing, and is made as if for the first time", { timeout: patience }, async () => {
  await onceOn(await freshPglite());
});

describeOnPostgres("on a real PostgreSQL", (serverUrl) => {
  it("an edit that dies after any of its statements leaves nothing, and is made as if for the first time", { timeout: patience }, async () => {
    await onceOn(await freshPostgres(serverUrl));
  });
});
