import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createHasher } from "../../../adapters/node-crypto/hashing.ts";
import { createPostgresDriver } from "../../../adapters/postgres/driver.ts";
import { createStore } from "../../../adapters/postgres/store.ts";
import { createSystemClock } from "../../../adapters/system-clock/clock.ts";
import type { ConnectionState } from "../../../contract/connection.ts";
import { broughtBy } from "../../../contract/live-list.ts";
import type { DecisionRequest } from "../../../domain/decision/decision.ts";
import type { BranchName, CommitSha, Digest, Instant, PersonId, RepositoryName } from "../../../domain/kernel/values.ts";
import type { Run } from "../../../domain/run/run.ts";
import type { SqlDriver } from "../../../ports/sql-driver.ts";
import { layCable, type Cable } from "../../../testing/cable.ts";
import { freshPostgres } from "../../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../../testing/host-world.ts";
import { describeOnPostgres } from "../../../testing/postgres-server.ts";
import { sampleDecision, sampleFlowEvent, sampleRequest, sampleRun } from "../../../testing/samples.ts";
import { createSetWipLimits } from "../../../usecases/wip-limits.ts";
import { createHostRouter } from "../router.ts";
import { linkedStore } from "./database-link.ts";
import { createHostOffline } from "./host-offline.ts";
import type { HostOffline, HostReader } from "./offline.ts";
import { openKept } from "./open-kept.ts";

const shop = "acme/shop" as RepositoryName;
const path = "docs/issues/issue-41/intake/problem.md";
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const patience = { timeout: 20_000, interval: 100 };

