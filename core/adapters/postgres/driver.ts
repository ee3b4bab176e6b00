import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { SqlDriver, SqlSession } from "../../ports/sql-driver.ts";
import { sqlState, translateSqlError } from "../../ports/sql-error.ts";
import { createNoticeListener } from "./notice-listener.ts";
import { createTurns } from "./turns.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Size of the pool; one further connection listens to notices. */
  readonly maxConnections?: number | undefined;
  /**
   * Milliseconds after which a statement without an answer counts as lost, 20,000 by default, 0 for ever. A connection whose other end is gone without a word
   * (half-open) is noticed by nothing else. Whether the statement took effect is not known then, as with every connection that breaks.
   */
  readonly answerWithin?: number | undefined;
  /** Told about connections that broke while nobody used them; the next call makes a new one. */
  readonly onConnectionLost?: ((error: InfrastructureError) => void) | undefined;
}

const defaultConnections = 10;
/** Milliseconds for which a call waits until one of the connections is free: longer than a burst takes, shorter than those who wait for an answer do. */
const busyPatience = 30_000;

const int8 = 20;
const numeric = 1700;

/**
 * A pool of connections to PostgreSQL >= 15. Opens nothing until the first call.
 *
 * All calls throw `InfrastructureError`: `unavailable` when the server cannot be reached, `conflict` (retryable) for lost serialisations and deadlocks.
 */
export function createPostgresDriver(options: PostgresOptions): SqlDriver {
  const config = { ...clientConfig(options.url), query_timeout: options.answerWithin ?? 20_000 };
  const pool = new pg.Pool({ ...config, max: options.maxConnections ?? defaultConnections, idleTimeoutMillis: 30_000 });
  const turns = createTurns(options.maxConnections ?? defaultConnections, busyPatience);
  pool.on("error", (error) => options.onConnectionLost?.(translate(error)));
  const listener = createNoticeListener(() => new pg.Client({ ...config, keepAlive: true }));
  const inTransaction = new AsyncLocalStorage<{ open: boolean } | undefined>();
  const statement = createStatementNames();
  let closed: Promise<void> | undefined;

  function refuseNested(): void {
    if (inTransaction.getStore()?.open)
      throw new InfrastructureError("internal", "The database driver was called inside its own transaction; use the transaction's session.");
  }

  /** A connection of the pool, and a way to give both it and the turn back. */
  async function connect(): Promise<{ readonly client: pg.PoolClient; readonly leave: () => void }> {
    const leave = await turns.enter();
    try {
      return { client: await pool.connect(), leave };
    } catch (error) {
      leave();
      const translated = translate(error);
      if (translated.code === "unavailable") turns.refuseWaiting(translated);
      throw translated;
    }
  }

  async function query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    refuseNested();
    const { client, leave } = await connect();
    const lost = (): void => undefined; // the statement under way says so itself
    client.on("error", lost);
    let failure: unknown;
    try {
      return rowsOf<Row>(await client.query(statement(text, values)));
    } catch (error) {
      failure = error;
      throw translate(error);
    } finally {
      client.off("error", lost);
      // On an error the connection is dropped, so a transaction that `text` opened itself cannot leak to the next caller.
      client.release(failure !== undefined);
      leave();
    }
  }

  async function transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    refuseNested();
    const { client, leave } = await connect();
    const state = { open: true };
    return await inTransaction
      .run(state, () => transact(client, statement, work))
      .finally(() => {
        state.open = false;
        leave();
      });
  }

  return {
    kind: "postgres",
    query,
    transaction,
    async execute(sql) {
      await query(sql);
    },
    async listen(channel, onNotice) {
      refuseNested();
      return await listener
        .listen(channel, (payload) => inTransaction.run(undefined, () => onNotice(payload)))
        .catch((error: unknown) => {
          throw translate(error);
        });
    },
    close() {
      closed ??= listener.close().then(() => pool.end());
      return closed;
    },
  };
}

async function transact<T>(client: pg.PoolClient, statement: StatementNames, work: (session: SqlSession) => Promise<T>): Promise<T> {
  const session = createSession(client, statement);
  try {
    const result = await work(session);
    session.assertUsable();
    if (session.hasBegun()) await session.query("commit");
    session.end();
    client.release();
    return result;
  } catch (error) {
    const broken = await rollback(client, session);
    session.end();
    client.release(broken);
    throw error;
  }
}

interface TransactionSession extends SqlSession {
  hasBegun(): boolean;
  assertUsable(): void;
  end(): void;
  connectionError(): Error | undefined;
}

/**
 * The session of one transaction. A statement that failed has doomed the transaction, whatever the work makes of the error.
 *
 * The database is told to begin with the first statement that does more than read: at the level `read committed` every statement sees what is committed when it starts, inside
 * a transaction as outside, so what only reads needs neither `begin` nor `commit`.
 */
