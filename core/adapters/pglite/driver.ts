import { AsyncLocalStorage } from "node:async_hooks";
import { access, constants, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { SqlDriver, SqlSession } from "../../ports/sql-driver.ts";
import { sqlState, translateSqlError } from "../../ports/sql-error.ts";

export interface PgliteOptions {
  /** Where the database lives; absent: in memory. The caller sees to it that no other process has it open (PGlite is one session in one process). */
  readonly directory?: string | undefined;
  /** A `dump()` of another database to start from, for tests. Only for a new database. */
  readonly restoreFrom?: Blob | undefined;
}

export interface PgliteDriver extends SqlDriver {
  /** The whole data directory as a tar archive. */
  dump(): Promise<Blob>;
}

/**
 * PGlite fills these with zeros at every start, and holds them for as long as it is open: with PostgreSQL's 128 MB that is a tenth of a second and 130 MB. What is not in them, the system holds in
 * its own cache of files.
 */
const sharedBuffers = "32MB";

/** The major version of the PostgreSQL inside this PGlite; a data directory of another one does not open. */
const postgresMajor = "18";

/**
 * Opens the embedded database. Every committed transaction has reached the operating system before `transaction` resolves, so it survives a kill of the process;
 * PGlite cannot flush to the disk, so the last ones may be lost when the machine itself loses power (the database still opens: its log is replayed).
 *
 * @throws InfrastructureError `unwritable` for a directory that cannot be written, and for a database that is damaged or of another PostgreSQL.
 */
export async function createPgliteDriver(options: PgliteOptions = {}): Promise<PgliteDriver> {
  if (options.directory === undefined) return driverOver(await open(undefined, options.restoreFrom));
  return driverOver(await open(await prepareDirectory(options.directory, options.restoreFrom)));
}

/**
 * A new database is made under another name and renamed when it is complete, so that a process that dies on its first start leaves nothing that looks like one.
 * @returns the data directory of the complete database.
 */
async function prepareDirectory(directory: string, restoreFrom: Blob | undefined): Promise<string> {
  const [complete, unfinished] = [join(directory, "data"), join(directory, "unfinished")];
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    if (await exists(complete)) {
      await assertVersion(complete);
      return complete;
    }
    await rm(unfinished, { recursive: true, force: true });
    await (await open(unfinished, restoreFrom)).close();
    await rename(unfinished, complete);
    return complete;
  } catch (cause) {
    if (cause instanceof InfrastructureError) throw cause;
    throw unwritable(`The database directory ${directory} cannot be written.`, "Choose another directory, or correct its owner and permissions.", cause);
  }
}

async function assertVersion(dataDirectory: string): Promise<void> {
  const version = await readFile(join(dataDirectory, "PG_VERSION"), "utf8").catch(() => "");
  if (version === "") throw unwritable(`${dataDirectory} holds no database.`, "Restore a copy of the directory, or choose an empty one.");
  if (version.trim() === postgresMajor) return;
  throw unwritable(
    `The database in ${dataDirectory} was made by PostgreSQL ${version.trim()}; this program carries PostgreSQL ${postgresMajor}.`,
    "Use the program version that made it, or move its data over.",
  );
}

async function open(dataDirectory: string | undefined, restoreFrom?: Blob): Promise<PGlite> {
  try {
    return await PGlite.create({
      ...(dataDirectory === undefined ? {} : { dataDir: dataDirectory }),
      ...(restoreFrom === undefined ? {} : { loadDataDir: restoreFrom }),
      extensions: { vector },
      relaxedDurability: false,
      startParams: [...PGlite.defaultStartParams, "-c", `shared_buffers=${sharedBuffers}`],
      parsers: { 20: parseInteger, 1700: Number },
    });
  } catch (cause) {
    const where = dataDirectory ?? "memory";
    throw unwritable(
      `The database in ${where} does not open; it may be damaged or in use by another process.`,
      "End other processes that use it. If it is damaged, restore a copy of the directory.",
      cause,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

function driverOver(db: PGlite): PgliteDriver {
  const inTransaction = new AsyncLocalStorage<{ open: boolean } | undefined>();
  const exclusive = createQueue();

  function refuseNested(): void {
    if (inTransaction.getStore()?.open)
      throw new InfrastructureError("internal", "The database driver was called inside its own transaction; use the transaction's session.");
  }

  async function query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    refuseNested();
    return await exclusive(async () => {
      try {
        return await run<Row>(db, text, values);
      } catch (error) {
        // A text of several statements may have opened a transaction of its own before it failed; the one session must not stay in it.
        if (!hasValues(values) && !db.closed) await db.exec("rollback").catch(() => undefined);
        throw translate(error);
      }
    });
  }

  async function transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    refuseNested();
    const state = { open: true };
    return await exclusive(async () => {
      try {
        await db.exec("begin");
        const session = createSession(db, state);
        const result = await inTransaction.run(state, () => work(session));
        session.assertUsable();
        await db.exec("commit");
        return result;
      } catch (error) {
        if (!db.closed) await db.exec("rollback").catch(() => undefined);
        throw translate(error);
      } finally {
        state.open = false;
      }
    });
  }

  return {
    kind: "pglite",
    query,
    transaction,
    async execute(sql) {
      await query(sql);
    },
    async listen(channel, onNotice) {
      refuseNested();
      // Notices arrive in the middle of another caller's commit: the listener must neither fail it nor inherit its transaction.
      const stop = await exclusive(() => db.listen(channel, (payload) => void setImmediate(() => inTransaction.run(undefined, () => onNotice(payload))))).catch(
        (error: unknown) => {
          throw translate(error);
        },
      );
      return async () => {
        if (!db.closed) await exclusive(() => stop());
      };
    },
    async close() {
      if (db.closed) return;
      await exclusive(() => db.close());
    },
    async dump() {
      return await exclusive(() => db.dumpDataDir("none"));
    },
  };
}

/** The session of one transaction. A statement that failed has doomed the transaction, whatever the work makes of the error. */
function createSession(db: PGlite, state: { readonly open: boolean }): SqlSession & { assertUsable(): void } {
  let failure: Error | undefined;
  return {
    async query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
      if (!state.open) throw new InfrastructureError("internal", "The transaction of this session has ended.");
      try {
        return await run<Row>(db, text, values);
      } catch (error) {
        failure = translate(error);
        throw failure;
      }
    },
    assertUsable() {
      if (failure !== undefined) throw failure;
    },
  };
}

async function run<Row>(db: PGlite, text: string, values: readonly unknown[] | undefined): Promise<Row[]> {
  if (hasValues(values)) return (await db.query<Row>(text, [...values])).rows;
  const results = await db.exec(text);
  return results.flatMap((result) => result.rows as Row[]);
}

function hasValues(values: readonly unknown[] | undefined): values is readonly unknown[] {
  return values !== undefined && values.length > 0;
}

/** Runs one piece of work at a time, in the order of the calls. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

function parseInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function translate(error: unknown): Error {
  if (error instanceof InfrastructureError) return error;
  const state = sqlState(error);
  // What is no database error was thrown by the transaction's own work, and passes as it is.
  if (state !== undefined) return translateSqlError(error, state);
  return error instanceof Error ? error : new InfrastructureError("internal", `The database failed: ${String(error)}`, { cause: error });
}

function unwritable(message: string, remedy: string, cause?: unknown): InfrastructureError {
  return new InfrastructureError("unwritable", message, { remedy, cause });
}
