import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHasher, createRandomness } from "../../adapters/node-crypto/hashing.ts";
import { verifySignature } from "../../adapters/github/webhook-signature.ts";
import { createYamlDocuments } from "../../adapters/yaml-documents/codec.ts";
import type { BranchName, CommitSha, DeliveryId, RunId } from "../../domain/kernel/values.ts";
import type { Run } from "../../domain/run/run.ts";
import { freshPglite, type FreshDatabase } from "../../testing/databases.ts";
import { createFakeForge } from "../../testing/fake-forge.ts";
import { createLocalForgeStage, type LocalForgeStage } from "../../testing/local-forge-stage.ts";
import { sampleRun } from "../../testing/samples.ts";
import { createAbortIssue } from "../../usecases/abort-issue.ts";
import { createAdmitRevise } from "../../usecases/admit-revise.ts";
import { createAdmitRun } from "../../usecases/admit-run.ts";
import { hookEvents } from "../../usecases/connect-repository.ts";
import { createProcessDelivery } from "../../usecases/process-delivery.ts";
import { createReadChecks } from "../../usecases/read-checks.ts";
import { createReceiveDelivery } from "../../usecases/receive-delivery.ts";
import { createReconcileDeliveries } from "../../usecases/reconcile-deliveries.ts";
import { createReconcileLabels } from "../../usecases/reconcile-labels.ts";
import { createRelay, type Relay } from "./relay.ts";

const secret = "hook-secret";
const silent = { info() {}, warn() {}, error() {} };

let stage: LocalForgeStage;
let database: FreshDatabase;
let relay: Relay;
let databaseUp: boolean;
let issue: number;
let port: number;

/** Real HTTP from the local forge through the relay into the database, with the real GitHub adapter for the way back. */
beforeEach(async () => {
  stage = await createLocalForgeStage();
  database = await freshPglite();
  databaseUp = true;
  const { store } = database;
  const receiveDelivery = createReceiveDelivery({ store, clock: stage.clock });
  relay = createRelay({
    receiveDelivery: async (delivery) => {
      if (!databaseUp) throw new Error("the database is down");
      return receiveDelivery(delivery);
    },
    verifySignature: (bytes, signature) => verifySignature(secret, bytes, signature),
    healthy: async () => databaseUp,
    log: silent,
  });
  const { url } = await relay.start({ host: "127.0.0.1", port: 0 });
  port = Number(new URL(url).port);
  const hookId = await stage.as.owner.ensureHook(stage.repository, { url: `${url}/webhooks/github`, secret, events: hookEvents });
  await stage.deliveriesSettled();
  await store.transaction((tx) =>
    tx.repositories.save({ name: stage.repository, project: "shop", defaultBranch: "main" as BranchName, hookId, reconciledUntil: stage.clock.now() }),
  );
  issue = (await stage.as.owner.createIssue(stage.repository, { title: "Orders", body: "Sell things." })).number;
  await stage.deliveriesSettled();
});

afterEach(async () => {
  await relay.stop();
  await database.close();
  await stage.dispose();
});

function useCases() {
  const base = {
    store: database.store,
    clock: stage.clock,
    forge: stage.as.owner,
    mirror: createFakeForge().mirror,
    documents: createYamlDocuments(),
    hasher: createHasher(),
    randomness: createRandomness(),
    bootstrapToken: (runId: RunId, attempt: number) => `${runId}/${attempt}`,
    leaseSeconds: 60,
    startSeconds: 60,
    graceSeconds: 60,
    profile: { model: "scripted", reasoning: "medium" } as const,
    services: [],
  };
  const admitRun = createAdmitRun(base);
  const abortIssue = createAbortIssue({ ...base, settleLabels: async () => undefined });
  return {
    processDelivery: createProcessDelivery({
      ...base,
      admitRun,
      abortIssue,
      admitRevise: createAdmitRevise(base),
      staleGate: async () => false,
      isAbort: async () => false,
    }),
    readChecks: createReadChecks(base),
    reconcileDeliveries: createReconcileDeliveries(base),
    reconcileLabels: createReconcileLabels({ ...base, admitRun, abortIssue }),
  };
}

async function process(): Promise<void> {
  const { processDelivery, readChecks } = useCases();
  for (const { payload } of database.queue.jobs) {
    if ("deliveryId" in payload) await processDelivery(payload.deliveryId as DeliveryId);
    if (!("effectId" in payload)) continue;
    const effect = await database.store.transaction((tx) => tx.outbox.get(payload.effectId));
    if (effect?.action.type === "read-checks") await readChecks(effect.action.repository, effect.action.pull);
  }
}

function runs(): Promise<readonly Run[]> {
  return database.store.transaction((tx) => tx.runs.list({ repository: stage.repository }));
}

