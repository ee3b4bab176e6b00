import { createRouterClient } from "@orpc/server";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { boardOrder, type BoardCard } from "../../contract/board.ts";
import { inboxOrder, type InboxItem } from "../../contract/inbox.ts";
import { runOrder, type RunRow, type RunSelection } from "../../contract/runs.ts";
import { afterMessage, type ListKind, type ListMessage } from "../../contract/live-list.ts";
import type { DecisionRequest } from "../../domain/decision/decision.ts";
import type { CommitSha, Instant, PersonId, RepositoryName } from "../../domain/kernel/values.ts";
import type { Run, RunState } from "../../domain/run/run.ts";
import type { PullChecks } from "../../ports/pull-checks.ts";
import type { Store, Transaction } from "../../ports/store.ts";
import { freshPglite } from "../../testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../testing/host-world.ts";
import { fillLongLists } from "../../testing/long-lists.ts";
import { sampleDecision, sampleFlowEvent, sampleRequest, sampleRun, unique } from "../../testing/samples.ts";
import type { HostReader } from "./offline/offline.ts";
import { createReadChecks } from "../../usecases/read-checks.ts";
import { createHostRouter } from "./router.ts";

const shop = "acme/shop" as RepositoryName;
/** Milliseconds; a machine may be busy with something else. */
const patience = { timeout: 30_000 };
const longest = 180_000;

