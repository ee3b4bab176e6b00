import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ORPCError } from "@orpc/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCopyFile } from "../../../adapters/sqlite-copy/copy-file.ts";
import { createLocalCopy } from "../../../adapters/sqlite-copy/local-copy.ts";
import type { Store, Transaction } from "../../../ports/store.ts";
import type { LocalCopy } from "../../../ports/local-copy.ts";
import { createManualClock, type ManualClock } from "../../../testing/manual-clock.ts";
import { fillCopy } from "./fill-copy.ts";
import type { HostReader } from "./offline.ts";

const path = "docs/issues/issue-1/intake/problem.md";

describe("the copy is filled", () => {
  let directory = "";
  let copy: LocalCopy;
  let clock: ManualClock;
  let leave: AbortController;
  let asked: string[];
  const truth = { head: 1, hash: "h1", readable: true, waiting: [] as string[] };
  const notices = new Set<() => void>();
  /** What the list of what waits says next. */
  let say: (message: unknown) => void = () => undefined;
  async function* messages(signal: AbortSignal): AsyncGenerator<unknown> {
    yield { type: "snapshot", rows: truth.waiting.map((id) => ({ id })), asOf: 1 };
    while (!signal.aborted) {
      yield await new Promise((resolve) => {
        say = resolve;
        signal.addEventListener("abort", () => resolve({ type: "changes", set: [], removed: [], asOf: 1 }));
      });
    }
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "signalbox-fill-"));
    copy = createLocalCopy(openCopyFile(join(directory, "copy.sqlite"), () => undefined));
    copy.put([{ kind: "board-card", key: "acme/shop#1", repository: "acme/shop" as never, issue: 1, rank: 0, content: {} }], 1 as never);
    clock = createManualClock();
    leave = new AbortController();
    asked = [];
    Object.assign(truth, { head: 1, hash: "h1", readable: true, waiting: [] });
    const access = {
      link: { state: () => ({ phase: "live" as const }), watch: () => () => undefined, back: async () => undefined, close: () => undefined },
      copy: () => copy,
      note: (write: (open: LocalCopy) => void) => write(copy),
    };
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    void fillCopy({ client: client(), access, store: store(), clock, log }, leave.signal);
  });
  afterEach(async () => {
    leave.abort();
    await clock.advance(10_000);
    copy.close();
    rmSync(directory, { recursive: true });
  });

  function store(): Pick<Store, "onFlow" | "transaction"> {
    return {
      transaction: (work) => work({ flow: { head: async () => ({ sequence: truth.head }) } } as unknown as Transaction),
      async onFlow(notice) {
        notices.add(notice);
        return async () => void notices.delete(notice);
      },
    };
  }
  function client(): HostReader {
    const answer = <T>(name: string, given: T): T => {
      asked.push(name);
      return given;
    };
    return {
      inbox: {
        list: async () => answer("closed", { items: [] }),
        get: async ({ id }: { id: string }) => answer(`card ${id}`, {}),
        watch: async (_: unknown, { signal }: { signal: AbortSignal }) => (asked.push("inbox"), messages(signal)),
      },
      runs: { list: async ({ active }: { active?: boolean }) => answer(active ? "active" : "runs", { runs: [] }), get: async () => answer("run", {}) },
      board: { stages: async () => answer("stages", []), limits: async () => answer("limits", {}), cards: async () => answer("board", { cards: [] }) },
      projects: { list: async () => [{ repository: "acme/shop" }] },
      documents: {
        list: async () => answer("documents", [{ path, hash: truth.hash }]),
        trace: async () => answer("trace", { pulls: [], releases: [] }),
        async read() {
          asked.push("read");
          if (!truth.readable) throw new ORPCError("NOT_FOUND", { message: "no such branch" });
          copy.put([{ kind: "text", key: `acme/shop ${path}`, rank: 0, content: { document: { hash: truth.hash } } }], 1 as never);
        },
      },
    } as unknown as HostReader;
  }
  const count = (name: string): number => asked.filter((each) => each === name).length;
  const happen = async (): Promise<void> => {
    truth.head += 1;
    for (const notice of notices) notice();
    await clock.advance(6_000);
  };

  it("at once, and asks for nothing as long as nothing has happened", async () => {
    await clock.advance(6_000);
    expect([...new Set(asked)]).toEqual(["inbox", "stages", "limits", "board", "closed", "runs", "active", "documents", "trace", "read"]);
    asked.length = 0;

    await clock.advance(60_000);

    expect(asked).toEqual([]);
  });

  it("anew when something happened, the board less often, and a document when it has another version", async () => {
    await clock.advance(6_000);
    await happen();
    expect([count("closed"), count("board"), count("read")]).toEqual([2, 1, 1]);

    truth.hash = "h2";
    await happen();
    expect([count("closed"), count("board"), count("read")]).toEqual([3, 1, 2]);

    await clock.advance(40_000);
    expect([count("inbox"), count("closed"), count("board")]).toEqual([1, 3, 2]);
  });

  it("with the card of each request that comes, and again when it goes", async () => {
    await clock.advance(6_000);
    say({ type: "changes", set: [{ id: "r1" }], removed: [], asOf: 2 });
    await happen();
    expect(count("card r1")).toBe(1);
    copy.put([{ kind: "request-card", key: "r1", rank: 0, content: { phase: "requested" } }], 1 as never);

    say({ type: "changes", set: [{ id: "r1" }], removed: [], asOf: 3 });
    await happen();
    expect(count("card r1")).toBe(1);

    say({ type: "changes", set: [], removed: ["r1"], asOf: 4 });
    await happen();
    expect(count("card r1")).toBe(2);
  });

  it("without asking again and again for what cannot be read", async () => {
    truth.readable = false;
    truth.hash = "h3";
    await clock.advance(6_000);
    await happen();
    await happen();

    expect(count("read")).toBe(1);
  });

  it("no longer than somebody looks", async () => {
    await clock.advance(6_000);
    leave.abort();
    asked.length = 0;

    await happen();

    expect([asked, notices.size]).toEqual([[], 0]);
  });
});
