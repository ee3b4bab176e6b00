import { closeSync, existsSync, openSync, renameSync } from "node:fs";
import Sqlite, { type Database } from "better-sqlite3";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { prepareTables } from "./schema.ts";

/** What happened to the file, for the log and the owner. */
export type CopyNotice =
  /** A copy of another version was emptied. */
  | { readonly type: "emptied" }
  /** The file could not be read any more. It lies at `aside`; `drafts` are those that could be saved out of it, undefined when none could be read. */
  | { readonly type: "damaged"; readonly aside: string; readonly drafts: number | undefined };

export interface CopyFile {
  /**
   * Does some work on the database. When the file turns out to be damaged, it is renamed aside, drafts that can be read are taken over, and the work is done on an empty copy.
   * @throws InfrastructureError `unwritable`, `busy`
   */
  use<T>(work: (db: Database) => T): T;
  /** The same, and it is on the disk when this returns, whatever happens to the machine. */
  useDurably<T>(work: (db: Database) => T): T;
  close(): void;
}

/**
 * Opens the file of a workspace, or makes it.
 * @throws InfrastructureError `unwritable` when it cannot be made, `newer-schema` when a newer version keeps drafts in it.
 */
export function openCopyFile(path: string, tell: (notice: CopyNotice) => void): CopyFile {
  let db = openOrRescue(path, tell);
  const use = <T>(work: (db: Database) => T): T => {
    try {
      return translated(() => work(db));
    } catch (error) {
      if (!isDamage(error)) throw error;
      db.close();
      db = rescue(path, tell);
      return translated(() => work(db));
    }
  };
  return {
    use,
    useDurably: (work) =>
      use((open) => {
        // What is copied may be lost with the machine's power, and is read again; what the owner wrote may not.
        open.pragma("synchronous = FULL");
        try {
          return work(open);
        } finally {
          open.pragma("synchronous = NORMAL");
        }
      }),
    close: () => void db.close(),
  };
}

function openOrRescue(path: string, tell: (notice: CopyNotice) => void): Database {
  try {
    return translated(() => open(path, tell));
  } catch (error) {
    if (!isDamage(error)) throw error;
    return rescue(path, tell);
  }
}

function open(path: string, tell: (notice: CopyNotice) => void): Database {
  // For this user alone; SQLite gives its companions the same rights.
  closeSync(openSync(path, "a", 0o600));
  const db = new Sqlite(path);
  try {
    db.pragma("auto_vacuum = INCREMENTAL");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    if (prepareTables(db)) tell({ type: "emptied" });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function rescue(path: string, tell: (notice: CopyNotice) => void): Database {
  const saved = ownersTables.map((table) => readAll(path, table));
  const aside = freeName(path);
  return translated(() => {
    renameSync(path, aside);
    // What was not yet in the file when it broke belongs to no other one.
    for (const part of ["-wal", "-shm"]) if (existsSync(path + part)) renameSync(path + part, aside + part);
    const db = open(path, () => undefined);
    ownersTables.forEach((table, index) => writeAll(db, table, saved[index] ?? []));
    tell({ type: "damaged", aside, drafts: saved[0]?.length });
    return db;
  });
}

/** What nothing but the owner may throw away. */
const ownersTables = ["drafts", "viewed"] as const;

type Row = Readonly<Record<string, unknown>>;

function readAll(path: string, table: (typeof ownersTables)[number]): readonly Row[] | undefined {
  try {
    const db = new Sqlite(path, { readonly: true, fileMustExist: true });
    try {
      return db.prepare<[], Row>(`select * from ${table}`).all();
    } finally {
      db.close();
    }
  } catch {
    return undefined;
  }
}

function writeAll(db: Database, table: string, rows: readonly Row[]): void {
  for (const row of rows) {
    const columns = Object.keys(row);
    db.prepare(`insert or replace into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`).run(...Object.values(row));
  }
}

function freeName(path: string): string {
  for (let number = 1; ; number += 1) if (!existsSync(`${path}.damaged-${number}`)) return `${path}.damaged-${number}`;
}

function isDamage(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/u.test(error.code);
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isDamage(cause) || cause instanceof InfrastructureError) throw cause;
    if (cause instanceof Sqlite.SqliteError && cause.code.startsWith("SQLITE_BUSY"))
      throw new InfrastructureError("busy", "Another process is writing to the offline copy.", { cause, retryable: true, remedy: "Try again in a moment." });
    if (cause instanceof Sqlite.SqliteError || isFileError(cause))
      throw new InfrastructureError("unwritable", "The offline copy of this workspace cannot be written.", {
        cause,
        remedy: "Free space on the disk, or make the workspace's directory writable for your user.",
      });
    throw cause;
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