function createSession(client: pg.PoolClient, statement: StatementNames): TransactionSession {
  let failure: InfrastructureError | undefined;
  let lost: Error | undefined;
  let ended = false;
  let begun: Promise<unknown> | undefined;
  // The pool takes its own listener off a connection that is in use; without one a lost connection would end the process.
  const onLost = (error: Error): void => void (lost ??= error);
  client.on("error", onLost);
  return {
    async query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
      if (ended) throw new InfrastructureError("internal", "The transaction of this session has ended.");
      // What the database itself says inside of a transaction.
      if (failure !== undefined && begun === undefined) throw failure;
      try {
        if (begun !== undefined || !onlyReads(text)) await (begun ??= client.query("begin"));
        return rowsOf<Row>(await client.query(statement(text, values)));
      } catch (error) {
        failure = translate(error);
        // What the server did not say itself came from a connection that is broken or does not answer: a rollback would wait on it once more.
        if ([planIsStale, undefined].includes(sqlState(error))) lost ??= failure;
        throw failure;
      }
    },
    hasBegun: () => begun !== undefined,
    assertUsable() {
      if (failure !== undefined) throw failure;
    },
    end() {
      ended = true;
      client.off("error", onLost);
    },
    connectionError: () => lost,
  };
}

/** What may stand before a parenthesis in a statement that only reads: words of the language, and functions that do nothing but compute. */
const harmless: ReadonlySet<string> = new Set(
  "select from where and or not in as on any all exists values count coalesce max min sum to_jsonb jsonb_agg jsonb_build_object left right".split(" "),
);

/** Certain of a plain `select`; whatever locks, calls what we do not know, or is more than one statement, belongs into a transaction. */
function onlyReads(text: string): boolean {
  if (!/^\s*select\s/iu.test(text) || /;|\bfor\s+(?:no\s+key\s+)?(?:update|share|key\s+share)\b|\binto\b/iu.test(text)) return false;
  return [...text.matchAll(/([\w."]+)\s*\(/gu)].every(([, word = ""]) => harmless.has(word.toLowerCase()));
}

/** @returns the reason why the connection must not be used again, if there is one. */
async function rollback(client: pg.PoolClient, session: TransactionSession): Promise<Error | undefined> {
  const lost = session.connectionError();
  if (lost || !session.hasBegun()) return lost;
  try {
    await client.query("rollback");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function clientConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: "signalbox",
    connectionTimeoutMillis: 5_000,
    // A process that is stopped or cut off inside a transaction holds the end of the audit chain, and with it everybody: for less than a worker may be silent.
    idle_in_transaction_session_timeout: 10_000,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  };
}

function typeParser(oid: number, format?: "text" | "binary"): (text: string) => unknown {
  if (format !== "binary" && oid === int8) return parseInteger;
  if (format !== "binary" && oid === numeric) return Number;
  return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
}

function parseInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

type StatementNames = (text: string, values: readonly unknown[] | undefined) => pg.QueryConfig;

/** "cached plan must not change result type": the schema was changed under a prepared statement. Its connection is given up, and the next one prepares anew. */
const planIsStale = "0A000";
/** Statements that one connection keeps prepared, at most. Ours and the queue's are fewer; texts that are never the same twice must not fill the server's memory. */
const preparedAtMost = 256;

/**
 * Has each statement with parameters prepared from its second use on, so that it is parsed and planned once per connection: for the queue's long statements that is half of
 * their cost.
 */
function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  return (text, values) => {
    if (values === undefined || values.length === 0) return { text };
    const name = names.get(text);
    if (name !== undefined) return { name, text, values: parameters(values) };
    if (names.size < preparedAtMost) names.set(text, `s${names.size + 1}`);
    return { text, values: parameters(values) };
  };
}

function parameters(values: readonly unknown[]): unknown[] {
  return values.map((value) =>
    value instanceof Uint8Array && !Buffer.isBuffer(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
  );
}

/** A text of several statements gives an array of results. */
function rowsOf<Row>(result: pg.QueryResult | readonly pg.QueryResult[]): Row[] {
  const results: readonly pg.QueryResult[] = Array.isArray(result) ? (result as readonly pg.QueryResult[]) : [result as pg.QueryResult];
  return results.flatMap((one) => one.rows as Row[]);
}

function translate(error: unknown): InfrastructureError {
  if (error instanceof InfrastructureError) return error;
  const state = sqlState(error);
  if (state !== undefined) return translateSqlError(error, state);
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof TypeError || error instanceof RangeError)
    return new InfrastructureError("internal", `The database client refused a call: ${said}`, { cause: error });
  // Everything else comes from the socket or the pool: refused, reset, timed out, ended.
  return new InfrastructureError("unavailable", `The database cannot be reached: ${said}`, {
    cause: error,
    remedy: "Check that the database server runs and that the database URL is right.",
    retryAfter: 1_000,
  });
}
