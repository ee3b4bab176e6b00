import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContractRouterClient } from "@orpc/contract";
import { createRouterClient, type AnyRouter } from "@orpc/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openCopyFile } from "../../../adapters/sqlite-copy/copy-file.ts";
import { createLocalCopy } from "../../../adapters/sqlite-copy/local-copy.ts";
import type { HostContract } from "../../../contract/index.ts";
import type { InboxCard, InboxItem } from "../../../contract/inbox.ts";
import type { RunRow, TranscriptEntry } from "../../../contract/runs.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { LocalCopy } from "../../../ports/local-copy.ts";
import type { Store, Transaction } from "../../../ports/store.ts";
import { sampleCard } from "../../../testing/command-context.ts";
import { createManualClock, type ManualClock } from "../../../testing/manual-clock.ts";
import { sampleRunRow } from "../../../testing/sample-run-row.ts";
import { linkedStore } from "./database-link.ts";
import { readThrough } from "./read-through.ts";

const card = (id: string, overrides: Partial<InboxCard> = {}): InboxCard => ({ ...sampleCard(), id, ...overrides });
const run = (id: string): RunRow => sampleRunRow({ id, phase: "running" });
const entry = (sequence: number): TranscriptEntry => ({ attempt: 1, sequence, at: 1, type: "message", content: { text: `line ${sequence}` } });