describe("lists that are followed", () => {
  let world: HostWorld;
  let client: HostReader;
  let leave: AbortController;
  /** Rows that were read of the database since it was last set to nothing. */
  const read = { rows: 0 };
  let waiting: DecisionRequest[];
  let runs: Run[];
  let tick = 1_700_000_000_000;
  // A world of its own for each: what one leaves put away would come back in another's minute.
  beforeEach(async () => {
    [waiting, runs, leave] = [[], [], new AbortController()];
    world = createHostWorld(await freshPglite());
    // Its clock stands still, and every change at the forge has a moment of its own.
    world.forge.now = () => (tick += 1) as Instant;
    client = createRouterClient(createHostRouter({ ...world.deps, store: counting(world.deps.store, read) }));
  });
  afterEach(async () => {
    leave.abort();
    await world.database.close();
  });

  /** The list as its reader has it, and how many messages made it. */
  function following<Row>(stream: Promise<AsyncIterable<ListMessage<Row>>>, kind: ListKind<Row>): { rows: readonly Row[]; messages: ListMessage<Row>[] } {
    const list: { rows: readonly Row[]; messages: ListMessage<Row>[] } = { rows: [], messages: [] };
    void (async () => {
      for await (const message of await stream) {
        list.messages.push(message);
        list.rows = afterMessage(list.rows, message, kind);
      }
    })().catch((error: unknown) => leave.signal.aborted || list.messages.push(error as never));
    return list;
  }
  const followBoth = () => ({
    inbox: following<InboxItem>(client.inbox.watch(undefined, { signal: leave.signal }), inboxOrder),
    board: following<BoardCard>(client.board.watch({}, { signal: leave.signal }), boardOrder),
  });
  const followRuns = (selection: RunSelection) => following<RunRow>(client.runs.watchList(selection, { signal: leave.signal }), runOrder);
  const followAll = () => ({ ...followBoth(), all: followRuns({ limit: 500 }), active: followRuns({ active: true }) });
  const runsOf = async (selection: RunSelection) => (await client.runs.list({ ...selection, limit: 500 })).runs.toSorted(runOrder.order);
  const fresh = async () => ({
    inbox: (await client.inbox.list({ limit: 500 })).items,
    board: (await client.board.cards({})).cards.toSorted(boardOrder.order),
    all: await runsOf({}),
    active: await runsOf({ active: true }),
  });
  const happen = (work: (tx: Transaction) => Promise<readonly string[]>, event = "issues"): Promise<unknown> =>
    world.inStore(async (tx) => {
      const subjects = await work(tx);
      await tx.flow.append(subjects.map((subject) => sampleFlowEvent({ subject, payload: { event } })));
    });
  const touch = (subject = "nothing:that-matters", event?: string): Promise<unknown> => happen(async () => [subject], event);

  /** A run on an open issue that asks for something. */
  const ask = (issue: number, risk: DecisionRequest["risk"] = "low"): Promise<unknown> =>
    happen(async (tx) => {
      if (!world.forge.issues.has(issue)) world.forge.addIssue({ number: issue, labels: [] });
      const run = sampleRun({ issue, createdAt: (tick += 1) as Instant });
      const request = sampleRequest(run.id, { issue, risk, createdAt: tick as Instant, expiresAt: 9e12 as Instant, summary: unique("asks") });
      const state: RunState = { phase: "parked", attempt: 1, reason: "decision", requestId: request.id, since: tick as Instant };
      await tx.runs.insert(run);
      await tx.requests.insert(request);
      await tx.runs.save({ ...run, state });
      runs.push({ ...run, state });
      waiting.push(request);
      return [`request:${request.id}`, `run:${run.id}`, "delivery:new"];
    });
  const close = (which: number, state: DecisionRequest["state"]): Promise<unknown> =>
    happen(async (tx) => {
      const [request] = waiting.splice(which % Math.max(1, waiting.length), 1);
      if (!request) return [];
      await tx.requests.save({ ...request, state });
      return [`request:${request.id}`];
    });
  const move = (which: number, state: RunState): Promise<unknown> =>
    happen(async (tx) => {
      const run = runs[which % Math.max(1, runs.length)];
      if (!run) return [];
      await tx.runs.save({ ...run, state });
      return [`run:${run.id}`];
    });
  /** Nobody is at work any more: what they use is looked at whatever happens. */
  const endAll = (): Promise<unknown> =>
    happen(async (tx) => {
      const atWork = await tx.runs.list({ phases: ["running"] });
      for (const run of atWork) await tx.runs.save({ ...run, state: { phase: "failed", reason: "enough", at: 9 as Instant } });
      return atWork.map(({ id }) => `run:${id}`);
    });
  /** CI says something of a run's pull request. */
  const check = (which: number, summary: PullChecks["summary"]): Promise<unknown> =>
    happen(async (tx) => {
      const run = runs[which % Math.max(1, runs.length)];
      if (!run) return [];
      const [pull, head] = [run.issue + 5_000, "c".repeat(40) as CommitSha];
      const stored = await tx.runs.get(run.id, { lock: true });
      if (stored) await tx.runs.save({ ...stored, pull });
      await tx.pullChecks.follow(shop, pull);
      const version = (await tx.pullChecks.get(shop, pull))?.version ?? 0;
      await tx.pullChecks.save({ repository: shop, pull, version, isOpen: true, head, summary, readAt: tick as Instant });
      return [`run:${run.id}`];
    });
  const atForge = (change: () => unknown, event?: string): Promise<unknown> => Promise.resolve(change()).then(() => touch("delivery:of-the-forge", event));
  const belong = (issue: number, parent: number | undefined): Promise<unknown> => {
    const at = (tick += 1) as Instant;
    return atForge(() => world.forge.issues.size > 0 && Object.assign(world.forge.issues.get(issue) ?? {}, { parent, updatedAt: at }), "sub_issues");
  };
  const olga = () => world.forge.as("olga");
  const anIssue = (which: number): number => [...world.forge.issues.keys()][which % Math.max(1, world.forge.issues.size)] ?? 0;

  const aMinute = 60_000;
  const one = (which: number): DecisionRequest["id"] | undefined => waiting[which % Math.max(1, waiting.length)]?.id;
  const putAway = async (which: number, minutes?: number): Promise<unknown> => {
    const id = one(which);
    return id && client.inbox.snooze({ id, ...(minutes === undefined ? {} : { until: world.clock.now() + minutes * aMinute }) });
  };
  const takeOut = async (which: number): Promise<unknown> => {
    const id = one(which);
    return id && client.inbox.wake({ id });
  };

  const anyNumber = fc.nat({ max: 20 });
  const anyStep: fc.Arbitrary<() => Promise<unknown>> = fc.oneof(
    anyNumber.map((issue) => () => ask(issue + 1, (["low", "medium", "high"] as const)[issue % 3])),
    anyNumber.map((which) => () => close(which, { phase: "decided", decision: sampleDecision() })),
    anyNumber.map((which) => () => close(which, { phase: "expired", at: 3 as Instant })),
    anyNumber.map((which) => () => move(which, { phase: "running", attempt: 1, since: tick as Instant })),
    anyNumber.map((which) => () => move(which, { phase: "failed", reason: unique("no disk"), at: 9 as Instant })),
    anyNumber.map((which) => () => check(which, { passed: which, failed: which % 2, running: 0, failing: which % 2 === 0 ? [] : ["build"] })),
    anyNumber.map((which) => () => check(which, undefined)),
    anyNumber.map((which) => () => atForge(() => world.forge.issues.size > 0 && olga().addLabels(shop, anIssue(which), [unique("label")]))),
    anyNumber.map((which) => () => atForge(() => world.forge.issues.size > 0 && olga().closeIssue(shop, anIssue(which)))),
    anyNumber.map((issue) => () => atForge(() => world.forge.addIssue({ number: issue + 100, labels: ["idea"] }))),
    fc.tuple(anyNumber, fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined })).map(
      ([which, parent]) =>
        () =>
          belong(anIssue(which), parent),
    ),
    fc.tuple(anyNumber, fc.integer({ min: 1, max: 5 })).map(
      ([which, minutes]) =>
        () =>
          putAway(which, minutes),
    ),
    anyNumber.map((which) => () => putAway(which)),
    anyNumber.map((which) => () => takeOut(which)),
    // Nothing happens but that time goes by.
    fc.integer({ min: 1, max: 4 }).map((minutes) => () => world.clock.advance(minutes * aMinute)),
    fc.constant(() => touch()),
    // More than anybody goes through: the host says all of it again.
    fc.constant(() => happen(async () => Array.from({ length: 600 }, () => "nothing:that-matters"))),
  );

  it("are what a fresh reading says, whatever has happened and in whatever order", { timeout: longest }, async () => {
    const followed = followAll();
    const rowsOf = ({ inbox, board, all, active }: typeof followed) => ({ inbox: inbox.rows, board: board.rows, all: all.rows, active: active.rows });
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 10 }), async (steps) => {
        for (const step of steps) await step();
        await vi.waitFor(async () => expect(rowsOf(followed)).toStrictEqual(await fresh()), patience);
      }),
      { numRuns: 12 },
    );
    leave.abort();
    // Whoever comes back begins with all of it.
    leave = new AbortController();
    const again = followAll();
    await vi.waitFor(() => expect(Object.values(again).map(({ messages }) => messages.length)).toStrictEqual([1, 1, 1, 1]), patience);
    expect(rowsOf(again)).toStrictEqual(await fresh());
  });

  it("tell in one message that another request stands in the place of one that was edited", { timeout: longest }, async () => {
    await ask(510);
    const [agents] = waiting.splice(-1);
    if (!agents) throw new Error("nothing was asked");
    const { inbox } = followBoth();
    await vi.waitFor(() => expect(inbox.messages).toHaveLength(1), patience);

    const edited = editedBy("olga", agents);
    await happen(async (tx) => {
      await tx.requests.save({ ...agents, state: { phase: "superseded", reason: "edited by olga", instead: edited.id, at: tick as Instant } });
      await tx.requests.insert(edited);
      return [`request:${agents.id}`, `request:${edited.id}`];
    });
    waiting.push(edited);

    await vi.waitFor(() => expect(inbox.messages).toHaveLength(2), patience);
    expect(inbox.messages[1]).toMatchObject({ type: "changes", set: [{ id: edited.id, summary: edited.summary }], removed: [agents.id] });
  });

  it("say of an edited request whether the owner who reads has edited it, or somebody else", { timeout: longest }, async () => {
    await ask(511);
    await ask(512);
    const [one, another] = waiting.splice(-2);
    if (!one || !another) throw new Error("nothing was asked");
    const [own, foreign] = [editedBy(world.deps.owner, one), editedBy("boris", another)];
    const { inbox } = followBoth();
    await vi.waitFor(() => expect(inbox.messages).toHaveLength(1), patience);

    for (const edited of [own, foreign])
      await happen(async (tx) => {
        await tx.requests.insert(edited);
        return [`request:${edited.id}`];
      });
    waiting.push(one, another, own, foreign);

    const ownEdit = (id: string) => inbox.rows.filter((row) => row.id === id).map((row) => row.ownEdit);
    await vi.waitFor(() => expect([ownEdit(own.id), ownEdit(foreign.id), ownEdit(one.id)]).toStrictEqual([[true], [undefined], [undefined]]), patience);
    expect((await fresh()).inbox.find(({ id }) => id === own.id)).toMatchObject({ ownEdit: true });
  });

  it("tell at its time that what was put away is back, although nothing happens then, and each of two at its own", { timeout: longest }, async () => {
    await ask(500);
    await ask(501);
    const [first, second] = [waiting.length - 2, waiting.length - 1];
    const { inbox } = followBoth();
    const isAsleep = (which: number) => inbox.rows.find(({ id }) => id === one(which))?.snoozedUntil !== undefined;
    await vi.waitFor(() => expect(inbox.messages).toHaveLength(1), patience);

    await putAway(first, 1);
    await putAway(second, 2);
    await vi.waitFor(() => expect([isAsleep(first), isAsleep(second)]).toStrictEqual([true, true]), patience);
    const heard = inbox.messages.length;

    await world.clock.advance(aMinute);
    await vi.waitFor(() => expect([isAsleep(first), isAsleep(second)]).toStrictEqual([false, true]), patience);
    expect(inbox.messages.slice(heard)).toMatchObject([{ type: "changes", set: [{ id: one(first) }], removed: [] }]);

    // Whoever comes back in between is told so, and hears of the other one all the same.
    leave.abort();
    leave = new AbortController();
    const again = followBoth().inbox;
    const isBack = () => again.rows.find(({ id }) => id === one(second))?.snoozedUntil;
    await vi.waitFor(() => expect(isBack()).toBe(world.clock.now() + aMinute), patience);
    await world.clock.advance(aMinute);
    await vi.waitFor(() => expect(isBack()).toBeUndefined(), patience);
  });

  it("tell of one thing, and read of no other, however long they are", { timeout: longest }, async () => {
    await fillLongLists(world, { issues: 300, waiting: 600 });
    await endAll();
    const { inbox, board } = followBoth();
    await vi.waitFor(() => expect([inbox.messages.length, board.messages.length]).toStrictEqual([1, 1]), patience);
    await touch();
    read.rows = 0;

    await ask(107, "high");

    await vi.waitFor(() => expect([inbox.messages.length, board.messages.length]).toStrictEqual([2, 2]), patience);
    expect(inbox.messages[1]).toMatchObject({ type: "changes", set: [{ issue: 107, risk: "high" }], removed: [] });
    expect(board.messages[1]).toMatchObject({ type: "changes", set: [{ issue: 107 }], removed: [] });
    expect(read.rows).toBeLessThan(40);
  });

  it("of runs tell of the one that changed, of those that fit no more, and read of no other", { timeout: longest }, async () => {
    await fillLongLists(world, { issues: 300, waiting: 600 });
    await endAll();
    await ask(3_000);
    await ask(3_001);
    const [one, another] = runs.slice(-2);
    const lists = {
      all: followRuns({ limit: 500 }),
      active: followRuns({ active: true }),
      ofIssue: followRuns({ repository: shop, issue: 3_000 }),
      working: followRuns({ working: true }),
    };
    await vi.waitFor(() => expect(Object.values(lists).map(({ messages }) => messages.length)).toStrictEqual([1, 1, 1, 1]), patience);
    expect([lists.active.rows.length, lists.ofIssue.rows.length]).toStrictEqual([(await runsOf({ active: true })).length, 1]);
    const heard = () =>
      Object.values(lists).map(({ messages }) =>
        messages.slice(1).map((message) => (message.type === "changes" ? [message.set.map(({ id }) => id), message.removed] : message)),
      );
    read.rows = 0;

    await move(runs.length - 2, { phase: "failed", reason: "no disk", at: 9 as Instant });
    await vi.waitFor(() => expect(heard()).toStrictEqual([[[[one?.id], []]], [[[], [one?.id]]], [[[one?.id], []]], []]), patience);
    expect(read.rows).toBeLessThan(80);
    await move(runs.length - 1, { phase: "running", attempt: 1, since: tick as Instant });
    await vi.waitFor(() => expect(lists.working.rows.map(({ id }) => id)).toContain(another?.id), patience);

    expect(lists.all.rows.find(({ id }) => id === one?.id)).toMatchObject({ phase: "failed", reason: "no disk" });
    expect(lists.working.rows).toHaveLength(1);
    expect(lists.ofIssue.messages).toHaveLength(2);
  });

  it("of runs have all that are active, and of the others the newest", { timeout: longest }, async () => {
    for (const issue of [3_010, 3_011, 3_012, 3_013]) await ask(issue);
    for (const which of [1, 2, 3]) await move(which, { phase: "failed", reason: "no disk", at: 9 as Instant });
    const list = followRuns({ limit: 2 });

    await vi.waitFor(() => expect(list.rows.map(({ issue }) => issue)).toStrictEqual([3_013, 3_012, 3_010]), patience);
    await move(1, { phase: "failed", reason: "another disk", at: 9 as Instant });
    await vi.waitFor(() => expect(list.rows.map(({ issue }) => issue)).toStrictEqual([3_013, 3_012, 3_011, 3_010]), patience);
  });

  it("of a board tell what an agent at work has used, with whatever happens next", async () => {
    await ask(2_000);
    const run = runs.at(-1)!;
    await move(runs.length - 1, { phase: "running", attempt: 1, since: tick as Instant });
    const { board } = followBoth();
    const card = () => board.rows.find(({ issue }) => issue === 2_000);
    await vi.waitFor(() => expect(card()).toMatchObject({ phase: "running", tokens: { outputTokens: 0 } }), patience);

    const used = { inputTokens: 5, cachedInputTokens: 0, outputTokens: 7, reasoningTokens: 0 };
    await world.inStore((tx) => tx.usage.append({ runId: run.id, attempt: 1, turn: 1, model: "m", ...used, at: 1 as Instant }));
    await touch();

    await vi.waitFor(() => expect(card()).toMatchObject({ tokens: used }), patience);
  });

  it("of a board tell what CI says of a pull request when it has been read, of that card and of no other", async () => {
    await ask(2_002);
    const [run, head, pull] = [runs.at(-1)!, "d".repeat(40) as CommitSha, 9_002];
    world.forge.addPull({ number: pull, head: run.branch, headSha: head });
    world.forge.checks.set(head, [{ name: "build", state: "running" }]);
    await happen(async (tx) => {
      await tx.runs.save({ ...run, pull });
      await tx.pullChecks.follow(shop, pull);
      return [];
    });
    const { board } = followBoth();
    const card = () => board.rows.find(({ issue }) => issue === 2_002);
    await vi.waitFor(() => expect(card()).toMatchObject({ pull }), patience);
    const readChecks = createReadChecks({ ...world.deps, forge: olga() });

    await readChecks(shop, pull);
    await vi.waitFor(() => expect(card()).toMatchObject({ checks: { running: 1, head } }), patience);
    world.forge.checks.set(head, [{ name: "build", state: "failed" }]);
    await readChecks(shop, pull);
    await readChecks(shop, pull);

    await vi.waitFor(() => expect(card()).toMatchObject({ checks: { running: 0, failed: 1, failing: ["build"] } }), patience);
    expect(board.messages.slice(1)).toMatchObject([
      { type: "changes", set: [{ issue: 2_002 }], removed: [] },
      { type: "changes", set: [{ issue: 2_002 }], removed: [] },
    ]);
  });

  it("of a board tell at once which issue belongs to which, and that it does no more", { timeout: longest }, async () => {
    for (const number of [2_010, 2_011]) world.forge.addIssue({ number, labels: [] });
    await touch("delivery:of-the-forge");
    const { board } = followBoth();
    const card = () => board.rows.find(({ issue }) => issue === 2_011);
    await vi.waitFor(() => expect(card()).toBeDefined(), patience);
    expect(card()).not.toHaveProperty("parent");
    const heard = board.messages.length;

    await belong(2_011, 2_010);
    await vi.waitFor(() => expect(card()).toMatchObject({ parent: 2_010 }), patience);
    expect(board.messages.slice(heard)).toMatchObject([{ type: "changes", set: [{ issue: 2_011, parent: 2_010 }], removed: [] }]);

    await belong(2_011, undefined);
    await vi.waitFor(() => expect(card()).not.toHaveProperty("parent"), patience);
  });

  it("of a board tell the pause that holds a run, and that it is over", async () => {
    await ask(2_001);
    await move(runs.length - 1, { phase: "parked", attempt: 1, reason: "pause", since: tick as Instant });
    const { board } = followBoth();
    const card = () => board.rows.find(({ issue }) => issue === 2_001);
    await vi.waitFor(() => expect(card()).toMatchObject({ waitsFor: "pause" }), patience);

    const hold = (pause: object | undefined): Promise<unknown> =>
      happen(async (tx) => {
        await tx.holds.save({ ...(await tx.holds.get({ lock: "update" })), pause: pause as never });
        return ["workspace:workspace"];
      });
    await hold({ id: "p1", by: "olga", since: 5, reason: "a fire drill" });
    await vi.waitFor(() => expect(card()).toMatchObject({ pause: { by: "olga", reason: "a fire drill" } }), patience);

    await hold(undefined);
    await vi.waitFor(() => expect(card()).not.toHaveProperty("pause"), patience);
  });
});

/** The request that a person has put in the place of another one. */
function editedBy(person: string, { id, issue, runId, expiresAt, createdAt, digest, arguments: asked }: DecisionRequest): DecisionRequest {
  const by = person as PersonId;
  const edit = { of: id, shown: digest, asked, by, surface: "desktop", at: createdAt, keyId: "key", signature: "signature" } as const;
  return sampleRequest(runId, { issue, createdAt: (createdAt + 1) as Instant, expiresAt, summary: unique("edited"), edit });
}

/** A store that counts the rows which are read of it. */
function counting(store: Store, read: { rows: number }): Store {
  const counted = (rows: unknown): unknown => {
    read.rows += Array.isArray(rows) ? rows.length : rows instanceof Map ? rows.size : 1;
    return rows;
  };
  const table = (members: object): object =>
    new Proxy(members, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? async (...given: unknown[]) => counted(await (member as (...input: unknown[]) => unknown)(...given)) : member;
      },
    });
  return {
    onFlow: (callback) => store.onFlow(callback),
    transaction: (work) =>
      store.transaction((tx) =>
        work(new Proxy(tx, { get: (target, name) => (name === "session" ? target.session : table(Reflect.get(target, name) as object)) })),
      ),
  };
}
