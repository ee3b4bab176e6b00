import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { summariseChecks, type Check } from "../domain/check/check.ts";
import type { BranchName, CommitSha, DeliveryId, Instant, JsonObject } from "../domain/kernel/values.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { PullChecks } from "../ports/pull-checks.ts";
import { freshPostgres } from "../testing/databases.ts";
import { createOrchestrationBench, type OrchestrationBench } from "../testing/orchestration.ts";
import { describeOnPostgres } from "../testing/postgres-server.ts";
import { sampleFlowEvent, sampleRun } from "../testing/samples.ts";
import { changeRun, orchestratorActor } from "./change-run.ts";
import { hookEvents } from "./connect-repository.ts";
import { createDispatchEffect } from "./dispatch-effect.ts";
import { createReadChecks } from "./read-checks.ts";

const red: readonly Check[] = [
  { name: "build", state: "failed" },
  { name: "lint", state: "passed" },
];
const green = red.map(({ name }): Check => ({ name, state: "passed" }));
const minutes = 60_000;

let bench: OrchestrationBench;

/** A run with an open pull request that nothing is known of yet. */
async function pullOf(where: OrchestrationBench, number: number): Promise<{ number: number; branch: BranchName; head: () => CommitSha }> {
  const branch = `signalbox/issue-${number}/intake` as BranchName;
  where.forge.push(branch, { "a.md": "one" });
  where.forge.addPull({ number, head: branch });
  const run = sampleRun({ repository: where.forge.name, issue: number, pull: number, branch });
  await where.store.transaction(async (tx) => {
    await tx.runs.insert(run);
    await tx.pullChecks.follow(run.repository, number);
  });
  return { number, branch, head: () => where.forge.pulls.get(number)?.headSha ?? ("" as CommitSha) };
}

const known = (number = 12, where = bench): Promise<PullChecks | undefined> => where.store.transaction((tx) => tx.pullChecks.get(where.forge.name, number));
const outcomeOf = (id: DeliveryId) => bench.store.transaction((tx) => tx.deliveries.get(id));
const changes = async (): Promise<readonly JsonObject[]> =>
  (await bench.store.transaction((tx) => tx.flow.after(0, 500))).filter(({ type }) => type === "run.checks-changed").map(({ payload }) => payload);

/** What GitHub sends when a check run ends. */
function checkRun(sha: string, place: { readonly branch?: string; readonly pulls?: readonly number[] } = {}): JsonObject {
  const pulls = (place.pulls ?? []).map((number) => ({ number }));
  return { action: "completed", check_run: { head_sha: sha, check_suite: { head_branch: place.branch ?? null }, pull_requests: pulls } };
}

