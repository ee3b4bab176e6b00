import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startClaimLoop, type ClaimedJob, type ClaimLoop, type ClaimLoopOptions, type ClaimSource } from "./claim-loop.ts";

type Job = ClaimedJob<number>;

/** A queue in memory that notes what it is asked. */
function createSource(jobs: readonly number[]) {
  const waiting: Job[] = jobs.map(job);
  const noted = { claims: [] as number[], completed: [] as number[][], failed: [] as number[], touched: [] as number[][] };
  const source: ClaimSource<number> = {
    async claim(limit) {
      noted.claims.push(limit);
      return waiting.splice(0, limit);
    },
    async complete(done) {
      noted.completed.push(done.map(({ data }) => data));
    },
    async fail({ data }) {
      noted.failed.push(data);
    },
    async touch(held) {
      noted.touched.push(held.map(({ data }) => data));
    },
  };
  return { source, noted, add: (...more: number[]) => waiting.push(...more.map(job)) };
}

const job = (data: number): Job => ({ id: `job-${data}`, retryCount: 0, data });
const times = { pollEvery: 1_000, touchEvery: 5_000, giveUpAfter: 60_000 };

describe("the claim loop", () => {
  const loops: ClaimLoop[] = [];
  const errors: unknown[] = [];
  beforeEach(() => void vi.useFakeTimers());
  afterEach(async () => {
    const stopped = Promise.all(loops.splice(0).map((loop) => loop.stop(1_000)));
    await vi.runOnlyPendingTimersAsync();
    await stopped;
    errors.length = 0;
    vi.useRealTimers();
  });

  function start(options: Pick<ClaimLoopOptions<number>, "source" | "concurrency" | "handle" | "rest">): ClaimLoop {
    const loop = startClaimLoop({ ...options, ...times, onError: (error) => errors.push(error) });
    loops.push(loop);
    return loop;
  }

  it("works off whatever has gathered without waiting for a notice or a poll", async () => {
    const { source, noted } = createSource(Array.from({ length: 1_000 }, (_, index) => index));
    start({ source, concurrency: 4, handle: async () => undefined });

    await vi.advanceTimersByTimeAsync(0);

    expect(noted.completed.flat().toSorted((a, b) => a - b)).toStrictEqual(Array.from({ length: 1_000 }, (_, index) => index));
  });

  it("claims as many as it has places free, and completes together what ended together", async () => {
    const { source, noted } = createSource([1, 2, 3, 4, 5, 6]);
    start({ source, concurrency: 3, handle: async () => undefined });

    await vi.advanceTimersByTimeAsync(0);

    expect(noted.claims).toStrictEqual([3, 3, 3]);
    expect(noted.completed).toStrictEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it("lets a slow job hold up nothing but its own place", async () => {
    const { source, noted } = createSource([0, 1, 2, 3, 4]);
    const slow = Promise.withResolvers<void>();
    start({ source, concurrency: 2, handle: (data) => (data === 0 ? slow.promise : Promise.resolve()) });

    await vi.advanceTimersByTimeAsync(0);
    expect(noted.completed.flat()).toStrictEqual([1, 2, 3, 4]);

    slow.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(noted.completed.flat()).toStrictEqual([1, 2, 3, 4, 0]);
  });

  it("fails a job alone, and says why", async () => {
    const { source, noted } = createSource([1, 2, 3]);
    const reason = new Error("two");
    start({ source, concurrency: 3, handle: async (data) => (data === 2 ? await Promise.reject(reason) : undefined) });

    await vi.advanceTimersByTimeAsync(0);

    expect(noted.failed).toStrictEqual([2]);
    expect(noted.completed.flat()).toStrictEqual([1, 3]);
    expect(errors).toStrictEqual([reason]);
  });

  it("is woken for new jobs, and finds by its poll what nobody woke it for", async () => {
    const { source, noted, add } = createSource([]);
    const loop = start({ source, concurrency: 2, handle: async () => undefined });
    await vi.advanceTimersByTimeAsync(0);

    add(1);
    loop.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(noted.completed).toStrictEqual([[1]]);

    add(2);
    await vi.advanceTimersByTimeAsync(times.pollEvery);
    expect(noted.completed).toStrictEqual([[1], [2]]);
  });

  it("asks less often when nothing has happened for a while, and as often as ever after a notice or a job", async () => {
    const { source, noted, add } = createSource([]);
    let asked = 0;
    const claim: ClaimSource<number>["claim"] = (limit) => ((asked += 1), source.claim(limit));
    const rest = { after: 10_000, pollEvery: 5_000 };
    const loop = start({ source: { ...source, claim }, concurrency: 1, handle: async () => undefined, rest });
    const askedWithin = async (milliseconds: number): Promise<number> => {
      asked = 0;
      await vi.advanceTimersByTimeAsync(milliseconds);
      return asked;
    };

    await vi.advanceTimersByTimeAsync(rest.after + times.pollEvery);
    expect(await askedWithin(30_000)).toBe(6);

    loop.wake();
    expect(await askedWithin(rest.after)).toBeGreaterThanOrEqual(10);

    await vi.advanceTimersByTimeAsync(30_000);
    add(1);
    await vi.advanceTimersByTimeAsync(rest.pollEvery);
    expect(noted.completed).toStrictEqual([[1]]);
    expect(await askedWithin(5_000)).toBeGreaterThanOrEqual(5);
  });

  it("keeps its claims alive while the database cannot be told that the work is done, and tells it later", async () => {
    const { source, noted } = createSource([1]);
    const down = new Error("down");
    let isDown = true;
    const complete: ClaimSource<number>["complete"] = async (done) => (isDown ? await Promise.reject(down) : await source.complete(done));
    let runs = 0;
    start({ source: { ...source, complete }, concurrency: 1, handle: async () => void (runs += 1) });

    await vi.advanceTimersByTimeAsync(times.touchEvery);
    expect(noted.touched).toStrictEqual([[1]]);
    isDown = false;
    await vi.advanceTimersByTimeAsync(times.pollEvery);

    expect(noted.completed).toStrictEqual([[1]]);
    expect(runs).toBe(1);
  });

  it("gives up a handler that does not end, fails its job once, and uses its place", async () => {
    const { source, noted, add } = createSource([1]);
    const never = Promise.withResolvers<void>();
    start({ source, concurrency: 1, handle: (data) => (data === 1 ? never.promise : Promise.resolve()) });
    await vi.advanceTimersByTimeAsync(times.giveUpAfter + times.touchEvery);
    expect(noted.failed).toStrictEqual([1]);

    add(2);
    await vi.advanceTimersByTimeAsync(times.pollEvery);
    never.resolve();
    await vi.advanceTimersByTimeAsync(0);

    expect(noted.completed).toStrictEqual([[2]]);
    expect(noted.failed).toStrictEqual([1]);
  });

  it("claims nothing more when it is stopped, and waits for what is under way", async () => {
    const { source, noted } = createSource([1, 2]);
    const slow = Promise.withResolvers<void>();
    const loop = start({ source, concurrency: 1, handle: () => slow.promise });
    await vi.advanceTimersByTimeAsync(0);

    let stopped = false;
    const stopping = loop.stop(30_000).then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(stopped).toBe(false);
    slow.resolve();
    await stopping;

    expect(noted.completed).toStrictEqual([[1]]);
    expect(noted.claims).toStrictEqual([1]);
  });
});

describe("the claim loop, whatever its jobs do", () => {
  it("settles each job once as it ended, and never has more under way than it may", async () => {
    const jobs = fc.array(fc.record({ ticks: fc.nat(6), fails: fc.boolean() }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(jobs, fc.integer({ min: 1, max: 7 }), async (kinds, concurrency) => {
        const { source, noted } = createSource(kinds.map((_, index) => index));
        let [underWay, most] = [0, 0];
        const all = Promise.withResolvers<void>();
        const settled = (): number => noted.completed.flat().length + noted.failed.length;
        const watch = (): void => (settled() === kinds.length ? all.resolve() : void setImmediate(watch));
        const handle = async (index: number): Promise<void> => {
          most = Math.max(most, (underWay += 1));
          for (let tick = 0; tick < (kinds[index]?.ticks ?? 0); tick += 1) await new Promise((resolve) => setImmediate(resolve));
          underWay -= 1;
          if (kinds[index]?.fails) throw new Error("fails");
        };
        const loop = startClaimLoop({ source, concurrency, handle, onError: () => undefined, ...times });
        watch();
        await all.promise;
        await loop.stop(1_000);

        expect(most).toBeLessThanOrEqual(concurrency);
        expect(noted.failed.toSorted((a, b) => a - b)).toStrictEqual(kinds.flatMap(({ fails }, index) => (fails ? [index] : [])));
        expect(noted.completed.flat().toSorted((a, b) => a - b)).toStrictEqual(kinds.flatMap(({ fails }, index) => (fails ? [] : [index])));
      }),
      { numRuns: 60 },
    );
  });
});
