import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { CopyRecord, LocalCopy } from "../../ports/local-copy.ts";
import { openCopyFile } from "./copy-file.ts";
import { createLocalCopy, type CopyLimits } from "./local-copy.ts";

const shop = "acme/shop" as RepositoryName;
const yard = "acme/yard" as RepositoryName;
const at = (milliseconds: number): Instant => milliseconds as Instant;
const start = { attempt: 0, sequence: -1 };

const run = (key: string, overrides: Partial<CopyRecord> = {}): CopyRecord => ({
  kind: "run",
  key,
  repository: shop,
  issue: 1,
  rank: 1,
  content: { id: key },
  ...overrides,
});
const text = (key: string, title: string, body: string, overrides: Partial<CopyRecord> = {}): CopyRecord => ({
  kind: "text",
  key,
  repository: shop,
  issue: 1,
  rank: 1,
  content: { body },
  found: { title, sections: [{ title: "Boarding", text: body }] },
  ...overrides,
});

describe("the copy", () => {
  let directory = "";
  let copy: LocalCopy;
  const open = (limits?: CopyLimits): LocalCopy =>
    createLocalCopy(
      openCopyFile(join(directory, "copy.sqlite"), () => undefined),
      limits,
    );

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "signalbox-copy-"));
    copy = open();
  });
  afterEach(() => {
    copy.close();
    rmSync(directory, { recursive: true });
  });

  it("gives back what was put, with when it was read, after it was opened again, too", () => {
    copy.put([run("r1", { content: { id: "r1", words: "паром ⛴ \u202e" } })], at(5));
    copy.noteReading("runs", at(6));
    copy.close();
    copy = open();

    expect(copy.get("run", "r1")).toEqual({ key: "r1", content: { id: "r1", words: "паром ⛴ \u202e" }, readAt: 5 });
    expect(copy.lastReading("runs")).toBe(6);
    expect(copy.get("run", "r2")).toBeUndefined();
    expect(copy.lastReading("inbox")).toBeUndefined();
  });

  it("lists by place, the highest rank first", () => {
    copy.put([run("a", { rank: 1 }), run("b", { rank: 3 }), run("c", { rank: 2, repository: yard }), run("d", { rank: 9, issue: 2 })], at(1));
    const keys = (where?: Parameters<LocalCopy["list"]>[1]): readonly string[] => copy.list("run", where).map(({ key }) => key);

    expect(keys()).toEqual(["d", "b", "c", "a"]);
    expect(keys({ repository: shop, issue: 1 })).toEqual(["b", "a"]);
    expect(keys({ limit: 2 })).toEqual(["d", "b"]);
  });

  it("has exactly what a list was replaced by, and nothing of another repository is touched", () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"))), (lists) => {
        copy.replace("board-card", undefined, [], at(1));
        copy.put([{ ...run("elsewhere", { repository: yard }), kind: "board-card" }], at(1));
        for (const keys of lists) {
          copy.replace(
            "board-card",
            shop,
            keys.map((key, index) => ({ ...run(key, { rank: -index }), kind: "board-card" as const })),
            at(2),
          );
          expect(copy.list("board-card", { repository: shop }).map(({ key }) => key)).toEqual(keys);
        }
        expect(copy.list("board-card", { repository: yard })).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps a transcript in its order, each entry once, and gives it in pages", () => {
    const entries = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ attempt: 1, sequence: from + index, content: { line: from + index } }));
    const owner = { runId: "r1", repository: shop, issue: 1, title: "intake" };
    copy.addTranscript(owner, entries(0, 10), at(1));
    copy.addTranscript(owner, entries(5, 10), at(2));

    expect(copy.transcript("r1", start, 100).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 15 }, (_, index) => index));
    expect(copy.transcript("r1", { attempt: 1, sequence: 3 }, 2)).toEqual([
      { attempt: 1, sequence: 4, content: { line: 4 } },
      { attempt: 1, sequence: 5, content: { line: 5 } },
    ]);
  });

  it("keeps the beginning of a transcript that is too long, without a gap", () => {
    copy.close();
    copy = open({ size: 1e9, transcript: 100 });
    const owner = { runId: "r1", title: "intake" };
    const entry = (sequence: number, length: number) => ({ attempt: 1, sequence, content: "x".repeat(length) });
    copy.addTranscript(owner, [entry(0, 40), entry(1, 90), entry(2, 5)], at(1));
    copy.addTranscript(owner, [entry(3, 5)], at(1));

    expect(copy.transcript("r1", start, 10).map(({ sequence }) => sequence)).toEqual([0]);
  });

  describe("search", () => {
    it("finds words by their beginnings in any language and form, and says where", () => {
      copy.put([text("ferry", "Ferry", "Passengers board the ferry at gangway nine."), text("parom", "Паром", "Ещё один паром отходит от причала.")], at(7));
      const found = (query: string): readonly string[] => copy.search(query, { limit: 10 }).map(({ key }) => key);

      expect(found("gangways")).toEqual(["ferry"]);
      expect(found("ПАРОМЫ")).toEqual(["parom"]);
      expect(found("еще причал")).toEqual(["parom"]);
      expect(found("ferry причал")).toEqual([]);
      expect(copy.search("gangway", { limit: 1 })).toMatchObject([
        {
          source: "document",
          key: "ferry",
          title: "Ferry",
          section: "Boarding",
          excerpt: expect.stringContaining("gangway nine"),
          repository: shop,
          issue: 1,
          readAt: 7,
        },
      ]);
    });

    it("puts what has the word in its title first", () => {
      copy.put([text("a", "Harbour", "The ferry, the ferry and the ferry."), text("b", "Ferry", "It goes every hour.")], at(1));

      expect(copy.search("ferry", { limit: 10 }).map(({ key }) => key)).toEqual(["b", "a"]);
    });

    it("finds what a record says now, and nothing of what is gone", () => {
      copy.put([text("a", "A", "an old gangway")], at(1));
      copy.put([text("a", "A", "a new staircase")], at(2));
      expect(copy.search("gangway", { limit: 10 })).toEqual([]);
      expect(copy.search("staircase", { limit: 10 })).toHaveLength(1);

      copy.replace("text", shop, [], at(3));
      expect(copy.search("staircase", { limit: 10 })).toEqual([]);
    });

    it("finds an entry of a transcript", () => {
      copy.addTranscript(
        { runId: "r1", repository: shop, title: "intake" },
        [{ attempt: 2, sequence: 4, content: {}, text: "I looked at the gangway." }],
        at(3),
      );

      expect(copy.search("gangway", { limit: 10, repository: shop })).toMatchObject([
        { source: "transcript", key: "r1", title: "intake", at: { attempt: 2, sequence: 4 }, readAt: 3 },
      ]);
      expect(copy.search("gangway", { limit: 10, repository: yard })).toEqual([]);
    });

    it("takes whatever is typed", () => {
      copy.put([text("a", "A", 'NEAR OR "quoted" (brackets) * ^ - AND not')], at(1));
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: "grapheme" }), fc.stringMatching(/^["()*^:{}+\-. a-z]{0,20}$/u)), (query) => {
          expect(Array.isArray(copy.search(query, { limit: 5 }))).toBe(true);
        }),
      );
    });
  });

  describe("when there is too much", () => {
    const large = (key: string): { readonly attempt: number; readonly sequence: number; readonly content: string } => ({
      attempt: 1,
      sequence: 0,
      content: key.padEnd(400_000, "."),
    });

    it("lets go of what closed first, keeps what is open, and gives the room back", () => {
      copy.close();
      copy = open({ size: 1_500_000, transcript: 1e9 });
      for (const [key, closedAt] of [
        ["open", undefined],
        ["old", at(10)],
        ["older", at(5)],
        ["new", at(20)],
      ] as const) {
        copy.put([run(key, { closedAt })], at(30));
        copy.addTranscript({ runId: key, title: key }, [large(key)], at(30));
      }
      const kept = (): readonly string[] => ["open", "new", "old", "older"].filter((key) => copy.transcript(key, start, 1).length > 0);
      expect(kept()).toHaveLength(4);

      expect(copy.shrink()).toBe(1);

      expect(kept()).toEqual(["open", "new", "old"]);
      expect(statSync(join(directory, "copy.sqlite")).size).toBeLessThan(1_700_000);
      expect(copy.shrink()).toBe(0);
    });

    it("stays within its bounds though everything is open", () => {
      copy.close();
      copy = open({ size: 1_000_000, transcript: 1e9 });
      for (const key of ["a", "b", "c", "d"]) copy.addTranscript({ runId: key, title: key }, [large(key)], at(key.codePointAt(0) ?? 0));

      copy.shrink();

      expect(copy.transcript("a", start, 1)).toEqual([]);
      expect(copy.transcript("d", start, 1)).toHaveLength(1);
    });
  });
});
