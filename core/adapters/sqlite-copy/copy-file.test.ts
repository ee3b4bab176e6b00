import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Draft } from "../../domain/draft/draft.ts";
import type { Instant, RepositoryName, RequestId } from "../../domain/kernel/values.ts";
import { openCopyFile, type CopyFile, type CopyNotice } from "./copy-file.ts";
import { createDraftBox } from "./draft-box.ts";
import { createLocalCopy } from "./local-copy.ts";

const start = { attempt: 0, sequence: -1 };
const now = 1 as Instant;

function draft(id: string, overrides: Partial<Draft> = {}): Draft {
  const intent = { type: "decision", requestId: "q1" as RequestId, summary: "s", digest: "d", targetVersion: "v", verdict: { type: "approve" } } as const;
  return { id, repository: "acme/shop" as RepositoryName, intent, writtenAt: 1 as Instant, state: { phase: "draft" }, ...overrides };
}

describe("the file of copy and drafts", () => {
  let directory = "";
  let path = "";
  const notices: CopyNotice[] = [];
  const files: CopyFile[] = [];
  const open = (): CopyFile => {
    const file = openCopyFile(path, (notice) => notices.push(notice));
    files.push(file);
    return file;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "signalbox-copy-"));
    path = join(directory, "copy.sqlite");
    notices.length = 0;
  });
  afterEach(() => {
    for (const file of files.splice(0)) file.close();
    rmSync(directory, { recursive: true });
  });

  const fill = (): void => {
    const file = open();
    createLocalCopy(file).put([{ kind: "run", key: "r1", rank: 1, content: { id: "r1" } }], now);
    createDraftBox(file).add(draft("kept"));
    createDraftBox(file).markViewed({ repository: "acme/shop", path: "a.md", hash: "h" }, true);
    file.close();
  };

  it("empties a copy of another version and keeps the drafts", () => {
    fill();
    const db = new Sqlite(path);
    db.exec("update versions set version = version + 1 where part = 'copy'");
    db.close();

    const file = open();

    expect(createLocalCopy(file).get("run", "r1")).toBeUndefined();
    expect(createDraftBox(file).list()).toEqual([draft("kept")]);
    expect(notices).toEqual([{ type: "emptied" }]);
  });

  it("keeps the drafts of a version that knew no verdicts", () => {
    fill();
    const db = new Sqlite(path);
    db.exec("drop index one_verdict; update versions set version = 1 where part = 'drafts'");
    db.close();

    expect(createDraftBox(open()).list()).toEqual([draft("kept")]);
    const indexes = new Sqlite(path, { readonly: true }).prepare("select name from sqlite_schema where name = 'one_verdict'").pluck();
    expect(indexes.get()).toBe("one_verdict");
  });

  it("is refused when a newer version keeps drafts in it, and is not touched", () => {
    fill();
    const db = new Sqlite(path);
    db.exec("update versions set version = 99 where part = 'drafts'");
    db.close();

    expect(open).toThrow(expect.objectContaining({ code: "newer-schema", remedy: expect.stringContaining("newer version") }));
    expect(new Sqlite(path, { readonly: true }).prepare("select count(*) from drafts").pluck().get()).toBe(1);
  });

  it("is renamed aside when it is no database, said once, and filled anew", () => {
    writeFileSync(path, "this is no database, whatever its name says ".repeat(100));

    const file = open();
    createLocalCopy(file).put([{ kind: "run", key: "r2", rank: 1, content: {} }], now);

    expect(notices).toEqual([{ type: "damaged", aside: `${path}.damaged-1`, drafts: undefined }]);
    expect(readFileSync(`${path}.damaged-1`, "utf8")).toContain("no database");
    expect(createLocalCopy(file).get("run", "r2")).toBeDefined();
  });

  it("takes the drafts along out of a file whose copy is damaged, whenever that shows", () => {
    fill();
    const db = new Sqlite(path);
    const page = (db.prepare("select rootpage from sqlite_schema where name = 'records'").pluck().get() as number) - 1;
    const size = Number(db.pragma("page_size", { simple: true }));
    db.pragma("wal_checkpoint(truncate)");
    db.close();
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(size, 0xff), 0, size, page * size);
    closeSync(file);

    const opened = open();
    const copy = createLocalCopy(opened);
    expect(copy.list("run")).toEqual([]);
    copy.put([{ kind: "run", key: "r2", rank: 1, content: {} }], now);

    expect(copy.list("run")).toHaveLength(1);
    expect(createDraftBox(opened).list()).toEqual([draft("kept")]);
    expect(createDraftBox(opened).viewed()).toEqual([{ repository: "acme/shop", path: "a.md", hash: "h" }]);
    expect(notices).toEqual([{ type: "damaged", aside: `${path}.damaged-1`, drafts: 1 }]);
    expect(readdirSync(directory).filter((name) => name.includes("damaged")).length).toBeGreaterThan(0);
  });

  it("says what to do when it cannot be made", () => {
    path = join(directory, "nowhere", "copy.sqlite");

    expect(open).toThrow(expect.objectContaining({ code: "unwritable", remedy: expect.stringContaining("writable") }));
  });

  it("is whole after its writer was killed in the middle, with every draft that was said to be kept", async () => {
    const writer = spawn(process.execPath, [fileURLToPath(new URL("killed-writer.fixture.ts", import.meta.url)), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    writer.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.split("\n").length > 40) writer.kill("SIGKILL");
    });
    await once(writer, "close");

    const file = open();
    const [copy, box] = [createLocalCopy(file), createDraftBox(file)];
    const kept = new Set(box.list().map(({ id }) => id));
    const promised = said.split("\n").slice(0, -1);

    expect(notices).toEqual([]);
    expect(promised.length).toBeGreaterThan(30);
    expect(promised.filter((id) => !kept.has(id))).toEqual([]);
    const sequences = copy.transcript("r1", start, 1_000_000).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index));
    expect(copy.search("gangway", { limit: 5 }).length).toBeGreaterThan(0);
    expect(file.use((db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
    expect(statSync(path).mode & 0o077).toBe(0);
  });
});

