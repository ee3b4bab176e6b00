import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { BranchName, CorrelationId, Digest, Instant, RepositoryName, RequestId, ThreadId } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { Store, Transaction } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { sampleAttempt, sampleDecision, sampleDelivery, sampleFlowEvent, sampleRequest, sampleRun, sampleToolCall, unique } from "./samples.ts";

/** What every Store promises. Tests share one database and stay apart by their ids. */
export function storeConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`${name} as a store`, () => {
    let database: FreshDatabase;
    let store: Store;
    beforeAll(async () => {
      database = await create();
      store = database.store;
    });
    afterAll(async () => await database?.close());

    const inStore = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store.transaction(work);
    const stored = async (overrides: Partial<Run> = {}): Promise<Run> => {
      const run = sampleRun(overrides);
      await inStore((tx) => tx.runs.insert(run));
      return run;
    };
    const requested = async (overrides: Partial<DecisionRequest> = {}): Promise<DecisionRequest> => {
      const request = sampleRequest((await stored()).id, overrides);
      await inStore((tx) => tx.requests.insert(request));
      return request;
    };

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
        await expect(inStore(() => database.driver.query("select 1"))).rejects.toMatchObject({ code: "internal" });
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

        expect(await inStore((tx) => tx.deliveries.insert(delivery))).toBe(true);
        expect(await inStore((tx) => tx.deliveries.insert({ ...delivery, body: "other" }))).toBe(false);

        expect(await inStore((tx) => tx.deliveries.get(delivery.id))).toStrictEqual(delivery);
        expect(database.queue.jobs.filter((job) => "deliveryId" in job.payload && job.payload.deliveryId === delivery.id)).toStrictEqual([
          { name: "process-delivery", payload: { deliveryId: delivery.id }, inTransaction: true },
        ]);
      });

      it("enqueues nothing for a delivery that is stored as ignored", async () => {
        const delivery = sampleDelivery({ state: "ignored", outcome: "An event that nobody asked for." });

        await inStore((tx) => tx.deliveries.insert(delivery));

        expect(database.queue.jobs.some((job) => "deliveryId" in job.payload && job.payload.deliveryId === delivery.id)).toBe(false);
      });

      it("tells which are stored, and which wait", async () => {
        const old = sampleDelivery({ receivedAt: 10 as Instant });
        const late = sampleDelivery({ receivedAt: 20 as Instant });
        const done = sampleDelivery({ receivedAt: 10 as Instant });
        await inStore(async (tx) => {
          for (const delivery of [old, late, done]) await tx.deliveries.insert(delivery);
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
          pull: 12, keepSlot: true, threadId: "thread" as ThreadId, head: "a".repeat(40) as Run["head"],
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
        const ids = async (filter: Parameters<Transaction["runs"]["list"]>[0]): Promise<readonly number[]> => (await inStore((tx) => tx.runs.list({ repository, ...filter }))).map((run) => run.createdAt);

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
        for (const [id, attempt] of [[run.id, 1], [other.id, 1], [run.id, 2]] as const) {
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
          (await list).filter((one) => one.runId === run.id).map((one) => one.attempt).toSorted();

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

    describe("decision requests", () => {
      it("gives a request back as it was stored", async () => {
        const request = await requested({ rationale: "The charter is done." });

        expect(await inStore((tx) => tx.requests.get(request.id, { lock: true }))).toStrictEqual(request);
      });

      it("moves only the state, and keeps the first decision apart", async () => {
        const request = await requested();
        const decision = sampleDecision({ verdict: { type: "answer", text: "42 %", option: 1 } });

        await inStore((tx) => tx.requests.save({ ...request, arguments: { other: true }, state: { phase: "decided", decision } }));
        await inStore((tx) => tx.requests.save({ ...request, state: { phase: "executing", decision: sampleDecision({ signature: "other" }), startedAt: 3 as Instant } }));

        expect(await inStore((tx) => tx.requests.get(request.id))).toMatchObject({ arguments: request.arguments, state: { phase: "executing" } });
        const kept = await database.driver.query("select signature, decided_by, verdict from decisions where request_id = $1", [request.id]);
        expect(kept).toStrictEqual([{ signature: decision.signature, decided_by: "olga", verdict: decision.verdict }]);
      });

      it("refuses a decided phase without a signature", async () => {
        const request = await requested();

        await expect(inStore((tx) => tx.requests.save({ ...request, state: { phase: "decided", decision: sampleDecision({ signature: "" }) } }))).rejects.toMatchObject({ code: "internal" });
      });

      it("lists the open ones oldest first, those of a run, and the newest", async () => {
        const run = await stored();
        const make = (createdAt: number, overrides: Partial<DecisionRequest> = {}): DecisionRequest => sampleRequest(run.id, { createdAt: createdAt as Instant, ...overrides });
        const [first, second, closed] = [make(9_000_001), make(9_000_002, { kind: "question" }), make(9_000_003, { state: { phase: "expired", at: 3 as Instant } })];
        await inStore(async (tx) => {
          for (const request of [second, closed, first]) await tx.requests.insert(request);
        });

        expect(await inStore((tx) => tx.requests.open({ runId: run.id }))).toStrictEqual([first, second]);
        expect(await inStore((tx) => tx.requests.open({ runId: run.id, kind: "question" }))).toStrictEqual([second]);
        expect(await inStore((tx) => tx.requests.forRun(run.id))).toStrictEqual([first, second, closed]);
        expect(await inStore((tx) => tx.requests.recent(2))).toStrictEqual([closed, second]);
      });
    });

    describe("tool calls", () => {
      it("gives a call back by id, effect key and request", async () => {
        const run = await stored();
        const call = sampleToolCall(run.id, { effectKey: unique("effect"), requestId: unique("request") as RequestId, outcome: "ask", state: "pending", callId: "call_1" });
        await inStore((tx) => tx.toolCalls.insert(call));

        expect(await inStore((tx) => tx.toolCalls.get(call.id, { lock: true }))).toStrictEqual(call);
        expect(await inStore((tx) => tx.toolCalls.byEffectKey(call.effectKey!, { lock: true }))).toStrictEqual(call);
        expect(await inStore((tx) => tx.toolCalls.byRequest(call.requestId!))).toStrictEqual(call);
        const done = { ...call, state: "done" as const, result: { url: "x" }, executions: 1, repeats: 3, delivered: true, finishedAt: 8 as Instant };
        await inStore((tx) => tx.toolCalls.save(done));
        expect(await inStore((tx) => tx.toolCalls.forRun(run.id))).toStrictEqual([done]);
      });

      it("refuses a second row for one effect, and a second execution", async () => {
        const run = await stored();
        const call = sampleToolCall(run.id, { effectKey: unique("effect") });
        await inStore((tx) => tx.toolCalls.insert(call));

        await expect(inStore((tx) => tx.toolCalls.insert(sampleToolCall(run.id, { effectKey: call.effectKey })))).rejects.toMatchObject({ code: "conflict", retryable: false });
        await expect(inStore((tx) => tx.toolCalls.save({ ...call, executions: 2 }))).rejects.toMatchObject({ code: "internal" });
      });

      it("counts the calls of a tool that were not refused", async () => {
        const run = await stored();
        await inStore(async (tx) => {
          for (const state of ["done", "pending", "refused", "denied"] as const) await tx.toolCalls.insert(sampleToolCall(run.id, { state }));
          await tx.toolCalls.insert(sampleToolCall(run.id, { tool: "kb_search", state: "done" }));
        });

        expect(await inStore((tx) => tx.toolCalls.count(run.id, "github_comment"))).toBe(2);
      });
    });

    describe("rules and settings", () => {
      it("replaces all rules in their order", async () => {
        const rule = (id: string) => ({ id, description: id, tool: "*", outcome: "ask" as const, enabled: true, when: { ownTarget: true } });

        await inStore((tx) => tx.rules.replace([rule("z"), rule("a")]));
        await inStore((tx) => tx.rules.replace([rule("z"), rule("b"), rule("a")]));

        expect(await inStore((tx) => tx.rules.list())).toStrictEqual([rule("z"), rule("b"), rule("a")]);
      });

      it("keeps a setting", async () => {
        const key = unique("key");

        expect(await inStore((tx) => tx.settings.get(key))).toBeUndefined();
        await inStore((tx) => tx.settings.set(key, { a: 1 }));
        await inStore((tx) => tx.settings.set(key, { a: [null, "ü"] }));

        expect(await inStore((tx) => tx.settings.get(key))).toStrictEqual({ a: [null, "ü"] });
      });
    });

    describe("the outbox", () => {
      it("takes one effect per key and enqueues it once", async () => {
        const effect = { key: unique("effect"), action: { type: "start-attempt", runId: sampleRun().id, attempt: 1 } } as const;

        const [first] = await inStore((tx) => tx.outbox.add([effect], 5 as Instant));
        const [again] = await inStore((tx) => tx.outbox.add([effect], 6 as Instant));

        expect(first).toMatchObject({ key: effect.key, action: effect.action, state: "pending", attempts: 0, createdAt: 5 });
        expect(again).toStrictEqual(first);
        expect(database.queue.jobs.filter((job) => "effectId" in job.payload && job.payload.effectId === first!.id)).toHaveLength(1);
      });

      it("tells what is still to be done", async () => {
        const effects = ["a", "b", "c"].map((name) => ({ key: unique(name), action: { type: "sync-status-comment", runId: sampleRun().id } as const }));
        const [done, pending, late] = await inStore(async (tx) => [...(await tx.outbox.add(effects.slice(0, 2), 5 as Instant)), ...(await tx.outbox.add(effects.slice(2), 9 as Instant))]);
        const saved = { ...done!, state: "done" as const, attempts: 2, result: { comment: 7 }, lastError: "once\u0000", doneAt: 8 as Instant };

        await inStore((tx) => tx.outbox.save(saved));

        expect(await inStore((tx) => tx.outbox.get(done!.id, { lock: true }))).toStrictEqual({ ...saved, lastError: "once\u2400" });
        const ids = (await inStore((tx) => tx.outbox.pending(9 as Instant))).map((row) => row.id);
        expect(ids).toContain(pending!.id);
        expect(ids).not.toContain(done!.id);
        expect(ids).not.toContain(late!.id);
      });

      it("tells what was given up, and counts it as pending no more", async () => {
        const [row] = await inStore((tx) => tx.outbox.add([{ key: unique("given-up"), action: { type: "sync-status-comment", runId: sampleRun().id } }], 5 as Instant));
        const saved = { ...row!, state: "given-up" as const, attempts: 9, lastError: "the issue is locked" };

        await inStore((tx) => tx.outbox.save(saved));

        expect(await inStore((tx) => tx.outbox.givenUp())).toContainEqual(saved);
        expect(await inStore((tx) => tx.outbox.pending(9 as Instant))).not.toContainEqual(saved);
      });
    });

    describe("the flow of events", () => {
      it("numbers events without gaps, chains them, and gives them back as it returned them", async () => {
        const subject = unique("run:");
        const before = (await inStore((tx) => tx.flow.head()))?.sequence ?? 0;

        const appended = await inStore(async (tx) => [
          ...(await tx.flow.append([sampleFlowEvent({ subject, payload: { text: "NUL \u0000, half \ud800, ё", n: [1e21, -0, 0.1] } }), sampleFlowEvent({ subject })])),
          ...(await tx.flow.append([sampleFlowEvent({ subject, correlationId: "other" as CorrelationId })])),
        ]);

        expect(appended.map((event) => event.sequence)).toStrictEqual([before + 1, before + 2, before + 3]);
        expect(appended[1]!.previousHash).toBe(appended[0]!.hash);
        expect(appended[2]!.previousHash).toBe(appended[1]!.hash);
        expect(await inStore((tx) => tx.flow.bySubject(subject))).toEqual(appended);
        expect(await inStore((tx) => tx.flow.after(before, 2))).toEqual(appended.slice(0, 2));
        expect(await inStore((tx) => tx.flow.head())).toEqual(appended[2]);
      });

      it("leaves no gap when a transaction is undone", async () => {
        const before = (await inStore((tx) => tx.flow.append([sampleFlowEvent()])))[0]!;

        await inStore(async (tx) => {
          await tx.flow.append([sampleFlowEvent()]);
          throw new Error("undone");
        }).catch(() => undefined);

        expect((await inStore((tx) => tx.flow.append([sampleFlowEvent()])))[0]).toMatchObject({ sequence: before.sequence + 1, previousHash: before.hash });
      });

      it.each(["update flow_events set type = 'x'", "delete from flow_events", "truncate flow_events"])("refuses: %s", async (statement) => {
        await inStore((tx) => tx.flow.append([sampleFlowEvent()]));

        await expect(database.driver.query(statement)).rejects.toMatchObject({ code: "internal" });
      });

      it("tells listeners of a committed event", async () => {
        let told!: () => void;
        const notice = new Promise<void>((resolve) => (told = resolve));
        const stop = await store.onFlow(() => told());

        await inStore((tx) => tx.flow.append([sampleFlowEvent()]));

        await expect(notice).resolves.toBeUndefined();
        await stop();
      });
    });

    describe("what agents leave behind", () => {
      it("keeps each transcript item once, in order, from any place on", async () => {
        const run = await stored();
        const item = (attempt: number, sequence: number, text = "") => ({ runId: run.id, attempt, sequence, at: 1 as Instant, type: "message", content: { text } });

        await inStore((tx) => tx.transcript.append([item(1, 2), item(1, 1), item(2, 1, "a\u0000b")]));
        await inStore((tx) => tx.transcript.append([item(1, 2, "changed"), item(1, 3)]));

        expect(await inStore((tx) => tx.transcript.after(run.id, 0, 0, 10))).toStrictEqual([item(1, 1), item(1, 2), item(1, 3), item(2, 1, "a\u2400b")]);
        expect(await inStore((tx) => tx.transcript.after(run.id, 1, 2, 1))).toStrictEqual([item(1, 3)]);
      });

      it("gives the newest snapshot back byte by byte", async () => {
        const run = await stored();
        const snapshot = (attempt: number, sequence: number, content: number[]) => ({ runId: run.id, attempt, sequence, content: new Uint8Array(content), checksum: "c".repeat(64) as Digest, at: 1 as Instant });
        await inStore((tx) => tx.snapshots.save(snapshot(2, 1, [1])));
        await inStore((tx) => tx.snapshots.save({ ...snapshot(2, 1, [0, 255, 128]), threadId: "t" as ThreadId }));
        await inStore((tx) => tx.snapshots.save(snapshot(1, 9, [3])));

        expect(await inStore((tx) => tx.snapshots.latest(run.id))).toStrictEqual({ ...snapshot(2, 1, [0, 255, 128]), threadId: "t" });
        expect(await inStore((tx) => tx.snapshots.latest(sampleRun().id))).toBeUndefined();
      });

      it("keeps sessions and token usage", async () => {
        const run = await stored();
        const session = { id: unique("session"), runId: run.id, role: "pm", stage: "intake", startedAt: 1 as Instant } as const;
        const usage = { runId: run.id, attempt: 1, turn: 1, model: "m", inputTokens: 5_000_000_000, cachedInputTokens: 1, outputTokens: 2, reasoningTokens: 3, cost: 0.25, at: 1 as Instant };
        await inStore(async (tx) => {
          await tx.sessions.start(session);
          await tx.sessions.start(session);
          await tx.sessions.end(session.id, 5 as Instant, "Done.");
          await tx.usage.append(usage);
          await tx.usage.append({ ...usage, outputTokens: 99 });
        });

        expect(await inStore((tx) => tx.sessions.forRun(run.id))).toStrictEqual([{ ...session, endedAt: 5, summary: "Done." }]);
        expect(await inStore((tx) => tx.usage.forRun(run.id))).toStrictEqual([usage]);
      });
    });
  });
}
