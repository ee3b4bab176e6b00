import { describe, expect, it } from "vitest";
import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { CorrelationId, Digest, Instant, JsonObject, PersonId, RequestId, ThreadId } from "../domain/kernel/values.ts";
import type { Run, WaitReason } from "../domain/run/run.ts";
import type { TokenUsageRow } from "../ports/store.ts";
import type { FreshDatabase } from "./databases.ts";
import { sampleDecision, sampleFlowEvent, sampleRequest, sampleRun, sampleToolCall, unique } from "./samples.ts";
import { storeSubject } from "./store-subject.ts";

/** What every Store promises about decisions, tool calls, effects, the audit trail, and what agents leave behind. */
export function recordsConformance(name: string, create: () => Promise<FreshDatabase>): void {
  describe(`${name} as a store of records`, () => {
    const subject = storeSubject(create);
    const { inStore, stored, requested } = subject;

    describe("decision requests", () => {
      it("gives a request back as it was stored", async () => {
        const request = await requested({ rationale: "The charter is done." });

        expect(await inStore((tx) => tx.requests.get(request.id, { lock: true }))).toStrictEqual(request);
      });

      it("moves only the state, and keeps the first decision apart", async () => {
        const request = await requested();
        const decision = sampleDecision({ verdict: { type: "answer", text: "42 %", option: 1 } });

        await inStore((tx) => tx.requests.save({ ...request, arguments: { other: true }, state: { phase: "decided", decision } }));
        await inStore((tx) =>
          tx.requests.save({ ...request, state: { phase: "executing", decision: sampleDecision({ signature: "other" }), startedAt: 3 as Instant } }),
        );

        expect(await inStore((tx) => tx.requests.get(request.id))).toMatchObject({ arguments: request.arguments, state: { phase: "executing" } });
        const kept = await subject.database().driver.query("select signature, decided_by, verdict from decisions where request_id = $1", [request.id]);
        expect(kept).toStrictEqual([{ signature: decision.signature, decided_by: "olga", verdict: decision.verdict }]);
      });

      it("refuses a decided phase without a signature", async () => {
        const request = await requested();

        await expect(
          inStore((tx) => tx.requests.save({ ...request, state: { phase: "decided", decision: sampleDecision({ signature: "" }) } })),
        ).rejects.toMatchObject({ code: "internal" });
      });

      it("lists the open ones oldest first, those of a run, and the newest", async () => {
        const run = await stored();
        const make = (createdAt: number, overrides: Partial<DecisionRequest> = {}): DecisionRequest =>
          sampleRequest(run.id, { createdAt: createdAt as Instant, ...overrides });
        const [first, second, closed] = [
          make(9_000_001),
          make(9_000_002, { kind: "question" }),
          make(9_000_003, { state: { phase: "expired", at: 3 as Instant } }),
        ];
        await inStore(async (tx) => {
          for (const request of [second, closed, first]) await tx.requests.insert(request);
        });

        expect(await inStore((tx) => tx.requests.open({ runId: run.id }))).toStrictEqual([first, second]);
        expect(await inStore((tx) => tx.requests.open({ runId: run.id, kind: "question" }))).toStrictEqual([second]);
        expect(await inStore((tx) => tx.requests.forRun(run.id))).toStrictEqual([first, second, closed]);
        expect(await inStore((tx) => tx.requests.recent(2))).toStrictEqual([closed, second]);
      });

      it("keeps who edited a request, and lets one request have one in its place", async () => {
        const run = await stored();
        const asked = sampleRequest(run.id);
        const edit = { of: asked.id, shown: asked.digest, asked: asked.arguments, by: "olga", surface: "desktop", at: 1, keyId: "k", signature: "s" };
        const edited = () => sampleRequest(run.id, { edit: edit as DecisionRequest["edit"] });
        const next = edited();
        await inStore(async (tx) => {
          await tx.requests.insert(asked);
          await tx.requests.insert(next);
        });

        expect(await inStore((tx) => tx.requests.get(next.id))).toStrictEqual(next);
        expect((await inStore((tx) => tx.audit.request(next.id)))?.request).toStrictEqual(next);
        await expect(inStore((tx) => tx.requests.insert(edited()))).rejects.toMatchObject({ code: "conflict" });
        await expect(inStore((tx) => tx.requests.insert({ ...edited(), kind: "gate" }))).rejects.toMatchObject({ code: expect.any(String) as string });
      });
    });

    describe("tool calls", () => {
      it("gives a call back by id, effect key and request", async () => {
        const run = await stored();
        const call = sampleToolCall(run.id, {
          effectKey: unique("effect"),
          requestId: unique("request") as RequestId,
          outcome: "ask",
          state: "pending",
          callId: "call_1",
        });
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

        await expect(inStore((tx) => tx.toolCalls.insert(sampleToolCall(run.id, { effectKey: call.effectKey })))).rejects.toMatchObject({
          code: "conflict",
          retryable: false,
        });
        await expect(inStore((tx) => tx.toolCalls.save({ ...call, executions: 2 }))).rejects.toMatchObject({ code: "internal" });
      });

      it("knows the newest call that a person put in the place of one, and does not count it as the agent's", async () => {
        const run = await stored();
        const asked = sampleToolCall(run.id, { state: "pending" });
        const edited = (createdAt: number) => sampleToolCall(run.id, { editOf: asked.id, createdAt: createdAt as Instant, state: "pending" });
        const [first, second] = [edited(2_000), edited(3_000)];
        await inStore(async (tx) => {
          for (const call of [asked, first, second]) await tx.toolCalls.insert(call);
        });

        expect(await inStore((tx) => tx.toolCalls.insteadOf(asked.id))).toStrictEqual(second);
        expect(await inStore((tx) => tx.toolCalls.insteadOf(second.id))).toBeUndefined();
        expect(await inStore((tx) => tx.toolCalls.count(run.id, "github_comment"))).toBe(1);
        const audited = (await inStore((tx) => tx.toolCalls.audited("", 1_000))).find(({ call }) => call.id === asked.id);
        expect(audited).toStrictEqual({ call: asked, executed: [], instead: second });
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

    describe("holds", () => {
      it("are empty at first, are kept as they were saved, and are taken off again", async () => {
        const pause = { id: "p1", by: "olga" as PersonId, since: 5 as Instant, reason: "lunch" };
        expect(await inStore((tx) => tx.holds.get({ lock: "share" }))).toStrictEqual({ budgets: {} });

        await inStore((tx) => tx.holds.save({ pause, budgets: { run: { usd: 2.5 }, day: { tokens: 9_000_000_000 } } }));
        expect(await inStore((tx) => tx.holds.get({ lock: "update" }))).toStrictEqual({
          pause,
          budgets: { run: { usd: 2.5 }, day: { tokens: 9_000_000_000 } },
        });

        await inStore((tx) => tx.holds.save({ budgets: {} }));
        expect(await inStore((tx) => tx.holds.get())).toStrictEqual({ budgets: {} });
      });

      it("are told of the runs that they stopped, in that order, and of no other", async () => {
        const parked = (since: number, reason: WaitReason): Promise<Run> => stored({ state: { phase: "parked", attempt: 1, reason, since: since as Instant } });
        const [second, first] = [await parked(9, "pause"), await parked(7, "budget")];
        for (const reason of ["owner", "decision", "answer"] as const) await parked(1, reason);
        await stored({ state: { phase: "running", attempt: 1, since: 1 as Instant } });

        expect(await inStore((tx) => tx.runs.held())).toStrictEqual([first, second]);
      });

      it("are told what was used since a moment: tokens of all, dollars of those that have a price", async () => {
        const run = await stored();
        const far = 4_000_000_000_000;
        const turn = (number: number, at: number, cost?: number): TokenUsageRow => ({
          runId: run.id,
          attempt: 1,
          turn: number,
          model: "m",
          inputTokens: 100,
          cachedInputTokens: 50,
          outputTokens: 10,
          reasoningTokens: 5,
          ...(cost === undefined ? {} : { cost }),
          at: at as Instant,
        });
        await inStore((tx) => tx.usage.append(turn(1, far - 1, 8)));
        await inStore((tx) => tx.usage.append(turn(2, far)));
        expect(await inStore((tx) => tx.usage.spentSince(far as Instant))).toStrictEqual({ tokens: 110 });

        await inStore((tx) => tx.usage.append(turn(3, far + 5, 0.25)));
        expect(await inStore((tx) => tx.usage.spentSince(far as Instant))).toStrictEqual({ tokens: 220, usd: 0.25 });
        expect(await inStore((tx) => tx.usage.spentSince((far + 6) as Instant))).toStrictEqual({ tokens: 0 });
      });
    });

    describe("the outbox", () => {
      it("takes one effect per key and enqueues it once", async () => {
        const effect = { key: unique("effect"), action: { type: "start-attempt", runId: sampleRun().id, attempt: 1 } } as const;

        const [first] = await inStore((tx) => tx.outbox.add([effect], 5 as Instant));
        const [again] = await inStore((tx) => tx.outbox.add([effect], 6 as Instant));

        expect(first).toMatchObject({ key: effect.key, action: effect.action, state: "pending", attempts: 0, createdAt: 5 });
        expect(again).toStrictEqual(first);
        expect(subject.database().queue.jobs.filter((job) => "effectId" in job.payload && job.payload.effectId === first!.id)).toHaveLength(1);
      });

      it("lets an effect join one that does the same and was not begun yet, and no other", async () => {
        const runId = sampleRun().id;
        const add = (as: object = {}) =>
          inStore(
            async (tx) =>
              (await tx.outbox.add([{ key: unique("joins"), action: { type: "sync-status-comment", runId }, joinsWaiting: true, ...as }], 5 as Instant))[0]!,
          );

        const first = await add();
        const joined = await add();
        const another = await add({ action: { type: "sync-status-comment", runId: sampleRun().id } });
        const alone = await add({ joinsWaiting: undefined });
        await inStore((tx) => tx.outbox.save({ ...first, attempts: 1 }));
        await inStore((tx) => tx.outbox.save({ ...alone, attempts: 1 }));
        const afterwards = await add();

        expect(joined).toStrictEqual(first);
        expect(new Set([first, another, alone, afterwards].map(({ id }) => id)).size).toBe(4);
        expect(subject.database().queue.jobs.filter((job) => "effectId" in job.payload && job.payload.effectId === first.id)).toHaveLength(1);
      });

      it("tells what is still to be done", async () => {
        const effects = ["a", "b", "c"].map((name) => ({ key: unique(name), action: { type: "sync-status-comment", runId: sampleRun().id } as const }));
        const [done, pending, late] = await inStore(async (tx) => [
          ...(await tx.outbox.add(effects.slice(0, 2), 5 as Instant)),
          ...(await tx.outbox.add(effects.slice(2), 9 as Instant)),
        ]);
        const saved = { ...done!, state: "done" as const, attempts: 2, result: { comment: 7 }, lastError: "once\u0000", doneAt: 8 as Instant };

        await inStore((tx) => tx.outbox.save(saved));

        expect(await inStore((tx) => tx.outbox.get(done!.id, { lock: true }))).toStrictEqual({ ...saved, lastError: "once\u2400" });
        const ids = (await inStore((tx) => tx.outbox.pending(9 as Instant))).map((row) => row.id);
        expect(ids).toContain(pending!.id);
        expect(ids).not.toContain(done!.id);
        expect(ids).not.toContain(late!.id);
      });

      it("tells what was given up, and counts it as pending no more", async () => {
        const [row] = await inStore((tx) =>
          tx.outbox.add([{ key: unique("given-up"), action: { type: "sync-status-comment", runId: sampleRun().id } }], 5 as Instant),
        );
        const saved = { ...row!, state: "given-up" as const, attempts: 9, lastError: "the issue is locked" };

        await inStore((tx) => tx.outbox.save(saved));

        expect(await inStore((tx) => tx.outbox.givenUp())).toContainEqual(saved);
        expect(await inStore((tx) => tx.outbox.pending(9 as Instant))).not.toContainEqual(saved);
      });
    });

    describe("the flow of events", () => {
      it("shows a transaction the events that it has appended itself", async () => {
        const subject = unique("run:");

        const [appended, seen, more] = await inStore(async (tx) => {
          const first = await tx.flow.append([sampleFlowEvent({ subject })]);
          const both = [first, await tx.flow.append([sampleFlowEvent({ subject })])].flat();
          const found = [await tx.flow.bySubject(subject), await tx.flow.head()] as const;
          return [both, found, await tx.flow.append([sampleFlowEvent({ subject })])] as const;
        });

        expect(seen).toEqual([appended, appended[1]]);
        expect(await inStore((tx) => tx.flow.bySubject(subject))).toEqual([...appended, ...more]);
      });

      it("numbers events without gaps, chains them, and gives them back as it returned them", async () => {
        const subject = unique("run:");
        const before = (await inStore((tx) => tx.flow.head()))?.sequence ?? 0;

        const appended = await inStore(async (tx) => [
          ...(await tx.flow.append([
            sampleFlowEvent({ subject, payload: { text: "NUL \u0000, half \ud800, ё", n: [1e21, -0, 0.1] } }),
            sampleFlowEvent({ subject }),
          ])),
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

        await expect(subject.database().driver.query(statement)).rejects.toMatchObject({ code: "internal" });
      });

      it("tells listeners of a committed event", async () => {
        let told!: () => void;
        const notice = new Promise<void>((resolve) => (told = resolve));
        const stop = await subject.database().store.onFlow(() => told());

        await inStore((tx) => tx.flow.append([sampleFlowEvent()]));

        await expect(notice).resolves.toBeUndefined();
        await stop();
      });
    });

    describe("the audit's view", () => {
      it("gives each request with its first decision and its own history", async () => {
        const request = await requested({ rationale: "Because." });
        const decision = sampleDecision();
        const history = await inStore(async (tx) => {
          await tx.requests.save({ ...request, state: { phase: "decided", decision } });
          await tx.flow.append([sampleFlowEvent()]);
          return await tx.flow.append([sampleFlowEvent({ subject: `request:${request.id}`, payload: { a: [1, null] } })]);
        });

        const audited = await inStore((tx) => tx.audit.requests("", 10_000));

        expect(audited.map((one) => one.request.id)).toStrictEqual(audited.map((one) => one.request.id).toSorted());
        expect(audited.find((one) => one.request.id === request.id)).toStrictEqual({
          request: { ...request, state: { phase: "decided", decision } },
          decision,
          history,
        });
        expect((await inStore((tx) => tx.audit.requests(request.id, 10_000))).every((one) => one.request.id > request.id)).toBe(true);
      });

      it("knows both ends of the chain", async () => {
        const [last] = await inStore((tx) => tx.flow.append([sampleFlowEvent()]));
        const end = { sequence: last?.sequence, hash: last?.hash };

        expect(await inStore((tx) => tx.audit.chainEnds())).toStrictEqual({ last: end, remembered: end });
        expect(await inStore((tx) => tx.audit.executedTwice(10))).toStrictEqual([]);
      });
    });

    describe("what an agent did before", () => {
      it("is the last that it said and did until then, oldest first, cut short, and of a command the end of what it printed", async () => {
        const run = await stored();
        const items: readonly (readonly [type: string, content: JsonObject])[] = [
          ["message", { text: "too old" }],
          ["message", { text: `${"so ".repeat(400)}long` }],
          ["command-started", { command: "npm test" }],
          ["command", { command: "npm test", output: `${"x".repeat(60_000)}the end`, exitCode: 1 }],
          ["notice", { text: "Reconnecting" }],
          ["file-change", { paths: ["docs/a.md"] }],
          ["tool-call", { server: "signalbox", tool: "github_request_label", arguments: {}, status: "completed", answered: true, result: "{}" }],
          ["message", { text: "afterwards" }],
        ];
        await inStore((tx) =>
          tx.transcript.append(items.map(([type, content], sequence) => ({ runId: run.id, attempt: 1, sequence, at: sequence as Instant, type, content }))),
        );

        const [said, command, ...rest] = await inStore((tx) => tx.transcript.until(run.id, 6 as Instant, 4));

        expect(said).toMatchObject({ at: 1, type: "message" });
        expect(said?.text).toHaveLength(1_000);
        expect(command).toMatchObject({ at: 3, type: "command", text: "npm test", exitCode: 1, tail: expect.stringMatching(/^x{1993}the end$/u) });
        expect(rest).toStrictEqual([
          { at: 5, type: "file-change", text: '["docs/a.md"]' },
          { at: 6, type: "tool-call", text: "github_request_label" },
        ]);
      });
    });

    describe("signs of life", () => {
      it("are the newest items of a run, oldest first, without what they printed", async () => {
        const run = await stored();
        const items: readonly (readonly [type: string, content: JsonObject])[] = [
          ["message", { text: "too old" }],
          ["command-started", { command: "npm test" }],
          ["command", { command: "npm test", output: "x".repeat(60_000), exitCode: 1 }],
          ["command", { command: "npm test", output: "", exitCode: null }],
          ["command", { command: "ls", output: "", exitCode: 0 }],
          ["tool-call", { server: "signalbox", tool: "kb_search", arguments: {}, status: "failed", answered: false, result: "Transport closed" }],
          ["tool-call", { server: "signalbox", tool: "kb_search", arguments: {}, status: "completed", answered: true, result: "{}" }],
          ["notice", { text: "Reconnecting" }],
          ["file-change", { paths: ["a"] }],
          ["reasoning", { text: "hm" }],
        ];
        await inStore((tx) =>
          tx.transcript.append(items.map(([type, content], sequence) => ({ runId: run.id, attempt: 1, sequence, at: sequence as Instant, type, content }))),
        );

        expect(await inStore((tx) => tx.transcript.signs(run.id, 9))).toStrictEqual([
          { at: 1, kind: "began", what: "npm test" },
          { at: 2, kind: "done", what: "npm test", failure: "exit 1" },
          { at: 3, kind: "done", what: "npm test", failure: "ended without an exit code" },
          { at: 4, kind: "done", what: "ls" },
          { at: 5, kind: "done", what: "kb_search", failure: "Transport closed" },
          { at: 6, kind: "done", what: "kb_search" },
          { at: 7, kind: "done", what: "notice", failure: "Reconnecting" },
          { at: 8, kind: "done", what: "file-change" },
          { at: 9, kind: "other" },
        ]);
      });
    });

    describe("what agents leave behind", () => {
      it("keeps each transcript item once, in order, from any place on", async () => {
        const run = await stored();
        const item = (attempt: number, sequence: number, text = "") => ({
          runId: run.id,
          attempt,
          sequence,
          at: 1 as Instant,
          type: "message",
          content: { text },
        });

        await inStore((tx) => tx.transcript.append([item(1, 2), item(1, 1), item(2, 1, "a\u0000b")]));
        await inStore((tx) => tx.transcript.append([item(1, 2, "changed"), item(1, 3)]));

        expect(await inStore((tx) => tx.transcript.after(run.id, 0, 0, 10))).toStrictEqual([item(1, 1), item(1, 2), item(1, 3), item(2, 1, "a\u2400b")]);
        expect(await inStore((tx) => tx.transcript.after(run.id, 1, 2, 1))).toStrictEqual([item(1, 3)]);
      });

      it("gives the newest snapshot back byte by byte", async () => {
        const run = await stored();
        const snapshot = (attempt: number, sequence: number, content: number[]) => ({
          runId: run.id,
          attempt,
          sequence,
          content: new Uint8Array(content),
          checksum: "c".repeat(64) as Digest,
          at: 1 as Instant,
        });
        await inStore((tx) => tx.snapshots.save(snapshot(2, 1, [1])));
        await inStore((tx) => tx.snapshots.save({ ...snapshot(2, 1, [0, 255, 128]), threadId: "t" as ThreadId }));
        await inStore((tx) => tx.snapshots.save(snapshot(1, 9, [3])));

        expect(await inStore((tx) => tx.snapshots.latest(run.id))).toStrictEqual({ ...snapshot(2, 1, [0, 255, 128]), threadId: "t" });
        expect(await inStore((tx) => tx.snapshots.latest(sampleRun().id))).toBeUndefined();
      });

      it("keeps sessions and token usage", async () => {
        const run = await stored();
        const session = { id: unique("session"), runId: run.id, role: "pm", stage: "intake", startedAt: 1 as Instant } as const;
        const usage = {
          runId: run.id,
          attempt: 1,
          turn: 1,
          model: "m",
          inputTokens: 5_000_000_000,
          cachedInputTokens: 1,
          outputTokens: 2,
          reasoningTokens: 3,
          cost: 0.25,
          at: 1 as Instant,
        };
        await inStore(async (tx) => {
          await tx.sessions.start(session);
          await tx.sessions.start(session);
          await tx.sessions.end(session.id, 5 as Instant, "Done.");
          await tx.usage.append(usage);
          await tx.usage.append({ ...usage, outputTokens: 99, cost: 0.5, at: 2 as Instant });
          await tx.usage.append({ ...usage, outputTokens: 50, cost: 0.3, at: 1 as Instant });
        });

        expect(await inStore((tx) => tx.sessions.forRun(run.id))).toStrictEqual([{ ...session, endedAt: 5, summary: "Done." }]);
        expect(await inStore((tx) => tx.usage.forRun(run.id))).toStrictEqual([{ ...usage, outputTokens: 99, cost: 0.5, at: 2 }]);
      });
    });
  });
}
