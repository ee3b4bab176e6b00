import { describe, expect, it } from "vitest";
import type { BranchName, Digest, Instant, RepositoryName, RequestId, ThreadId } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { Transaction } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { sampleAttempt, sampleDelivery, sampleRun, unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

/** What every Store promises about transactions, repositories, deliveries, runs and attempts. */
export function storeConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`${name} as a store`, () => {
    const subject = storeSubject(create);
    const { inStore, stored } = subject;

    describe("a transaction", () => {
      it("stores nothing when its work throws, and passes the error on as it is", async () => {
        const run = sampleRun();
        const boom = new Error("boom");

        const failing = inStore(async (tx) => {
          await tx.runs.insert(run);
          throw boom;
        });

        await expect(failing).rejects.toBe(boom);
        expect(await inStore((tx) => tx.runs.get(run.id))).toBeUndefined();
      });

      it("stores nothing when a statement failed, even if the work swallowed that", async () => {
        const run = sampleRun();

        const failing = inStore(async (tx) => {
          await tx.runs.insert(run);
          await tx.session.query("select nonsense").catch(() => undefined);
        });

        await expect(failing).rejects.toMatchObject({ name: "InfrastructureError" });
        expect(await inStore((tx) => tx.runs.get(run.id))).toBeUndefined();
      });

      it("refuses another transaction inside itself instead of waiting for ever", async () => {
        await expect(inStore(() => inStore(async () => "inner"))).rejects.toMatchObject({ code: "internal" });
        await expect(inStore(() => subject.database().driver.query("select 1"))).rejects.toMatchObject({ code: "internal" });
      });

      it("refuses its session after the end", async () => {
        const tx = await inStore(async (inner) => inner);

        await expect(tx.runs.list({})).rejects.toMatchObject({ code: "internal" });
      });
    });

    describe("repositories", () => {
      it("keeps a repository and replaces it when saved again", async () => {
        const row = { name: unique("acme/r") as RepositoryName, project: "sample", defaultBranch: "main" as BranchName, reconciledUntil: 5 as Instant };

        await inStore((tx) => tx.repositories.save(row));
        await inStore((tx) => tx.repositories.save({ ...row, hookId: 7_000_000_000, reconciledUntil: 9 as Instant }));

        expect(await inStore((tx) => tx.repositories.get(row.name, { lock: true }))).toStrictEqual({ ...row, hookId: 7_000_000_000, reconciledUntil: 9 });
        expect((await inStore((tx) => tx.repositories.list())).map((one) => one.name)).toContain(row.name);
      });
    });

    describe("deliveries", () => {
      it("stores a delivery once and enqueues its job in the same transaction", async () => {
        const delivery = sampleDelivery();

        expect(await inStore((tx) => tx.deliveries.insert([delivery]))).toStrictEqual(new Set([delivery.id]));
        expect(await inStore((tx) => tx.deliveries.insert([{ ...delivery, body: "other" }]))).toStrictEqual(new Set());

        expect(await inStore((tx) => tx.deliveries.get(delivery.id))).toStrictEqual(delivery);
        expect(subject.database().queue.jobs.filter((job) => "deliveryId" in job.payload && job.payload.deliveryId === delivery.id)).toStrictEqual([
          { name: "process-delivery", payload: { deliveryId: delivery.id }, inTransaction: true },
        ]);
      });

      it("enqueues nothing for a delivery that is stored as ignored", async () => {
        const delivery = sampleDelivery({ state: "ignored", outcome: "An event that nobody asked for." });

        await inStore((tx) => tx.deliveries.insert([delivery]));

        expect(subject.database().queue.jobs.some((job) => "deliveryId" in job.payload && job.payload.deliveryId === delivery.id)).toBe(false);
      });

      it("tells which are stored, and which wait", async () => {
        const old = sampleDelivery({ receivedAt: 10 as Instant });
        const late = sampleDelivery({ receivedAt: 20 as Instant });
        const done = sampleDelivery({ receivedAt: 10 as Instant });
        await inStore(async (tx) => {
          await tx.deliveries.insert([old, late, done]);
          await tx.deliveries.finish(done.id, "processed", "Started run 1.", 30 as Instant);
        });

        expect(await inStore((tx) => tx.deliveries.known([old.id, sampleDelivery().id]))).toStrictEqual(new Set([old.id]));
        expect(await inStore((tx) => tx.deliveries.unprocessed(20 as Instant))).toStrictEqual([old.id]);
        expect(await inStore((tx) => tx.deliveries.get(done.id))).toMatchObject({ state: "processed", outcome: "Started run 1.", processedAt: 30 });
      });

      it("says when the delivery to finish is not there", async () => {
        await expect(inStore((tx) => tx.deliveries.finish(sampleDelivery().id, "failed", "x", 1 as Instant))).rejects.toMatchObject({ code: "not-found" });
      });
    });

    describe("runs", () => {
      it("gives a run back as it was stored, with and without its optional parts", async () => {
        const bare = await stored();
        const full = await stored({
          pull: 12,
          keepSlot: true,
          threadId: "thread" as ThreadId,
          head: "a".repeat(40) as Run["head"],
          trigger: { kind: "review", label: "run:intake:revise", actor: "olga", reviewId: 9 },
          state: { phase: "parked", attempt: 2, reason: "decision", requestId: "r" as RequestId, since: 1_763_695_571_123 as Instant },
        });

        expect(await inStore((tx) => tx.runs.get(bare.id))).toStrictEqual(bare);
        expect(await inStore((tx) => tx.runs.get(full.id, { lock: true }))).toStrictEqual(full);
      });

      it("refuses a second active run on a branch without spoiling the transaction, and allows it when the first has ended", async () => {
        const branch = unique("branch") as BranchName;
        const first = await stored({ branch });
        const second = sampleRun({ branch });

        await inStore(async (tx) => {
          await expect(tx.runs.insert(second)).rejects.toMatchObject({ code: "conflict", retryable: false });
          await tx.runs.save({ ...first, state: { phase: "succeeded", at: 9 as Instant } });
          await tx.runs.insert(second);
        });

        expect((await inStore((tx) => tx.runs.list({ branch }))).map((run) => run.id)).toStrictEqual([second.id, first.id]);
      });

      it("allows the same branch name in another repository", async () => {
        const branch = unique("branch") as BranchName;

        await stored({ branch });
        await stored({ branch, repository: "acme/other" as RepositoryName });

        expect(await inStore((tx) => tx.runs.list({ branch }))).toHaveLength(2);
      });

      it("filters, newest first, and honours the limit", async () => {
        const repository = unique("acme/list") as RepositoryName;
        const runs = await Promise.all([1, 2, 3].map((n) => stored({ repository, issue: n % 2, createdAt: n as Instant, ...(n === 3 ? { pull: 5 } : {}) })));
        await inStore((tx) => tx.runs.save({ ...runs[0]!, state: { phase: "failed", reason: "x", at: 4 as Instant } }));
        const ids = async (filter: Parameters<Transaction["runs"]["list"]>[0]): Promise<readonly number[]> =>
          (await inStore((tx) => tx.runs.list({ repository, ...filter }))).map((run) => run.createdAt);

        expect(await ids({})).toStrictEqual([3, 2, 1]);
        expect(await ids({ limit: 2 })).toStrictEqual([3, 2]);
        expect(await ids({ issue: 1 })).toStrictEqual([3, 1]);
        expect(await ids({ pull: 5 })).toStrictEqual([3]);
        expect(await ids({ phases: ["failed"] })).toStrictEqual([1]);
        expect(await ids({ phases: [] })).toStrictEqual([]);
      });

      it("says when the run to save is not there", async () => {
        await expect(inStore((tx) => tx.runs.save(sampleRun()))).rejects.toMatchObject({ code: "not-found" });
      });
    });

    describe("attempts", () => {
      it("gives every attempt a higher fencing token than all before", async () => {
        const run = await stored();
        const other = await stored();

        const tokens = [];
        for (const [id, attempt] of [
          [run.id, 1],
          [other.id, 1],
          [run.id, 2],
        ] as const) {
          tokens.push((await inStore((tx) => tx.attempts.insert(sampleAttempt(id, { attempt }), unique("hash") as Digest))).fencingToken);
        }

        expect(tokens).toStrictEqual(tokens.toSorted((a, b) => a - b));
        expect(new Set(tokens).size).toBe(3);
        expect(await inStore((tx) => tx.attempts.latest(run.id, { lock: true }))).toMatchObject({ attempt: 2, fencingToken: tokens[2] });
      });

      it("trades a bootstrap token once, and never for an ended attempt", async () => {
        const run = await stored();
        const hash = unique("hash") as Digest;
        const token = unique("token") as Digest;
        const attempt = await inStore((tx) => tx.attempts.insert(sampleAttempt(run.id), hash));
        const ended = unique("hash") as Digest;
        await inStore((tx) => tx.attempts.insert(sampleAttempt(run.id, { attempt: 2, phase: "ended", endedAt: 2 as Instant, outcome: "lost" }), ended));

        expect(await inStore((tx) => tx.attempts.exchange(hash, token))).toStrictEqual(attempt);
        expect(await inStore((tx) => tx.attempts.exchange(hash, unique("token") as Digest))).toBeUndefined();
        expect(await inStore((tx) => tx.attempts.exchange(unique("unknown") as Digest, unique("token") as Digest))).toBeUndefined();
        expect(await inStore((tx) => tx.attempts.exchange(ended, unique("token") as Digest))).toBeUndefined();
        expect(await inStore((tx) => tx.attempts.byToken(token))).toStrictEqual(attempt);
      });

      it("lists who is alive and whose lease ran out", async () => {
        const run = await stored();
        const insert = (attempt: number, overrides: Partial<Parameters<Transaction["attempts"]["insert"]>[0]>) =>
          inStore((tx) => tx.attempts.insert(sampleAttempt(run.id, { attempt, ...overrides }), unique("hash") as Digest));
        await insert(1, { phase: "ended", endedAt: 1 as Instant, leaseUntil: 10 as Instant });
        await insert(2, { leaseUntil: 10 as Instant });
        await insert(3, { leaseUntil: 11 as Instant, phase: "active" });
        const own = async (list: Promise<readonly { readonly runId: string; readonly attempt: number }[]>): Promise<readonly number[]> =>
          (await list)
            .filter((one) => one.runId === run.id)
            .map((one) => one.attempt)
            .toSorted((a, b) => a - b);

        expect(await own(inStore((tx) => tx.attempts.expired(10 as Instant)))).toStrictEqual([2]);
        expect(await own(inStore((tx) => tx.attempts.alive()))).toStrictEqual([2, 3]);
      });

      it("saves what changes", async () => {
        const run = await stored();
        const attempt = await inStore((tx) => tx.attempts.insert(sampleAttempt(run.id), unique("hash") as Digest));
        const ended = { ...attempt, phase: "ended" as const, endedAt: 7 as Instant, outcome: "parked", resumeInput: "Go on.", leaseUntil: 6 as Instant };

        await inStore((tx) => tx.attempts.save(ended));

        expect(await inStore((tx) => tx.attempts.get(run.id, 1))).toStrictEqual(ended);
      });
    });
  });
}
