import { afterEach, beforeEach, expect, it } from "vitest";
import { createHasher, createRandomness } from "../adapters/node-crypto/hashing.ts";
import { createSystemClock } from "../adapters/system-clock/clock.ts";
import type { BranchName, Instant, PersonId } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { createPauseAll, createRestoreAll } from "../usecases/pause-all.ts";
import { createResumeRun } from "../usecases/resume-run.ts";
import { createSettleHolds } from "../usecases/settle-holds.ts";
import { freshPostgres, type FreshDatabase } from "./databases.ts";
import { describeOnPostgres } from "./postgres-server.ts";
import { sampleAttempt, sampleRun } from "./samples.ts";

const olga = "olga" as PersonId;
const clock = createSystemClock((error) => {
  throw error;
});

/** What two orchestrators and an owner do at the same time, each with connections of its own. */
describeOnPostgres("a pause on a database with two orchestrators", (serverUrl) => {
  let database: FreshDatabase;
  let runs: readonly Run[];

  beforeEach(async () => {
    database = await freshPostgres(serverUrl);
    runs = Array.from({ length: 12 }, (_, index) =>
      sampleRun({ issue: index + 1, branch: `signalbox/issue-${index + 1}/intake` as BranchName, state: waiting, createdAt: index as Instant }),
    );
    await database.store.transaction(async (tx) => {
      for (const run of runs) {
        await tx.runs.insert(run);
        await tx.attempts.insert(sampleAttempt(run.id, { phase: "ended", endedAt: 2_000 as Instant }), createHasher().sha256(run.id));
      }
    });
  });
  afterEach(() => database.close());

  const waiting: Run["state"] = { phase: "parked", attempt: 1, reason: "answer", since: 1 as Instant };
  const process = () => {
    const deps = {
      store: database.store,
      clock,
      log: { info() {}, warn: (...args: unknown[]) => expect(args).toBeUndefined(), error() {} },
      hasher: createHasher(),
      randomness: createRandomness(),
      bootstrapToken: (id: string, attempt: number) => `bootstrap-${id}-${attempt}`,
      leaseSeconds: 30,
      startSeconds: 120,
    };
    return {
      pauseAll: createPauseAll(deps),
      restoreAll: createRestoreAll(deps),
      resumeRun: createResumeRun(deps),
      settleHolds: createSettleHolds(deps),
    };
  };
  const events = () => database.store.transaction((tx) => tx.flow.after(0, 10_000));
  const phases = async (): Promise<readonly string[]> =>
    Promise.all(
      runs.map(async ({ id }) => {
        const state = (await database.store.transaction((tx) => tx.runs.get(id)))?.state;
        return state?.phase === "parked" ? state.reason : (state?.phase ?? "gone");
      }),
    );

  it("lets no attempt begin after it, however many are about to, and misses none that began before it", async () => {
    const [first, second] = [process(), process()];
    const resuming = runs.map((run, index) => (index % 2 === 0 ? first : second).resumeRun(run.id));
    const pausing = Promise.all([first.pauseAll(olga, "first"), second.pauseAll("boris" as PersonId, "second")]);
    await Promise.all([...resuming, pausing]);
    await Promise.all([first.settleHolds(), second.settleHolds(), first.settleHolds()]);

    const told = await events();
    const paused = told.filter((event) => event.type === "workspace.paused");
    expect(paused).toHaveLength(1);
    const lastBegin = told.findLast((event) => event.type === "run.resumed")?.sequence ?? 0;
    expect(lastBegin).toBeLessThan(paused[0]?.sequence ?? 0);
    expect(await phases()).toEqual(runs.map(() => "pause"));
    expect(await database.store.transaction((tx) => tx.attempts.alive())).toEqual([]);
  });

  it("is restored once: every run goes on with one attempt, and nothing of it is left", async () => {
    const [first, second] = [process(), process()];
    await first.pauseAll(olga);
    for (const run of runs) await second.resumeRun(run.id);
    expect(await phases()).toEqual(runs.map(() => "pause"));
    await Promise.all([first.restoreAll(olga), second.restoreAll(olga)]);
    await Promise.all([first.settleHolds(), second.settleHolds(), first.settleHolds(), second.settleHolds()]);

    expect(await phases()).toEqual(runs.map(() => "preparing"));
    const alive = await database.store.transaction((tx) => tx.attempts.alive());
    expect(alive.map(({ attempt }) => attempt)).toEqual(runs.map(() => 2));
    const told = await events();
    expect(told.filter((event) => event.type === "workspace.restored")).toHaveLength(1);
    expect(told.filter((event) => event.type === "run.resumed")).toHaveLength(runs.length);
  });

  it("and its end, in any order with those who begin and settle, leave every run as the last word says", async () => {
    const [first, second] = [process(), process()];
    await Promise.all([
      ...runs.map((run) => first.resumeRun(run.id)),
      second.pauseAll(olga),
      first.settleHolds(),
      second.restoreAll(olga),
      second.settleHolds(),
      first.pauseAll(olga),
      second.settleHolds(),
    ]);
    await first.restoreAll(olga);
    await Promise.all([first.settleHolds(), second.settleHolds()]);

    expect(await phases()).toEqual(runs.map(() => "preparing"));
    const alive = await database.store.transaction((tx) => tx.attempts.alive());
    expect(new Set(alive.map(({ runId }) => runId)).size).toBe(alive.length);
    expect(alive).toHaveLength(runs.length);
  });
});
