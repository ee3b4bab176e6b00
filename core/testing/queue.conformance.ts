import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Queue } from "../ports/queue.ts";
import type { SqlDriver } from "../ports/sql-driver.ts";
import { unique } from "./samples.ts";

export interface QueueUnderTest {
  readonly driver: SqlDriver;
  /** A further queue on the same database, not started. `onError` is told what its workers threw. */
  createQueue(onError: (error: unknown) => void): Queue;
  close(): Promise<void>;
}

/** What every Queue promises. */
export function queueConformance(name: string, create: () => Promise<QueueUnderTest>): void {
  describe(`${name} as a queue`, () => {
    let subject: QueueUnderTest;
    const running: Queue[] = [];
    beforeAll(async () => void (subject = await create()));
    afterEach(async () => {
      for (const queue of running.splice(0)) await queue.stop();
    });
    afterAll(async () => await subject?.close());

    const start = async (errors: unknown[] = []): Promise<Queue> => {
      const queue = subject.createQueue((error) => errors.push(error));
      await queue.start();
      running.push(queue);
      return queue;
    };

    it("brings every job to a worker", async () => {
      const queue = await start();
      const wanted = Array.from({ length: 20 }, () => unique("delivery"));
      const worked = collector<string>(wanted.length);
      await queue.work("process-delivery", 3, async ({ deliveryId }) => worked.add(deliveryId));

      for (const deliveryId of wanted) await queue.enqueue("process-delivery", { deliveryId });

      expect((await worked.all).toSorted()).toStrictEqual(wanted.toSorted());
    });

    it("has a job if and only if its transaction commits", async () => {
      const queue = await start();
      const [undone, done] = [unique("undone"), unique("done")];
      const worked = collector<string>(1);
      await queue.work("process-delivery", 1, async ({ deliveryId }) => worked.add(deliveryId));

      await subject.driver
        .transaction(async (session) => {
          await queue.enqueue("process-delivery", { deliveryId: undone }, { session });
          throw new Error("undone");
        })
        .catch(() => undefined);
      await subject.driver.transaction((session) => queue.enqueue("process-delivery", { deliveryId: done }, { session }));

      expect(await worked.all).toStrictEqual([done]);
    });

    it("takes the first job of a kind inside a transaction, with nobody at work yet", async () => {
      const queue = await start();
      const [effectId, deliveryId] = [unique("effect"), unique("delivery")];
      const worked = collector<string>(2);

      await subject.driver.transaction(async (session) => {
        await queue.enqueue("dispatch-effect", { effectId }, { session });
        await queue.enqueue("process-delivery", { deliveryId }, { session });
      });

      await queue.work("dispatch-effect", 1, async (payload) => worked.add(payload.effectId));
      await queue.work("process-delivery", 1, async (payload) => worked.add(payload.deliveryId));
      expect((await worked.all).toSorted()).toStrictEqual([deliveryId, effectId].toSorted());
    });

    it("brings a failed job again, without losing it or the ones behind it, and reports the failure", async () => {
      const errors: unknown[] = [];
      const queue = await start(errors);
      const [bad, good] = [unique("bad"), unique("good")];
      const worked = collector<string>(3);
      const boom = new Error("boom");
      let failures = 0;
      await queue.work("dispatch-effect", 1, async ({ effectId }) => {
        worked.add(effectId);
        if (effectId === bad && failures++ === 0) throw boom;
      });

      await queue.enqueue("dispatch-effect", { effectId: bad });
      await queue.enqueue("dispatch-effect", { effectId: good });

      expect(await worked.all).toStrictEqual([bad, good, bad]);
      expect(errors).toStrictEqual([boom]);
    });

    it("keeps jobs until somebody works on their kind", async () => {
      const effectId = unique("effect");
      const first = await start();
      await first.enqueue("dispatch-effect", { effectId });
      await first.stop();
      running.splice(0);
      const worked = collector<string>(1);

      const second = await start();
      await second.work("dispatch-effect", 1, async (payload) => worked.add(payload.effectId));

      expect(await worked.all).toStrictEqual([effectId]);
    });

    it("holds a delayed job back behind one that is due", async () => {
      const queue = await start();
      const [later, now] = [unique("later"), unique("now")];
      const worked = collector<string>(2);
      await queue.work("process-delivery", 1, async ({ deliveryId }) => worked.add(deliveryId));

      await queue.enqueue("process-delivery", { deliveryId: later }, { notBefore: 1_000 });
      await queue.enqueue("process-delivery", { deliveryId: now });

      expect(await worked.all).toStrictEqual([now, later]);
    });

    it("waits for the job under way when it stops", async () => {
      const queue = await start();
      const begun = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      let finished = false;
      await queue.work("process-delivery", 1, async () => {
        begun.resolve();
        await release.promise;
        finished = true;
      });
      await queue.enqueue("process-delivery", { deliveryId: unique("slow") });
      await begun.promise;

      const stopping = queue.stop();
      running.splice(0);
      release.resolve();
      await stopping;

      expect(finished).toBe(true);
    });

    it("refuses jobs while it is not started", async () => {
      const queue = subject.createQueue(() => undefined);

      await expect(queue.enqueue("process-delivery", { deliveryId: "x" })).rejects.toMatchObject({ code: "unavailable" });
    });
  });
}

/** Collects values until there are `count` of them. */
function collector<T>(count: number): { add(value: T): void; readonly all: Promise<readonly T[]> } {
  const values: T[] = [];
  const { promise, resolve } = Promise.withResolvers<readonly T[]>();
  return {
    add(value) {
      values.push(value);
      if (values.length === count) resolve([...values]);
    },
    all: promise,
  };
}
