import { afterEach, beforeEach, expect, it } from "vitest";
import { createHasher, createRandomness } from "../adapters/node-crypto/hashing.ts";
import { createSystemClock } from "../adapters/system-clock/clock.ts";
import type { BranchName } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { Forge } from "../ports/forge.ts";
import { freshPostgres, type FreshDatabase } from "./databases.ts";
import { createFakeForge, type FakeForge } from "./fake-forge.ts";
import { createFakeRuntime } from "./fake-runtime.ts";
import { describeOnPostgres } from "./postgres-server.ts";
import { sampleAttempt, sampleRun } from "./samples.ts";
import { createRecoverAttempts } from "../usecases/recover-attempts.ts";
import { createSyncStatusComment } from "../usecases/sync-status-comment.ts";

const clock = createSystemClock((error) => {
  throw error;
});

/** What two orchestrators do at the same time, each with connections of its own. */
describeOnPostgres("two orchestrators on one database", (serverUrl) => {
  let database: FreshDatabase;
  let fake: FakeForge;
  let run: Run;

  beforeEach(async () => {
    database = await freshPostgres(serverUrl);
    fake = createFakeForge();
    fake.now = () => clock.now();
    fake.addIssue({ number: 7, labels: [] });
    run = sampleRun({
      repository: fake.name,
      issue: 7,
      branch: "signalbox/issue-7/intake" as BranchName,
      state: { phase: "running", attempt: 1, since: clock.now() },
    });
    await database.store.transaction((tx) => tx.runs.insert(run));
  });
  afterEach(() => database.close());

  const syncing = (forge: Forge, exclusiveSeconds?: number) =>
    createSyncStatusComment({ store: database.store, clock, forge, randomness: createRandomness(), exclusiveSeconds });

  it("write one status comment, however many are asked for it at once", async () => {
    const bot = fake.as("signalbox-bot");
    // Both look before either has written.
    const slow: Forge = { ...bot, comments: async (...args) => (await new Promise((resolve) => setImmediate(resolve)), bot.comments(...args)) };

    await Promise.all([syncing(slow)(run.id), syncing(slow)(run.id), syncing(slow)(run.id)]);

    expect(fake.comments).toHaveLength(1);
    expect(fake.writes.filter((write) => write.includes("createComment"))).toHaveLength(1);
  });

  it("have no late effect: one that was held up past its time finds that another has taken over, and writes nothing", async () => {
    const bot = fake.as("signalbox-bot");
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isHeld = (): void => {};
    const waits = new Promise<void>((resolve) => (isHeld = resolve));
    const stopped: Forge = {
      ...bot,
      async comments(...args) {
        const seen = await bot.comments(...args);
        isHeld();
        await held;
        return seen;
      },
    };
    const late = syncing(stopped, 0.05)(run.id);
    const outcome = late.catch((error: unknown) => error);
    await waits;
    let isDone = (): void => {};
    const inHand = new Promise<void>((resolve) => (isDone = resolve));
    let finish = (): void => {};
    const finishing = new Promise<void>((resolve) => (finish = resolve));
    const other: Forge = { ...bot, createComment: async (...args) => (isDone(), await finishing, bot.createComment(...args)) };
    const taken = syncing(other)(run.id);
    await inHand;
    goOn();
    expect(await outcome).toMatchObject({ code: "busy", retryable: true });
    finish();
    await taken;

    expect(fake.comments).toHaveLength(1);
  });

  it("declare an attempt lost once and start one next", async () => {
    const runtime = createFakeRuntime();
    const deps = {
      store: database.store,
      clock,
      runtime,
      log: { info() {}, warn() {}, error() {} },
      hasher: createHasher(),
      randomness: createRandomness(),
      bootstrapToken: (id: string, attempt: number) => `bootstrap-${id}-${attempt}`,
      leaseSeconds: 30,
      startSeconds: 120,
    };
    const attempt = sampleAttempt(run.id, { attempt: 1, phase: "active", leaseUntil: (clock.now() + 60_000) as never });
    await database.store.transaction((tx) => tx.attempts.insert(attempt, deps.hasher.sha256("bootstrap")));
    await runtime.start({ runId: run.id, attempt: 1, gatewayUrl: "", bootstrapToken: "" });
    runtime.alive.clear();

    const lost = await Promise.all([1, 2, 3, 4].map(() => createRecoverAttempts(deps)()));

    expect(lost.toSorted((left, right) => left - right)).toEqual([0, 0, 0, 1]);
    expect(await database.store.transaction((tx) => tx.attempts.latest(run.id))).toMatchObject({ attempt: 2, phase: "starting" });
    const events = await database.store.transaction((tx) => tx.flow.bySubject(`run:${run.id}`));
    expect(events.filter(({ type }) => type === "attempt.lost")).toHaveLength(1);
  });
});
