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
  const truth = { head: 1, hash: "h1", readable: true };
  const notices = new Set<() => void>();

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "signalbox-fill-"));
    copy = createLocalCopy(openCopyFile(join(directory, "copy.sqlite"), () => undefined));
    copy.put([{ kind: "board-card", key: "acme/shop#1", repository: "acme/shop" as never, issue: 1, rank: 0, content: {} }], 1 as never);
    clock = createManualClock();
    leave = new AbortController();
    asked = [];
    Object.assign(truth, { head: 1, hash: "h1", readable: true });
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
    const say = <T>(name: string, answer: T): T => {
      asked.push(name);
      return answer;
    };
    return {
      inbox: { list: async ({ closed }: { closed?: boolean }) => say(closed ? "closed" : "inbox", { items: [] }), get: async () => say("card", {}) },
      runs: { list: async ({ active }: { active?: boolean }) => say(active ? "active" : "runs", { runs: [] }), get: async () => say("run", {}) },
      board: { stages: async () => say("stages", []), cards: async () => say("board", { cards: [] }) },
      projects: { list: async () => [{ repository: "acme/shop" }] },
      documents: {
        list: async () => say("documents", [{ path, hash: truth.hash }]),
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
    expect([...new Set(asked)]).toEqual(["stages", "board", "inbox", "closed", "runs", "active", "documents", "read"]);
    asked.length = 0;

    await clock.advance(60_000);

    expect(asked).toEqual([]);
  });

  it("anew when something happened, the board less often, and a document when it has another version", async () => {
    await clock.advance(6_000);
    await happen();
    expect([count("inbox"), count("board"), count("read")]).toEqual([2, 1, 1]);

    truth.hash = "h2";
    await happen();
    expect([count("inbox"), count("board"), count("read")]).toEqual([3, 1, 2]);

    await clock.advance(40_000);
    expect([count("inbox"), count("board")]).toEqual([3, 2]);
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
