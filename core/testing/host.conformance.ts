import { isDefinedError, ORPCError, safe } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createHostRouter, type HostRouter } from "../apps/host/router.ts";
import type { HostContract } from "../contract/index.ts";
import { broughtBy } from "../contract/live-list.ts";
import type { BranchName, Digest, Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import { stageTable } from "../domain/stage/table.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { freshPglite } from "./databases.ts";
import { createHostWorld, refusedWith, type HostWorld } from "./host-world.ts";
import { sampleDecision, sampleFlowEvent, sampleRequest, sampleRun, unique } from "./samples.ts";

export type HostClient = ContractRouterClient<HostContract>;

/** A surface that is connected to a host over some transport. */
export interface ConnectedHost {
  readonly client: HostClient;
  /** Breaks the connection without a farewell. */
  breakOff(): void;
  close(): Promise<void>;
}

/** What every surface may rely on, whatever lies between it and the host. */
export function hostConformance(name: string, connect: (router: HostRouter) => Promise<ConnectedHost>, options: { readonly breaks: boolean }): void {
  describe(`the host over ${name}`, () => {
    let world: HostWorld;
    let host: ConnectedHost;
    let client: HostClient;
    beforeAll(async () => {
      world = createHostWorld(await freshPglite());
    });
    afterAll(() => world.database.close());
    beforeEach(async () => {
      host = await connect(createHostRouter(world.deps));
      client = host.client;
      world.answer = async () => ({ ok: true, value: undefined });
      world.calls.length = 0;
    });
    afterEach(async () => {
      await host.close();
      await vi.waitFor(() => expect(world.listeners()).toBe(0));
    });

    /** A run on an issue of its own, so that tests do not meet. */
    const newRun = async (overrides: Partial<Run> = {}): Promise<Run> => {
      const run = sampleRun(overrides);
      await world.inStore((tx) => tx.runs.insert(run));
      return run;
    };
    const touch = (subject: string): Promise<unknown> => world.inStore((tx) => tx.flow.append([sampleFlowEvent({ subject })]));
    const write = (run: Run, from: number, count: number): Promise<unknown> =>
      world.inStore((tx) =>
        tx.transcript.append(
          Array.from({ length: count }, (_, index) => ({
            runId: run.id,
            attempt: 1,
            sequence: from + index,
            at: 1_000 as Instant,
            type: "message",
            content: { text: `line ${from + index} of a transcript` },
          })),
        ),
      );

    describe("questions", () => {
      it("answers where it is connected to and what it looks after", async () => {
        expect(await client.connection.state()).toMatchObject({ mode: "rehearsal", signsAs: "olga" });
        expect(await client.projects.list()).toStrictEqual([{ repository: "acme/shop", defaultBranch: "main", sample: false }]);
        expect(await client.connection.doctor()).toHaveLength(1);
        expect((await client.board.stages()).map((stage) => stage.name)).toStrictEqual(Object.keys(stageTable));
      });

      it("lists what waits: deadline first, then risk, then age", async () => {
        const run = await newRun();
        const day = 86_400_000;
        const requests = [
          sampleRequest(run.id, { summary: "late", expiresAt: (9 * day) as Instant, risk: "high" }),
          sampleRequest(run.id, { summary: "low", expiresAt: (5 * day) as Instant, risk: "low", createdAt: 1 as Instant }),
          sampleRequest(run.id, { summary: "younger", expiresAt: (5 * day + 10) as Instant, risk: "high", createdAt: 3 as Instant }),
          sampleRequest(run.id, { summary: "older", expiresAt: (5 * day + 900) as Instant, risk: "high", createdAt: 2 as Instant }),
        ];
        await world.inStore(async (tx) => {
          for (const request of requests) await tx.requests.insert(request);
        });

        const { items } = await client.inbox.list({});

        expect(items.filter((item) => item.runId === run.id).map((item) => item.summary)).toStrictEqual(["older", "younger", "low", "late"]);
      });

      it("finds documents by their words and says where each is", async () => {
        const meta = {
          docId: "doc-ferry",
          repository: "acme/shop" as RepositoryName,
          path: "docs/ferry.md",
          branch: "main" as BranchName,
          type: "prd",
          title: "Ferry",
          status: "draft",
          ownerRole: "pm",
          hash: "0".repeat(64) as Digest,
          frontMatter: {},
          updatedAt: 1 as Instant,
        };
        await world.inStore((tx) => tx.documents.upsert(meta, [{ section: "Boarding", text: "Passengers board the ferry at gangway nine." }]));

        expect(await client.documents.search({ query: "gangways" })).toMatchObject([
          { repository: "acme/shop", path: "docs/ferry.md", title: "Ferry", section: "Boarding", excerpt: expect.stringContaining("gangway nine") },
        ]);
        expect(await client.documents.search({ query: "gangways", repository: "acme/other" })).toStrictEqual([]);
      });

      it("shows characters that do not show, and says that there are some", async () => {
        const run = await newRun();
        const request = sampleRequest(run.id, { arguments: { body: "pay\u202e\u200bload", bell: "\u0007", tag: "a\u{e0041}b" } });
        await world.inStore((tx) => tx.requests.insert(request));

        const card = await client.inbox.get({ id: request.id });

        expect(card.hiddenCharacters).toBe(true);
        expect(card.arguments).toContain("pay\\u202e\\u200bload");
        expect(card.arguments).toContain("\\u0007");
        expect(card.arguments).toContain("a\\udb40\\udc41b");
        expect(JSON.parse(card.arguments)).toStrictEqual(request.arguments);
      });

      it("gives the arguments of a waiting call to be edited, and hands in the text as it was written with what was shown", async () => {
        const run = await newRun();
        const request = sampleRequest(run.id, { arguments: { number: 1, add: ["run:vision\u200b"], remove: [], reason: "done", branch: "of the run" } });
        const question = sampleRequest(run.id, { kind: "question", tool: "owner_ask" });
        await world.inStore(async (tx) => {
          for (const each of [request, question]) await tx.requests.insert(each);
        });
        const { editable, digest } = await client.inbox.get({ id: request.id });
        const text = '{ "number": 1, "number": 2 }\n';

        expect(editable).toContain("run:vision\\u200b");
        expect(JSON.parse(editable ?? "")).toStrictEqual({ number: 1, add: ["run:vision\u200b"], remove: [], reason: "done" });
        expect((await client.inbox.get({ id: question.id })).editable).toBeUndefined();
        expect(await client.inbox.edit({ id: request.id, arguments: text, surface: "desktop", digest })).toMatchObject({ id: request.id });
        expect(world.calls).toStrictEqual([{ edit: { id: request.id, argumentsText: text, surface: "desktop", digest } }]);

        world.answer = refusedWith("edit.invalid", { message: "Line 1, column 17: it is there twice.", remedy: "Change it." });
        await expect(client.inbox.edit({ id: request.id, arguments: text, surface: "desktop", digest })).rejects.toMatchObject({
          code: "REFUSED",
          message: "Line 1, column 17: it is there twice.",
          data: { type: "edit.invalid", remedy: "Change it." },
        });
        world.answer = refusedWith("decision.edited", { instead: "another" });
        await expect(client.inbox.edit({ id: request.id, arguments: text, surface: "desktop", digest })).rejects.toMatchObject({
          code: "CONFLICT",
          data: { type: "decision.edited" },
        });
      });

      it("previews a label change, applies exactly that, and refuses it when the labels have moved on", async () => {
        world.forge.addIssue({ number: 41, labels: ["idea"] });
        const move = { repository: "acme/shop", issue: 41, to: "intake" as const };
        const shown = await client.board.preview(move);
        expect(shown).toMatchObject({ plan: { added: ["run:intake"] }, conflicts: [], unmet: [] });

        world.forge.addIssue({ number: 41, labels: ["idea", "bug"] });
        await expect(client.board.apply({ ...move, targetVersion: shown.targetVersion })).rejects.toMatchObject({
          code: "CONFLICT",
          data: { type: "decision.stale" },
        });
        expect(world.forge.issues.get(41)?.labels).toStrictEqual(["idea", "bug"]);

        const again = await client.board.preview(move);
        await client.board.apply({ ...move, targetVersion: again.targetVersion });
        expect(world.forge.issues.get(41)?.labels).toStrictEqual(["idea", "bug", "run:intake"]);
      });
    });

    describe("errors", () => {
      it("name what is missing, with a remedy, as the contract declares them", async () => {
        const calls: readonly PromiseLike<unknown>[] = [
          client.inbox.get({ id: "nothing" }),
          client.runs.get({ id: "nothing" }),
          client.runs.transcript({ id: "nothing" }),
          client.documents.read({ repository: "acme/shop", path: "nothing.md" }),
        ];
        for (const call of calls) {
          const error: unknown = await call.then(
            () => undefined,
            (reason: unknown) => reason,
          );
          expect(error instanceof ORPCError && error.defined).toBe(true);
          expect(error).toMatchObject({ code: "NOT_FOUND", status: 404, data: { remedy: expect.stringMatching(/\w/u) } });
        }
      });

      it("tell who was first when somebody has decided already", async () => {
        const run = await newRun();
        const request = sampleRequest(run.id);
        await world.inStore((tx) => tx.requests.insert(request));
        world.answer = refusedWith("decision.already-answered", { by: { by: "pavel", surface: "telegram", at: 5 } });

        const [error] = await safe(
          client.inbox.decide({ id: request.id, verdict: { type: "approve" }, surface: "command-line", digest: "d", targetVersion: "v" }),
        );

        expect(isDefinedError(error)).toBe(true);
        expect(error).toMatchObject({ code: "CONFLICT", data: { type: "decision.already-answered", by: "pavel", surface: "telegram", at: 5 } });
        expect(world.calls).toStrictEqual([
          { decide: { id: request.id, verdict: { type: "approve" }, surface: "command-line", digest: "d", targetVersion: "v" } },
        ]);
      });

      it("tell a rule's no from a state that moved on", async () => {
        const run = await newRun();
        world.answer = refusedWith("run.not-active", { message: "The run is not active.", remedy: "Start the stage again." });

        await expect(client.runs.park({ id: run.id })).rejects.toMatchObject({
          code: "REFUSED",
          message: "The run is not active.",
          data: { type: "run.not-active", remedy: "Start the stage again." },
        });
      });

      it("say what is out of reach, and never more than that of a fault of ours", async () => {
        const run = await newRun();
        world.answer = async () => {
          throw new InfrastructureError("rate-limited", "the forge asks for patience", { remedy: "Wait a minute." });
        };
        await expect(client.runs.park({ id: run.id })).rejects.toMatchObject({ code: "UNAVAILABLE", data: { code: "rate-limited", remedy: "Wait a minute." } });

        world.answer = async () => {
          throw new TypeError("cannot read password of undefined");
        };
        const [error] = await safe(client.runs.cancel({ id: run.id, reason: "no" }));
        expect(error).toMatchObject({ code: "INTERNAL_SERVER_ERROR" });
        expect(JSON.stringify(error)).not.toContain("password");
      });

      it("refuse input that is not what the contract says, naming the field, before anything happens", async () => {
        const wrong = client as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
        const calls: readonly (readonly [string, string, unknown, string])[] = [
          ["runs", "list", { limit: 0 }, "limit"],
          ["runs", "list", { issue: "12" }, "issue"],
          ["runs", "get", {}, "id"],
          ["runs", "cancel", { id: "x", reason: "   " }, "reason"],
          ["inbox", "decide", { id: "x", verdict: { type: "perhaps" }, surface: "command-line" }, "verdict"],
          ["inbox", "decide", { id: "x", verdict: { type: "approve" }, surface: "telegram" }, "surface"],
          ["inbox", "edit", { id: "x", arguments: { number: 1 }, surface: "desktop", digest: "d" }, "arguments"],
          ["inbox", "edit", { id: "x", arguments: "{}", surface: "telegram", digest: "d" }, "surface"],
          ["board", "preview", { repository: "no-owner", issue: 1, to: "intake" }, "repository"],
          ["board", "preview", { repository: "a/b", issue: -1, to: "intake" }, "issue"],
          ["audit", "export", { format: "xml" }, "format"],
          ["audit", "insights", { days: 0 }, "days"],
        ];
        for (const [feature, procedure, input, field] of calls) {
          const error: unknown = await wrong[feature]?.[procedure]?.(input).catch((reason: unknown) => reason);
          expect(error, `${feature}.${procedure}`).toMatchObject({
            code: "BAD_REQUEST",
            data: { issues: [expect.objectContaining({ path: expect.arrayContaining([field]) })] },
          });
        }
        expect(world.calls).toStrictEqual([]);
      });

      it("come through a stream as they come from a call", async () => {
        const [error] = await safe(readAll(await client.runs.watch({ id: "nothing" })));
        expect(error).toMatchObject({ code: "NOT_FOUND", data: { remedy: expect.any(String) } });

        const unavailable = vi
          .spyOn(world.deps, "connection")
          .mockRejectedValue(new InfrastructureError("unavailable", "the database is gone", { remedy: "Start it." }));
        try {
          const [fault] = await safe(readAll(await client.connection.watch()));
          expect(fault).toMatchObject({ code: "UNAVAILABLE", data: { code: "unavailable", remedy: "Start it." } });
        } finally {
          unavailable.mockRestore();
        }
      });
    });

    describe("streams", () => {
      it("give a late subscriber the current state first, then each change, and nothing when nothing changed", async () => {
        const run = await newRun();
        const first = sampleRequest(run.id, { summary: "first" });
        await world.inStore((tx) => tx.requests.insert(first));
        const leave = new AbortController();
        const seen: (readonly string[])[] = [];
        const reading = (async () => {
          for await (const message of await client.inbox.watch(undefined, { signal: leave.signal }))
            seen.push(
              broughtBy(message)
                .filter((item) => item.runId === run.id)
                .map((item) => item.summary),
            );
        })().catch(() => undefined);
        await vi.waitFor(() => expect(seen).toStrictEqual([["first"]]));

        await touch("nothing:that-matters");
        const second = sampleRequest(run.id, { summary: "second" });
        await world.inStore(async (tx) => {
          await tx.requests.insert(second);
          await tx.flow.append([sampleFlowEvent({ subject: `request:${second.id}` })]);
        });

        await vi.waitFor(() => expect(seen).toStrictEqual([["first"], ["second"]]));
        leave.abort();
        await reading;
      });

      it("end with their reader: nothing listens and no timer runs after it left", async () => {
        const run = await newRun();
        const leave = new AbortController();
        const iterators = [
          await client.inbox.watch(undefined, { signal: leave.signal }),
          await client.runs.watch({ id: run.id }, { signal: leave.signal }),
          await client.runs.follow({ id: run.id }, { signal: leave.signal }),
          await client.audit.follow({ after: 0 }, { signal: leave.signal }),
        ];
        const reading = iterators.map((iterator) => readAll(iterator).catch(() => undefined));
        await vi.waitFor(() => expect(world.listeners()).toBe(4));

        leave.abort();

        await Promise.all(reading);
        await vi.waitFor(() => expect([world.listeners(), world.clock.timers]).toStrictEqual([0, 0]));
      });

      it("end when their reader stops reading in the middle", async () => {
        const run = await newRun();
        await write(run, 0, 3);

        for await (const batch of await client.runs.follow({ id: run.id })) {
          expect(batch.entries).toHaveLength(3);
          break;
        }

        await vi.waitFor(() => expect([world.listeners(), world.clock.timers]).toStrictEqual([0, 0]));
      });

      if (options.breaks) {
        it("end when the connection breaks", async () => {
          void readAll(await client.inbox.watch()).catch(() => undefined);
          await vi.waitFor(() => expect(world.listeners()).toBe(1));

          host.breakOff();

          await vi.waitFor(() => expect([world.listeners(), world.clock.timers]).toStrictEqual([0, 0]));
        });
      }

      it("carry a long transcript in batches, in order, without a gap, and what comes later, until the run has ended", async () => {
        const run = await newRun();
        for (let from = 0; from < 2_600; from += 650) await write(run, from, 650);
        const sizes: number[] = [];
        const sequences: number[] = [];
        const reading = (async () => {
          for await (const batch of await client.runs.follow({ id: run.id, after: { attempt: 1, sequence: 99 } })) {
            sizes.push(batch.entries.length);
            sequences.push(...batch.entries.map((entry) => entry.sequence));
          }
        })();
        await vi.waitFor(() => expect(sequences).toHaveLength(2_500));

        await write(run, 2_600, 5);
        await world.inStore(async (tx) => {
          await tx.runs.save({ ...(await tx.runs.get(run.id, { lock: true }))!, state: { phase: "succeeded", at: 9 as Instant } });
          await tx.flow.append([sampleFlowEvent({ subject: `run:${run.id}` })]);
        });
        await reading;

        expect(sequences).toStrictEqual(Array.from({ length: 2_505 }, (_, index) => index + 100));
        expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
      });

      it("pages a transcript with a cursor that ends", async () => {
        const run = await newRun();
        await write(run, 0, 25);
        const pages: number[] = [];
        let after: { attempt: number; sequence: number } | undefined;
        do {
          const page: Awaited<ReturnType<typeof client.runs.transcript>> = await client.runs.transcript({ id: run.id, limit: 10, ...(after ? { after } : {}) });
          pages.push(page.entries.length);
          after = page.next;
        } while (after);

        expect(pages).toStrictEqual([10, 10, 5]);
      });

      it("show a run until it is final", async () => {
        const run = await newRun();
        const phases: string[] = [];
        const reading = (async () => {
          for await (const detail of await client.runs.watch({ id: run.id })) phases.push(detail.phase);
        })();
        await vi.waitFor(() => expect(phases).toStrictEqual(["queued"]));

        await world.inStore(async (tx) => {
          await tx.runs.save({ ...(await tx.runs.get(run.id, { lock: true }))!, state: { phase: "failed", reason: "no disk", at: 9 as Instant } });
          await tx.flow.append([sampleFlowEvent({ subject: `run:${run.id}` })]);
        });
        await reading;

        expect(phases).toStrictEqual(["queued", "failed"]);
      });

      it("tell of a run in a list when it changed, with what it waits for", async () => {
        const run = await newRun({ issue: 777 });
        const leave = new AbortController();
        const seen: unknown[] = [];
        const reading = (async () => {
          for await (const message of await client.runs.watchList({ issue: 777 }, { signal: leave.signal }))
            seen.push(broughtBy(message).map(({ phase, waitsFor, reason }) => [phase, waitsFor, reason]));
        })().catch(() => undefined);
        await vi.waitFor(() => expect(seen).toStrictEqual([[["queued", undefined, undefined]]]));

        const request = sampleRequest(run.id, { summary: "adds a label" });
        await world.inStore(async (tx) => {
          await tx.requests.insert(request);
          const state = { phase: "parked", attempt: 1, reason: "decision", requestId: request.id, since: 9 as Instant } as const;
          await tx.runs.save({ ...(await tx.runs.get(run.id, { lock: true }))!, state });
          await tx.flow.append([sampleFlowEvent({ subject: `run:${run.id}` })]);
        });

        await vi.waitFor(() => expect(seen).toStrictEqual([[["queued", undefined, undefined]], [["parked", "decision", "adds a label"]]]));
        leave.abort();
        await reading;
      });

      it("go on with the record where a reader left off", async () => {
        const [stored] = await world.inStore((tx) => tx.flow.append([sampleFlowEvent(), sampleFlowEvent(), sampleFlowEvent()]));
        const seen: number[] = [];
        const leave = new AbortController();
        const reading = (async () => {
          for await (const events of await client.audit.follow({ after: stored!.sequence }, { signal: leave.signal }))
            seen.push(...events.map((event) => event.sequence));
        })().catch(() => undefined);
        await vi.waitFor(() => expect(seen).toHaveLength(2));

        await touch("run:another");

        await vi.waitFor(() => expect(seen).toStrictEqual([1, 2, 3].map((offset) => stored!.sequence + offset)));
        leave.abort();
        await reading;
      });

      it("tell of the record from now on, and first that they listen", async () => {
        const [stored] = await world.inStore((tx) => tx.flow.append([sampleFlowEvent()]));
        const batches: number[][] = [];
        const leave = new AbortController();
        const reading = (async () => {
          for await (const events of await client.audit.follow({}, { signal: leave.signal })) batches.push(events.map((event) => event.sequence));
        })().catch(() => undefined);
        await vi.waitFor(() => expect(batches).toStrictEqual([[]]));

        await touch("run:another");

        await vi.waitFor(() => expect(batches).toStrictEqual([[], [stored!.sequence + 1]]));
        leave.abort();
        await reading;
      });

      it("export the record in pieces", async () => {
        const pieces: string[] = [];
        for await (const piece of await client.audit.export({ format: "csv" })) pieces.push(piece);

        expect(pieces).toStrictEqual(["csv\n", "second\n"]);
      });
    });

    describe("closed requests", () => {
      it("are listed apart, newest first, with who decided and whether that verifies", async () => {
        const run = await newRun();
        const decision = sampleDecision({ by: unique("olga") as ReturnType<typeof sampleDecision>["by"] });
        const request = sampleRequest(run.id);
        await world.inStore(async (tx) => {
          await tx.requests.insert(request);
          await tx.requests.save({
            ...(await tx.requests.get(request.id, { lock: true }))!,
            state: { phase: "executed", decision, executedAt: 3 as Instant, result: { label: "run:vision" } },
          });
        });

        expect((await client.inbox.list({})).items.map((item) => item.id)).not.toContain(request.id);
        expect((await client.inbox.list({ closed: true })).items.find((item) => item.id === request.id)).toMatchObject({ decision: { by: decision.by } });
        expect(await client.inbox.get({ id: request.id })).toMatchObject({ phase: "executed", signatureVerified: true, result: { label: "run:vision" } });
      });
    });
  });
}

async function readAll(iterator: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of iterator) count += 1;
  return count;
}