describe("the drafts", () => {
  let directory = "";
  let file: CopyFile;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "signalbox-drafts-"));
    file = openCopyFile(join(directory, "copy.sqlite"), () => undefined);
  });
  afterEach(() => {
    file.close();
    rmSync(directory, { recursive: true });
  });

  it("are listed as they were written, closed ones only when they are asked for", () => {
    const box = createDraftBox(file);
    box.add(draft("b", { writtenAt: 2 as Instant }));
    box.add(draft("a", { writtenAt: 1 as Instant }));
    box.save(draft("a", { writtenAt: 1 as Instant }), draft("a", { writtenAt: 1 as Instant, state: { phase: "sent", at: 3 as Instant } }));

    expect(box.list().map(({ id }) => id)).toEqual(["b"]);
    expect(box.list({ closed: true }).map(({ id }) => id)).toEqual(["b", "a"]);
    expect(box.get("a")?.state.phase).toBe("sent");
    expect(box.get("c")).toBeUndefined();
  });

  it("are not overwritten by who has an older one in hand", () => {
    const box = createDraftBox(file);
    const sending = draft("a", { state: { phase: "sending", since: 2 as Instant } });
    box.add(draft("a"));
    box.save(draft("a"), sending);

    expect(() => box.save(draft("a"), draft("a", { state: { phase: "discarded", at: 3 as Instant } }))).toThrow(expect.objectContaining({ code: "conflict" }));
    expect(box.get("a")).toEqual(sending);
  });

  it("are one open verdict for each document, whichever window was faster", () => {
    const box = createDraftBox(file);
    const intent = { type: "verdict", path: "a.md", title: "A", hash: "h", verdict: "good" } as const;
    box.add(draft("a", { intent }));

    expect(() => box.add(draft("b", { intent: { ...intent, verdict: "changes", body: "no" } }))).toThrow(expect.objectContaining({ code: "conflict" }));
    box.add(draft("c", { intent: { ...intent, path: "b.md" } }));
    box.save(draft("a", { intent }), draft("a", { intent, state: { phase: "sent", at: 3 as Instant } }));
    box.add(draft("d", { intent }));
    expect(box.list().map(({ id }) => id)).toEqual(["c", "d"]);
  });

  it("come with marks of what was viewed, one for each document", () => {
    const box = createDraftBox(file);
    const mark = { repository: "acme/shop", path: "a.md", hash: "h1" };
    box.markViewed(mark, true);
    box.markViewed({ ...mark, hash: "h2" }, true);
    box.markViewed({ ...mark, path: "b.md" }, true);
    box.markViewed({ ...mark, path: "b.md" }, false);

    expect(box.viewed()).toEqual([{ ...mark, hash: "h2" }]);
  });
});