/** As the queue does with what may pass. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof InfrastructureError && error.code === "busy")) throw error;
    }
  }
}

beforeEach(async () => void (bench = await createOrchestrationBench()));
afterEach(() => bench.close());

describe("the checks of a run's pull request", () => {
  it("are read when the run has got it, without any word from the forge", async () => {
    bench.forge.beforeRead = (read) => {
      const [what, sha] = read.split(" ");
      if (what === "checks") bench.forge.checks.set(sha as CommitSha, red);
    };
    const { run } = await bench.toGate();

    expect(await known(run.pull)).toMatchObject({ isOpen: true, head: bench.forge.pulls.get(run.pull ?? 0)?.headSha, summary: summariseChecks(red) });
  });

  it.each(["check run", "status"])("are read when a %s of its head is told, once for the card, however often it is told", async (kind) => {
    const { head, branch, number } = await pullOf(bench, 12);
    bench.forge.checks.set(head(), red);
    const tell = () =>
      kind === "status"
        ? bench.deliver("status", { sha: head(), state: "failure", branches: [{ name: "main" }, { name: branch }] })
        : bench.deliver("check_run", checkRun(head(), { pulls: [number] }));
    const ids = [await tell(), await tell()];
    await bench.drain();
    await bench.processDelivery(ids[0] as DeliveryId);

    for (const id of ids) expect(await outcomeOf(id)).toMatchObject({ state: "processed", outcome: "the checks of pull request #12 are read" });
    expect(await known()).toMatchObject({ head: head(), summary: { passed: 1, failed: 1, running: 0, failing: ["build"] } });
    expect(await changes()).toMatchObject([{ issue: 12, pull: 12, summary: "1 of 2 checks failed (build)", failed: 1 }]);
  });

  it("are those that the forge has when a delivery is looked at, whatever the delivery says", async () => {
    const { head, branch } = await pullOf(bench, 12);
    bench.forge.checks.set(head(), green);
    await bench.deliver("status", { sha: head(), state: "failure", context: "build", branches: [{ name: branch }] });
    await bench.drain();

    expect(await known()).toMatchObject({ summary: { passed: 2, failed: 0 } });
  });

  it("are those of the present head, when word of an older one comes late", async () => {
    const { head, branch } = await pullOf(bench, 12);
    const old = head();
    bench.forge.checks.set(old, red);
    bench.forge.push(branch, { "a.md": "two" });
    bench.forge.checks.set(head(), green);
    await bench.deliver("check_run", checkRun(head(), { branch }));
    await bench.drain();
    await bench.deliver("check_run", checkRun(old, { branch }));
    await bench.drain();

    expect(await known()).toMatchObject({ head: head(), summary: { passed: 2 } });
  });

  it("are those of the new head, also when CI is told of before the head has moved, and even when word of the old one comes first", async () => {
    const { head, branch, number } = await pullOf(bench, 12);
    const old = head();
    bench.forge.checks.set(old, red);
    await bench.deliver("check_run", checkRun(old, { branch }));
    await bench.drain();
    bench.forge.push(branch, { "a.md": "two" });
    bench.forge.checks.set(head(), green);

    await bench.deliver("check_run", checkRun(old, { branch }));
    await bench.drain();
    expect(await known()).toMatchObject({ head: head(), summary: { passed: 2, failed: 0 } });
    await bench.deliver("pull_request", { action: "synchronize", pull_request: { number } });
    await bench.drain();
    expect(await changes()).toHaveLength(2);
  });

  it.each(["opened", "synchronize", "reopened"])("are read when the pull request is told to be %s", async (action) => {
    const { head, number } = await pullOf(bench, 12);
    bench.forge.checks.set(head(), red);
    const id = await bench.deliver("pull_request", { action, pull_request: { number } });
    await bench.drain();

    expect(await outcomeOf(id)).toMatchObject({ state: "processed" });
    expect(await known()).toMatchObject({ head: head(), summary: { failed: 1 } });
  });

  it("are gone with a push of the run, before the forge has said anything, and a reading under way does not bring them back", async () => {
    const { head, number } = await pullOf(bench, 12);
    bench.forge.checks.set(head(), red);
    await bench.readChecks(bench.forge.name, number);
    const read = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let isFirst = true;
    const checks: typeof bench.bot.checks = async (...asked) => {
      const found = await bench.bot.checks(...asked);
      if (isFirst) {
        isFirst = false;
        read.resolve();
        await goOn.promise;
      }
      return found;
    };
    const reading = createReadChecks({ store: bench.store, clock: bench.clock, forge: { pull: bench.bot.pull, checks } })(bench.forge.name, number);
    await read.promise;
    const [run] = await bench.runs();
    await bench.store.transaction(async (tx) => {
      const locked = run && (await tx.runs.get(run.id, { lock: true }));
      if (!locked) throw new Error("there is no run");
      const pushed = bench.forge.push(locked.branch, { "a.md": "two" });
      await changeRun(tx, locked, { type: "moved-head", sha: pushed }, { now: bench.clock.now(), actor: orchestratorActor });
    });
    expect(await known()).not.toHaveProperty("summary");
    goOn.resolve();
    await reading;

    expect(await known()).toMatchObject({ head: head(), summary: { passed: 0, failed: 0, running: 0 } });
  });

  it("are not overwritten by a reading that took longer than the one after it", async () => {
    const { head, number } = await pullOf(bench, 12);
    bench.forge.checks.set(head(), red);
    const goOn = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    let readings = 0;
    const checks: typeof bench.bot.checks = async (...asked) => {
      const found = await bench.bot.checks(...asked);
      readings += 1;
      if (readings === 1) {
        read.resolve();
        await goOn.promise;
      }
      return found;
    };
    const slow = createReadChecks({ store: bench.store, clock: bench.clock, forge: { pull: bench.bot.pull, checks } })(bench.forge.name, number);
    await read.promise;
    bench.forge.checks.set(head(), green);
    await bench.readChecks(bench.forge.name, number);
    goOn.resolve();

    expect(await slow).toBe("same");
    expect(readings).toBe(2);
    expect(await known()).toMatchObject({ summary: { passed: 2, failed: 0 } });
  });

  it("are read once for all that CI says at one moment, and again for what it says after the reading has begun", async () => {
    const { head, branch } = await pullOf(bench, 12);
    const reads: string[] = [];
    bench.forge.beforeRead = (read) => void reads.push(read);
    for (let job = 0; job < 20; job += 1) await bench.deliver("check_run", checkRun(head(), { branch }));
    await bench.drain();
    expect(reads).toEqual(["pull 12", `checks ${head()}`]);

    await bench.deliver("check_run", checkRun(head(), { branch }));
    await bench.drain();
    expect(reads).toHaveLength(4);
  });

  it("are not known where the forge does not let us read them, which breaks nothing", async () => {
    const { head, branch } = await pullOf(bench, 12);
    bench.forge.checks.set(head(), undefined);
    const id = await bench.deliver("check_run", checkRun(head(), { branch }));
    await bench.drain();

    expect(await outcomeOf(id)).toMatchObject({ state: "processed" });
    expect(await known()).toMatchObject({ head: head() });
    expect(await known()).not.toHaveProperty("summary");
    expect(await changes()).toEqual([]);
  });

  it("are read when a forge that was away is back, and not before", async () => {
    const { head, branch } = await pullOf(bench, 12);
    bench.forge.checks.set(head(), red);
    await bench.deliver("check_run", checkRun(head(), { branch }));
    bench.forge.beforeRead = () => {
      throw new InfrastructureError("unavailable", "forge down");
    };
    await expect(bench.drain()).rejects.toMatchObject({ code: "unavailable" });
    expect(await known()).toMatchObject({ version: 0 });
    bench.forge.beforeRead = () => {};
    await bench.drain();

    expect(await known()).toMatchObject({ summary: { failed: 1 } });
  });

  it.each([
    ["of a commit that is in no run's pull request", "check_run", checkRun("f".repeat(40), { branch: "feature", pulls: [77] })],
    ["of no commit", "check_run", { action: "completed", check_run: {} }],
    ["with fields of the wrong type", "status", { sha: 5, branches: "main" }],
    ["of a check that somebody wants to run again by a button of theirs", "check_run", { action: "requested_action", check_run: {} }],
    ["of a pull request that no run has", "pull_request", { action: "opened", pull_request: { number: 77 } }],
  ])("are not asked for by a delivery %s", async (_title, event, payload) => {
    await pullOf(bench, 12);
    const reads: string[] = [];
    bench.forge.beforeRead = (read) => void reads.push(read);
    const id = await bench.deliver(event, payload);
    await bench.drain();

    expect(await outcomeOf(id)).toMatchObject({ state: "ignored" });
    expect(reads).toEqual([]);
  });
});

it("the forge is asked to tell of checks", () => {
  expect(hookEvents).toEqual(expect.arrayContaining(["check_run", "status"]));
});

describe("checks that nobody was told of", () => {
  const reconcile = (): Promise<number> => bench.reconcileChecks(bench.forge.name);

  it("are found of a pull request that was never read, as those are that there were before checks were known", async () => {
    const { head } = await pullOf(bench, 12);
    bench.forge.checks.set(head(), red);
    await bench.clock.advance(120 * minutes);

    expect(await reconcile()).toBe(1);
    expect(await known()).toMatchObject({ summary: { failed: 1 } });
    expect(await reconcile()).toBe(0);
  });

  it("are found soon after they should have ended, and within the hour otherwise", async () => {
    await bench.clock.advance(120 * minutes);
    const [running, ended] = [await pullOf(bench, 12), await pullOf(bench, 13)];
    bench.forge.checks.set(running.head(), [{ name: "build", state: "running" }]);
    bench.forge.checks.set(ended.head(), green);
    await reconcile();
    bench.forge.checks.set(running.head(), red);
    bench.forge.checks.set(ended.head(), red);

    await bench.clock.advance(4 * minutes);
    expect(await reconcile()).toBe(0);
    await bench.clock.advance(minutes);
    expect(await reconcile()).toBe(1);
    expect(await known(12)).toMatchObject({ summary: { failed: 1 } });
    await bench.clock.advance(55 * minutes);
    expect(await reconcile()).toBe(1);
    expect(await known(13)).toMatchObject({ summary: { failed: 1 } });
  });

  it("are not looked for of a pull request that is closed or gone", async () => {
    await bench.clock.advance(120 * minutes);
    const { number } = await pullOf(bench, 12);
    await pullOf(bench, 13);
    bench.forge.pulls.delete(13);
    await bench.owner.closePull(bench.forge.name, number);
    await reconcile();
    const reads: string[] = [];
    bench.forge.beforeRead = (read) => void reads.push(read);
    await bench.clock.advance(600 * minutes);
    await reconcile();

    expect(reads).toEqual([]);
  });

  it("are looked for of a few at a time, and of all in the end, also when the forge goes away in between", async () => {
    await bench.clock.advance(120 * minutes);
    const pulls = [];
    for (let number = 20; number < 45; number += 1) pulls.push(await pullOf(bench, number));
    for (const { head } of pulls) bench.forge.checks.set(head(), red);
    let reads = 0;
    bench.forge.beforeRead = () => {
      reads += 1;
      if (reads === 7) throw new InfrastructureError("unavailable", "forge down");
    };
    await expect(reconcile()).rejects.toMatchObject({ code: "unavailable" });

    const found = [await reconcile(), await reconcile(), await reconcile(), await reconcile()];

    expect(found).toEqual([10, 10, 2, 0]);
    for (const { number } of pulls) expect(await known(number)).toMatchObject({ summary: { failed: 1 } });
  });
});

it("checks that one pull request refuses keep nobody from those of the others", async () => {
  await bench.clock.advance(120 * minutes);
  const [refused, other] = [await pullOf(bench, 12), await pullOf(bench, 13)];
  bench.forge.checks.set(other.head(), red);
  bench.forge.beforeRead = (read) => {
    if (read === `pull ${refused.number}`) throw new InfrastructureError("invalid-response", "no", { retryable: false });
  };

  await expect(bench.reconcileChecks(bench.forge.name)).rejects.toMatchObject({ code: "invalid-response" });
  expect(await known(other.number)).toMatchObject({ summary: { failed: 1 } });
});

describe("whatever order the deliveries come in", () => {
  let shared: OrchestrationBench;
  let next = 100;
  beforeAll(async () => void (shared = await createOrchestrationBench()));
  afterAll(() => shared.close());

  const step = fc.oneof(
    fc.record({
      type: fc.constant("report" as const),
      name: fc.constantFrom("build", "lint"),
      state: fc.constantFrom("failed" as const, "running" as const, "passed" as const),
    }),
    fc.record({ type: fc.constant("move" as const) }),
    /** Deliveries that begin to be worked on now, all at once, by where they stand among those that were sent; what follows happens meanwhile. */
    fc.record({ type: fc.constant("arrive" as const), which: fc.array(fc.nat(), { maxLength: 3 }) }),
  );

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it("the stored checks are those of the forge once all have come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), fc.infiniteStream(fc.nat()), async (steps, chance) => {
        next += 1;
        const { head, branch, number } = await pullOf(shared, next);
        const sent: (readonly [event: string, payload: JsonObject])[] = [];
        const arrive = (which: readonly number[]): Promise<unknown> =>
          Promise.all(
            which.map(async (place) => {
              const delivery = sent[place % sent.length];
              if (!delivery) return;
              await shared.processDelivery(await shared.deliver(...delivery));
              // Each time by another process, which does not wait for what the others are at.
              const dispatch = createDispatchEffect(shared.dispatching);
              const pending = await shared.store.transaction((tx) => tx.outbox.pending((shared.clock.now() + 1) as Instant));
              await Promise.all(pending.map(({ id }) => untilDone(() => dispatch(id))));
            }),
          );
        const underWay: Promise<unknown>[] = [];
        // Of the questions that are asked before the end one in three is answered after all others, and what was asked before it is stale by then.
        const end = Promise.withResolvers<void>();
        let isEnd = false;
        shared.forge.beforeRead = async () => {
          if (!isEnd && (chance.next().value ?? 0) % 3 === 0) await end.promise;
        };
        for (const each of steps) {
          await turn();
          if (each.type === "arrive") underWay.push(arrive(each.which));
          else if (each.type === "move") {
            shared.forge.push(branch, { "a.md": String(sent.length) });
            sent.push(["pull_request", { action: "synchronize", pull_request: { number } }]);
          } else {
            const others = (shared.forge.checks.get(head()) ?? []).filter(({ name }) => name !== each.name);
            shared.forge.checks.set(head(), [...others, { name: each.name, state: each.state }]);
            sent.push(["check_run", checkRun(head(), { branch })]);
          }
        }
        isEnd = true;
        const inAnyOrder = sent.map((_, place) => [chance.next().value, place] as const).toSorted(([a], [b]) => a - b);
        for (const [, place] of inAnyOrder) await arrive([place]);
        end.resolve();
        await Promise.all(underWay);

        const stored = await known(number, shared);
        if (sent.length > 0) expect(stored).toMatchObject({ head: head(), summary: summariseChecks(shared.forge.checks.get(head()) ?? []) });
      }),
      { numRuns: 60 },
    );
  });
});

describeOnPostgres("readings by several processes", (serverUrl) => {
  it("end with what the forge has, while the run pushes", async () => {
    const shared = await createOrchestrationBench(undefined, freshPostgres(serverUrl));
    const { head, branch, number } = await pullOf(shared, 12);
    const [run] = await shared.runs();
    const pushing = async (round: number): Promise<void> => {
      const sha = shared.forge.push(branch, { "a.md": String(round) });
      shared.forge.checks.set(sha, red);
      await shared.store.transaction(async (tx) => {
        const locked = run && (await tx.runs.get(run.id, { lock: true }));
        // As a push does: the end of the trail is held before the head is moved.
        await tx.flow.append([sampleFlowEvent()]);
        if (locked) await changeRun(tx, locked, { type: "moved-head", sha }, { now: shared.clock.now(), actor: orchestratorActor });
      });
      await untilDone(() => shared.readChecks(shared.forge.name, number));
    };
    await Promise.all(Array.from({ length: 4 }, (_, round) => pushing(round)));

    expect(await known(number, shared)).toMatchObject({ head: head(), summary: { passed: 1, failed: 1 } });
    await shared.close();
  });
});