describeOnPostgres("a host whose PostgreSQL goes away and comes back", (serverUrl) => {
  let directory = "";
  let database: Awaited<ReturnType<typeof freshPostgres>>;
  let cable: Cable;
  let driver: SqlDriver;
  let world: HostWorld;
  let offline: HostOffline;
  let client: HostReader;
  let leave: AbortController;
  let connections: ConnectionState[];
  let run: Run;
  let request: DecisionRequest;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "signalbox-offline-"));
    database = await freshPostgres(serverUrl);
    cable = await layCable(Number(new URL(database.url).port));
    world = createHostWorld(database);
    await fillWorld();
    await openHost();
  });
  afterEach(async () => {
    await closeHost();
    await cable.close();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** The host, with a window open on it. */
  async function openHost(): Promise<void> {
    const clock = createSystemClock((error) => {
      throw error;
    });
    const url = new URL(database.url);
    url.port = String(cable.port);
    driver = createPostgresDriver({ url: url.href });
    const { store, link } = linkedStore(createStore(driver, { hasher: createHasher(), queue: database.queue }), clock);
    offline = createHostOffline({ link, clock, log: silent, notesAlways: true, open: () => openKept(join(directory, "offline.sqlite"), silent) });
    client = createRouterClient(
      createHostRouter({
        ...world.deps,
        store,
        setWipLimits: (repository, changes) => createSetWipLimits({ store, clock })(repository, "olga" as PersonId, changes),
        clock,
        offline,
        repositories: () => store.transaction(async () => [shop]),
        connection: () => store.transaction(async () => ({ ...(await world.deps.connection()), mode: "server" })),
      }),
    );
    leave = new AbortController();
    connections = [];
    void (async () => {
      for await (const state of await client.connection.watch(undefined, { signal: leave.signal })) connections.push(state);
    })().catch(() => undefined);
  }
  async function closeHost(): Promise<void> {
    leave.abort();
    offline.close();
    await driver.close();
  }
  const summary = { passed: 1, failed: 1, running: 0, failing: ["build"] };
  /** An issue with a run that asks, whose pull request CI has looked at, and a document. */
  async function fillWorld(): Promise<void> {
    world.forge.addIssue({ number: 41, labels: ["run:intake"], title: "Let guests pay by card", parent: 40 });
    world.forge.push("codex/41", { [path]: "# Problem\nGuests pay in cash.\nThe till is full.\n" });
    run = sampleRun({ issue: 41, branch: "codex/41" as BranchName, pull: 7 });
    request = sampleRequest(run.id, { issue: 41, summary: "Put a comment on #41", expiresAt: (Date.now() + 9e8) as Instant });
    await world.inStore(async (tx) => {
      await tx.repositories.save({ name: shop, project: "shop", defaultBranch: "main" as BranchName, reconciledUntil: 0 as Instant });
      await tx.runs.insert(run);
      await tx.requests.insert(request);
      await tx.documentUses.note(run, [path], "written", 3 as Instant);
      await tx.pullChecks.follow(shop, 7);
      await tx.pullChecks.save({ repository: shop, pull: 7, version: 0, isOpen: true, head: "a".repeat(40) as CommitSha, summary, readAt: 1 as Instant });
      await tx.flow.append([sampleFlowEvent({ subject: `request:${request.id}` })]);
      await tx.transcript.append([{ runId: run.id, attempt: 1, sequence: 0, at: 1 as Instant, type: "message", content: { text: "I counted the coins." } }]);
    });
    await world.deps.setWipLimits(shop, { intake: 4 });
    await indexDocument("h1");
  }
  const indexDocument = (hash: string): Promise<unknown> =>
    world.inStore(async (tx) => {
      const meta = {
        docId: "problem",
        repository: shop,
        path,
        branch: "codex/41" as BranchName,
        type: "problem",
        title: "Problem",
        status: "draft",
        ownerRole: "pm",
      };
      await tx.documents.upsert({ ...meta, hash: hash as Digest, frontMatter: {}, updatedAt: 1 as Instant }, [{ section: "", text: "Guests pay in cash." }]);
      await tx.flow.append([sampleFlowEvent({ subject: `document:${path}` })]);
    });
  /** Waits until the copy has what it is filled with. */
  const filled = async (): Promise<void> => {
    await vi.waitFor(() => {
      expect(offline.copy()?.get("text", `${shop} ${path}`)).toBeDefined();
      expect(offline.copy()?.get("request-card", request.id)).toBeDefined();
      expect(offline.copy()?.get("run-detail", run.id)).toBeDefined();
    }, patience);
  };
  const goAway = async (): Promise<void> => {
    cable.cut();
    await client.runs.list({});
    await vi.waitFor(() => expect(connections.at(-1)?.database.state).toBe("stale"), patience);
  };
  const comeBack = async (): Promise<void> => {
    cable.mend();
    await vi.waitFor(() => expect(connections.at(-1)?.database.state).toBe("live"), patience);
  };

  it("reads everything from the copy, though nobody had opened it, each with its age, and refuses to change anything", async () => {
    await filled();
    const before = Date.now();
    await goAway();

    const inbox = await client.inbox.list({});
    expect(inbox.items.map(({ id }) => id)).toEqual([request.id]);
    expect(inbox.asOf).toBeLessThanOrEqual(before);
    expect(await client.inbox.get({ id: request.id })).toMatchObject({ summary: "Put a comment on #41", asOf: expect.any(Number) });
    expect((await client.runs.list({ active: true })).runs.map(({ id }) => id)).toEqual([run.id]);
    expect(await client.runs.get({ id: run.id })).toMatchObject({ id: run.id, asOf: expect.any(Number) });
    expect((await client.board.cards({})).cards).toMatchObject([{ issue: 41, title: "Let guests pay by card", parent: 40, pull: 7, checks: summary }]);
    expect(await client.board.limits()).toEqual({ [shop]: { intake: 4 } });
    const setting = client.board.setLimits({ repository: shop, changes: { intake: 5 } });
    await expect(setting).rejects.toMatchObject({ code: "UNAVAILABLE", data: { remedy: expect.stringContaining("draft") } });
    expect(await client.documents.list({ repository: shop })).toMatchObject([{ path }]);
    expect((await client.documents.docset({ repository: shop, issue: 41 }))[0]).toMatchObject({ stage: "intake", present: ["problem"] });
    expect(await client.documents.trace({ repository: shop })).toMatchObject({ pulls: [{ pull: 7, issues: [41], state: "open", documents: [path] }] });
    expect(await client.documents.read({ repository: shop, path })).toMatchObject({ text: expect.stringContaining("cash"), asOf: expect.any(Number) });
    expect(await client.knowledge.search({ query: "guest" })).toMatchObject({
      hits: [{ source: "document", path, from: "copy", usedBy: { count: 1, runs: [{ run: run.id, issue: 41, how: ["written"], at: 3 }] } }],
      searched: { documents: "copy" },
    });
    expect((await client.knowledge.search({ query: "comment" })).hits).toMatchObject([
      { source: "decision", request: request.id, usedBy: { count: 1, runs: [{ run: run.id, stage: run.stage, how: ["asked"], at: request.createdAt }] } },
    ]);
    expect(connections.at(-1)?.database).toMatchObject({ state: "stale", since: expect.any(Number) });
    await expect(client.runs.park({ id: run.id })).rejects.toMatchObject({ code: "UNAVAILABLE", data: { remedy: expect.stringContaining("draft") } });
    expect(world.calls).toEqual([]);
  });

  it("begins with the database away, with what it had read before", async () => {
    await filled();
    await closeHost();
    cable.cut();
    await openHost();

    expect((await client.inbox.list({})).items).toHaveLength(1);
    await vi.waitFor(() => expect(connections.at(-1)?.database.state).toBe("offline"), patience);
    await comeBack();
    expect((await client.runs.list({})).runs).toHaveLength(1);
  });

  it("goes on by itself in what is followed, when the database is back", async () => {
    await filled();
    const seen: (readonly string[])[] = [];
    void (async () => {
      for await (const message of await client.inbox.watch(undefined, { signal: leave.signal })) seen.push(broughtBy(message).map(({ summary }) => summary));
    })().catch(() => undefined);
    const lines: string[] = [];
    void (async () => {
      for await (const { entries } of await client.runs.follow({ id: run.id }, { signal: leave.signal }))
        lines.push(...entries.map(({ content }) => JSON.stringify(content["text"])));
    })().catch(() => undefined);
    await vi.waitFor(() => expect([seen.length, lines]).toEqual([1, ['"I counted the coins."']]), patience);

    await goAway();
    const second = sampleRequest(run.id, { summary: "Put another one" });
    await world.inStore(async (tx) => {
      await tx.requests.insert(second);
      await tx.transcript.append([{ runId: run.id, attempt: 1, sequence: 1, at: 2 as Instant, type: "message", content: { text: "Twice." } }]);
      await tx.flow.append([sampleFlowEvent({ subject: `request:${second.id}` })]);
    });
    await comeBack();

    await vi.waitFor(() => expect(seen.at(-1)).toHaveLength(2), patience);
    await vi.waitFor(() => expect(lines).toEqual(['"I counted the coins."', '"Twice."']), patience);
    expect(seen).toHaveLength(2);
  });

  it("finds what was read in a transcript that was opened", async () => {
    await filled();
    for await (const _ of await client.runs.follow({ id: run.id }, { signal: leave.signal })) break;

    const { hits, searched } = await client.knowledge.search({ query: "coins" });

    const usedBy = { count: 1, runs: [{ run: run.id, issue: 41, how: ["said"], at: 1 }] };
    expect(hits).toMatchObject([{ source: "transcript", run: run.id, attempt: 1, sequence: 0, from: "copy", repository: shop, usedBy }]);
    expect(searched).toMatchObject({ documents: "database", copyOf: expect.any(Number) });
  });

  it("keeps drafts over its own end, compares them when the database is back, and sends what still fits, once", async () => {
    await filled();
    await goAway();
    const card = await client.inbox.get({ id: request.id });
    await client.drafts.decide({ id: card.id, verdict: { type: "deny", reason: "not so" }, digest: card.digest, targetVersion: card.targetVersion });
    const { document } = await client.documents.read({ repository: shop, path });
    await client.drafts.comment({ repository: shop, path, hash: document.hash, line: 2, body: "Since when?" });
    await client.drafts.comment({ repository: shop, path, hash: document.hash, line: 3, body: "How full?" });
    await expect(client.drafts.comment({ repository: shop, path, hash: "other", line: 2, body: "no" })).rejects.toMatchObject({ code: "CONFLICT" });
    await client.drafts.markViewed({ repository: shop, path, hash: document.hash, viewed: true });
    expect((await client.drafts.list()).drafts.map(({ state }) => state.phase)).toEqual(["draft", "draft", "draft"]);
    await closeHost();

    world.forge.push("codex/41", { [path]: "# Problem\nA new line.\nGuests pay in cash.\nThe till is half full.\n" });
    await indexDocument("h2");
    cable.mend();
    await openHost();

    const compared = await client.drafts.list();
    expect(compared).toMatchObject({
      canSend: true,
      drafts: [
        { intent: { type: "decision" }, state: { phase: "valid" } },
        { intent: { line: 2 }, state: { phase: "valid", line: 3 } },
        { intent: { line: 3 }, state: { phase: "stale", change: { type: "line-changed", was: "The till is full.", now: "The till is half full." } } },
      ],
    });
    expect(await client.drafts.viewed()).toEqual([{ repository: shop, path, hash: "h1" }]);
    expect(await client.drafts.sendAll()).toEqual({ sent: 2, left: 1 });
    expect(await client.drafts.sendAll()).toEqual({ sent: 0, left: 1 });
    expect(world.calls).toEqual([
      { decide: { id: request.id, verdict: { type: "deny", reason: "not so" }, surface: "desktop", digest: card.digest, targetVersion: card.targetVersion } },
    ]);
    expect(world.forge.reviews.get(7)).toHaveLength(1);
  });

  it("keeps one verdict on each document over its own end, sends it with the comments as one review, and says of which version it was", async () => {
    await filled();
    await goAway();
    const { hash } = (await client.documents.read({ repository: shop, path })).document;
    const say = (verdict: "good" | "changes", body?: string, version = hash) =>
      client.drafts.verdict({ repository: shop, path, hash: version, verdict, ...(body === undefined ? {} : { body }) });
    await expect(say("changes")).rejects.toMatchObject({ code: "REFUSED", data: { type: "draft.words-missing" } });
    await expect(say("good", undefined, "other")).rejects.toMatchObject({ code: "CONFLICT", data: { type: "draft.other-version" } });
    const first = await say("good");
    await expect(client.drafts.reword({ id: first.id, body: "no" })).rejects.toMatchObject({ code: "REFUSED" });
    await client.drafts.comment({ repository: shop, path, hash, line: 2, body: "Since when?" });
    const second = await say("changes");
    expect([second.id, second.intent]).toEqual([first.id, { type: "verdict", path, title: "Problem", hash: "h1", verdict: "changes" }]);
    await client.drafts.reword({ id: second.id, body: "Name a metric." });
    await closeHost();

    cable.mend();
    await openHost();
    expect((await client.drafts.list()).drafts.map(({ intent, state }) => [intent.type, state.phase])).toEqual([
      ["verdict", "valid"],
      ["comment", "valid"],
    ]);
    world.forge.push("codex/41", { [path]: "# Problem\nGuests pay in cash.\nThe till is half full.\n" });
    await indexDocument("h2");
    expect((await client.drafts.list()).drafts).toMatchObject([
      { state: { phase: "stale", change: { type: "other-version" } } },
      { state: { phase: "valid" } },
    ]);
    expect(await client.drafts.sendAll()).toEqual({ sent: 1, left: 1 });

    await say("changes", "Name a metric.", "h2");
    await client.drafts.comment({ repository: shop, path, hash: "h2", line: 3, body: "How full?" });
    expect(await client.drafts.sendAll()).toEqual({ sent: 2, left: 0 });

    expect(world.forge.reviews.get(7)?.map(({ state, body }) => [state, body.replaceAll(/<!--.*?-->/gu, "").trim()])).toEqual([
      ["commented", ""],
      ["commented", `What this review says of the documents:\n\n- \`${path}\` needs changes:\n\n  Name a metric.`],
    ]);
    expect(world.forge.threads.get(7)?.flatMap(({ comments }) => comments.map(({ body }) => body))).toEqual(["Since when?", "How full?"]);
    expect(world.calls).toEqual([]);
  });

  it("refuses to send what has no pull request yet, and keeps it", async () => {
    await filled();
    await world.inStore((tx) => tx.runs.save({ ...run, pull: undefined }));
    const { document } = await client.documents.read({ repository: shop, path });
    const { id } = await client.drafts.verdict({ repository: shop, path, hash: document.hash, verdict: "good" });

    await expect(client.drafts.send({ id })).rejects.toMatchObject({ code: "REFUSED", data: { type: "draft.no-pull" } });

    expect((await client.drafts.list()).drafts).toMatchObject([{ id, state: { phase: "valid" } }]);
  });

  it("does not send what somebody decided meanwhile, and says who did", async () => {
    await filled();
    await goAway();
    const card = await client.inbox.get({ id: request.id });
    const { id } = await client.drafts.decide({ id: card.id, verdict: { type: "approve" }, digest: card.digest, targetVersion: card.targetVersion });
    const decision = sampleDecision();
    await world.inStore((tx) => tx.requests.save({ ...request, state: { phase: "decided", decision } }));
    await comeBack();

    await expect(client.drafts.send({ id })).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await client.drafts.list()).drafts).toMatchObject([{ state: { phase: "stale", change: { type: "already-decided", by: decision.by } } }]);
    expect(world.calls).toEqual([]);
  });

  it("is away for a moment only when the server drops its connections", async () => {
    await filled();
    const admin = createPostgresDriver({ url: database.url, maxConnections: 1 });
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    await admin.close();

    await vi.waitFor(async () => {
      const before = Date.now();
      expect((await client.runs.list({})).asOf).toBeGreaterThanOrEqual(before);
    }, patience);
    expect((await client.inbox.list({})).items).toHaveLength(1);
  });
});