describe("a host that is read through its copy", () => {
  let directory = "";
  let copy: LocalCopy;
  let clock: ManualClock;
  let client: ContractRouterClient<HostContract>;
  /** What the database says, while it is there. */
  const truth = {
    isThere: true,
    isForgeThere: true,
    items: [] as InboxItem[],
    cards: [] as InboxCard[],
    entries: [] as TranscriptEntry[],
    decided: 0,
    changed: new Set<() => void>(),
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "signalbox-through-"));
    copy = createLocalCopy(openCopyFile(join(directory, "copy.sqlite"), () => undefined));
    clock = createManualClock();
    Object.assign(truth, { isThere: true, isForgeThere: true, items: [card("a")], cards: [card("a")], entries: [entry(0), entry(1)], decided: 0 });
    client = playedHost();
  });
  afterEach(() => {
    copy.close();
    rmSync(directory, { recursive: true });
  });

  function playedHost(): ContractRouterClient<HostContract> {
    const raw: Store = {
      async transaction(work) {
        if (!truth.isThere) throw new InfrastructureError("unavailable", "connection refused");
        return work({ settings: { get: async () => undefined } } as unknown as Transaction);
      },
      async onFlow(changed) {
        truth.changed.add(changed);
        return async () => void truth.changed.delete(changed);
      },
    };
    const { store, link } = linkedStore(raw, clock);
    const read = <T>(value: () => T): Promise<T> => store.transaction(async () => value());
    const access = { link, copy: () => copy, note: (write: (open: LocalCopy) => void) => write(copy) };
    const through = readThrough({ access, clock });
    /** As often as something changes. */
    async function* whenever<T>(value: () => T, signal: AbortSignal | undefined): AsyncGenerator<T> {
      for (;;) {
        yield await read(value);
        await new Promise<void>((resolve) => {
          truth.changed.add(resolve);
          signal?.addEventListener("abort", () => resolve());
        });
        if (signal?.aborted) return;
      }
    }
    const router = {
      inbox: {
        list: through.inbox.list.handler(() => read(() => ({ items: truth.items, total: truth.items.length, asOf: clock.now() }))),
        get: through.inbox.get.handler(({ input }) => read(() => truth.cards.find(({ id }) => id === input.id) ?? card("none"))),
        watch: through.inbox.watch.handler(({ signal }) => whenever(() => ({ type: "snapshot" as const, rows: [...truth.items], asOf: clock.now() }), signal)),
        decide: through.inbox.decide.handler(({ input }) =>
          read(() => {
            truth.decided += 1;
            return card(input.id);
          }),
        ),
      },
      runs: {
        list: through.runs.list.handler(() => read(() => ({ runs: [run("r1")], asOf: clock.now() }))),
        follow: through.runs.follow.handler(({ signal }) => whenever(() => ({ entries: [...truth.entries], phase: "running" as const }), signal)),
      },
      board: {
        cards: through.board.cards.handler(() => {
          if (!truth.isForgeThere) throw new InfrastructureError("rate-limited", "the forge asks for patience");
          return { cards: [], asOf: clock.now() };
        }),
      },
    };
    return createRouterClient(router as unknown as AnyRouter) as unknown as ContractRouterClient<HostContract>;
  }
  const goAway = (): void => void (truth.isThere = false);
  const comeBack = async (): Promise<void> => {
    truth.isThere = true;
    await clock.advance(5_000);
  };
  const tell = (): void => {
    for (const changed of truth.changed) changed();
  };
  /** Reads a stream into a list until it is left. */
  function following<T>(stream: Promise<AsyncIterable<T>>): T[] {
    const seen: T[] = [];
    void (async () => {
      for await (const value of await stream) seen.push(value);
    })().catch(() => undefined);
    return seen;
  }

  it("answers from the database while that is there, and from the copy with its age while it is away", async () => {
    const { asOf } = await client.inbox.list({});
    await client.inbox.get({ id: "a" });
    await clock.advance(60_000);
    goAway();

    expect(await client.inbox.list({})).toEqual({ items: [expect.objectContaining({ id: "a" })], total: 1, asOf });
    expect(await client.inbox.get({ id: "a" })).toEqual({ ...card("a"), asOf });
  });

  it("puts away what was put away, a card by its row in the list, and nothing past its time", async () => {
    await client.inbox.get({ id: "a" });
    const snoozedUntil = clock.now() + 60_000;
    truth.items = [card("a", { snoozedUntil })];
    await client.inbox.list({});
    goAway();

    expect((await client.inbox.list({})).items).toMatchObject([{ id: "a", snoozedUntil }]);
    expect(await client.inbox.get({ id: "a" })).toMatchObject({ snoozedUntil });
    await clock.advance(60_000);
    expect((await client.inbox.list({})).items[0]).not.toHaveProperty("snoozedUntil");
    expect(await client.inbox.get({ id: "a" })).not.toHaveProperty("snoozedUntil");
  });

  it("says of what was never read that it is not in the copy, and what becomes of it", async () => {
    goAway();

    await expect(client.inbox.get({ id: "b" })).rejects.toMatchObject({ code: "UNAVAILABLE", data: { remedy: expect.stringContaining("not in the copy") } });
    await expect(client.runs.list({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("refuses what would change something, and says what can be done", async () => {
    goAway();
    await client.inbox.list({}).catch(() => undefined);

    const decide = client.inbox.decide({ id: "a", verdict: { type: "approve" }, surface: "desktop" });

    await expect(decide).rejects.toMatchObject({ code: "UNAVAILABLE", data: { remedy: expect.stringContaining("draft") } });
    expect(truth.decided).toBe(0);
  });

  it("answers anew as soon as the database is back", async () => {
    await client.inbox.list({});
    goAway();
    await client.inbox.list({});
    truth.items = [card("a"), card("b")];

    await comeBack();

    expect((await client.inbox.list({})).items).toHaveLength(2);
  });

  it("holds a stream through an absence: what was said is not said again, and what is new comes when it is back", async () => {
    const leave = new AbortController();
    const seen = following(client.inbox.watch(undefined, { signal: leave.signal }));
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    goAway();
    tell();
    await clock.advance(20_000);
    expect(seen).toHaveLength(1);

    truth.items = [card("a"), card("b")];
    await comeBack();

    await vi.waitFor(() => expect(seen.at(-1)).toMatchObject({ type: "snapshot", rows: [{ id: "a" }, { id: "b" }] }));
    expect(seen).toHaveLength(2);
    leave.abort();
  });

  it("begins a stream from the copy when the database is away", async () => {
    await client.inbox.list({});
    goAway();
    await client.inbox.list({});
    const leave = new AbortController();
    const seen = following(client.inbox.watch(undefined, { signal: leave.signal }));

    await vi.waitFor(() => expect(seen).toMatchObject([{ type: "snapshot", rows: [{ id: "a" }] }]));
    leave.abort();
  });

  it("ends a stream with the reason when the copy has nothing of it", async () => {
    goAway();
    const leave = new AbortController();

    await expect(
      (async () => {
        for await (const _ of await client.inbox.watch(undefined, { signal: leave.signal })) break;
      })(),
    ).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("tells each entry of a transcript once, over an absence, too", async () => {
    await client.runs.list({});
    const leave = new AbortController();
    const seen = following(client.runs.follow({ id: "r1" }, { signal: leave.signal }));
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    goAway();
    tell();
    truth.entries = [entry(0), entry(1), entry(2)];
    await comeBack();

    await vi.waitFor(() => expect(seen.flatMap(({ entries }) => entries.map(({ sequence }) => sequence))).toEqual([0, 1, 2]));
    leave.abort();
  });

  it("reads on in a transcript that was opened before, from where the reader stands", async () => {
    await client.runs.list({});
    const first = new AbortController();
    const opened = following(client.runs.follow({ id: "r1" }, { signal: first.signal }));
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    first.abort();
    goAway();
    await client.runs.list({});

    const leave = new AbortController();
    const seen = following(client.runs.follow({ id: "r1", after: { attempt: 1, sequence: 0 } }, { signal: leave.signal }));

    await vi.waitFor(() => expect(seen).toEqual([{ entries: [entry(1)], phase: "running" }]));
    leave.abort();
  });

  it("takes the forge's absence for what it is: the board is from before, and everything else goes on", async () => {
    const { asOf } = await client.board.cards({});
    await clock.advance(1_000);
    truth.isForgeThere = false;

    expect(await client.board.cards({})).toEqual({ cards: [], asOf });
    expect((await client.inbox.list({})).asOf).toBeGreaterThan(asOf);
  });
});