describe("a delivery that the database was not there for", () => {
  it("is a failed delivery at the forge, comes again through the relay when the reconciler asks, and starts exactly one run", async () => {
    databaseUp = false;
    await stage.as.owner.addLabels(stage.repository, issue, ["run:intake"]);
    await stage.deliveriesSettled();
    await process();
    expect(await runs()).toEqual([]);
    databaseUp = true;
    await stage.advance(120_000);

    const again = await useCases().reconcileDeliveries(stage.repository);
    await stage.deliveriesSettled();
    await process();
    await stage.advance(120_000);
    await useCases().reconcileDeliveries(stage.repository);
    await stage.deliveriesSettled();
    await useCases().reconcileLabels(stage.repository, 0 as never);
    await process();

    expect(again).toHaveLength(1);
    expect(await runs()).toMatchObject([{ stage: "intake", issue, trigger: { kind: "label", actor: "olga" } }]);
  });

  it("starts exactly one run also when its label is found before the delivery comes again", async () => {
    databaseUp = false;
    await stage.as.owner.addLabels(stage.repository, issue, ["run:intake"]);
    await stage.deliveriesSettled();
    databaseUp = true;
    await stage.advance(120_000);

    await useCases().reconcileLabels(stage.repository, 0 as never);
    await useCases().reconcileDeliveries(stage.repository);
    await stage.deliveriesSettled();
    await process();

    expect(await runs()).toMatchObject([{ trigger: { kind: "reconciled-label" } }]);
  });
});

describe("a delivery that the relay was not there for", () => {
  it("comes again as soon as the relay is back, since the forge knows that it failed, and starts exactly one run", async () => {
    await relay.stop();
    await stage.as.owner.addLabels(stage.repository, issue, ["run:intake"]);
    await stage.deliveriesSettled();
    await relay.start({ host: "127.0.0.1", port });

    expect(await useCases().reconcileDeliveries(stage.repository)).toHaveLength(1);
    await stage.deliveriesSettled();
    await process();
    await useCases().reconcileLabels(stage.repository, 0 as never);

    expect(await runs()).toMatchObject([{ trigger: { kind: "label" } }]);
  });
});

describe("a signed delivery of the forge", () => {
  it("starts a run through the relay", async () => {
    await stage.as.owner.addLabels(stage.repository, issue, ["run:intake"]);
    await stage.deliveriesSettled();
    await process();

    expect(await runs()).toHaveLength(1);
  });
});

describe("what CI reports to the forge", () => {
  const build = (state: "failed" | "running" | "passed") => ({ name: "build", state });
  const known = async (pull: number) => (await database.store.transaction((tx) => tx.pullChecks.get(stage.repository, pull)))?.summary;

  /** A run with a pull request of its own on the forge. */
  async function withPull(): Promise<{ readonly pull: number; readonly head: CommitSha }> {
    const branch = "signalbox/issue-1/intake" as BranchName;
    const head = await stage.push(branch, { "notes.md": "one\n" });
    const { number } = await stage.as.bot.createPull(stage.repository, { title: "Notes", body: "", head: branch, base: "main" as BranchName });
    const run = sampleRun({ repository: stage.repository, issue, branch, pull: number });
    await database.store.transaction(async (tx) => {
      await tx.runs.insert(run);
      await tx.pullChecks.follow(stage.repository, number);
    });
    return { pull: number, head };
  }

  it("is known of a run's pull request, as a check run and as a status, and of its new head after a push", async () => {
    const { pull, head } = await withPull();
    await stage.reportCheck("run", head, build("failed"));
    await stage.reportCheck("status", head, { name: "ci/docs", state: "running" });
    await stage.deliveriesSettled();
    await process();
    expect(await known(pull)).toEqual({ passed: 0, failed: 1, running: 1, failing: ["build"] });

    const moved = await stage.push("signalbox/issue-1/intake", { "notes.md": "two\n" });
    await stage.deliveriesSettled();
    await process();
    expect(await known(pull)).toEqual({ passed: 0, failed: 0, running: 0, failing: [] });
    await stage.reportCheck("run", moved, build("passed"));
    await stage.deliveriesSettled();
    await process();
    expect(await known(pull)).toEqual({ passed: 1, failed: 0, running: 0, failing: [] });
  });

  it("is known also when the relay was not there for it", async () => {
    const { pull, head } = await withPull();
    await stage.deliveriesSettled();
    await relay.stop();
    await stage.reportCheck("run", head, build("failed"));
    await stage.deliveriesSettled();
    await relay.start({ host: "127.0.0.1", port });

    await useCases().reconcileDeliveries(stage.repository);
    await stage.deliveriesSettled();
    await process();

    expect(await known(pull)).toMatchObject({ failed: 1 });
  });
});
