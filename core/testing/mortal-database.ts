import { createHasher } from "../adapters/node-crypto/hashing.ts";
import { createStore } from "../adapters/postgres/store.ts";
import type { SqlDriver, SqlSession } from "../ports/sql-driver.ts";
import type { FreshDatabase } from "./databases.ts";

/** What somebody did before they died, if they did. */
interface Life {
  readonly died: boolean;
  /** Statements that wrote, committed or not. */
  readonly writes: number;
}

/** A database whose user can die in the middle of its work. */
export interface MortalDatabase extends FreshDatabase {
  /** Does the work until so many statements of its transactions have run; then nothing of it comes through any more, not even the commit of what has run. */
  dyingAfter(statements: number, work: () => Promise<unknown>): Promise<Life>;
  /** Every row of every table, as one text. */
  everything(): Promise<string>;
}

class Death extends Error {}

/** A second store on the database, which is not wrapped: who uses that one lives. */
export function mortalDatabase(database: FreshDatabase): MortalDatabase {
  const life = { left: Number.POSITIVE_INFINITY, writes: 0 };
  const driver = mortal(database.driver, life);
  return {
    ...database,
    driver,
    store: createStore(driver, { hasher: createHasher(), queue: database.queue }),
    async dyingAfter(statements, work) {
      Object.assign(life, { left: statements, writes: 0 });
      try {
        await work();
        return { died: false, writes: life.writes };
      } catch (error) {
        if (!(error instanceof Death)) throw error;
        return { died: true, writes: life.writes };
      } finally {
        life.left = Number.POSITIVE_INFINITY;
      }
    },
    everything: () => everythingIn(database.driver),
  };
}

function mortal(driver: SqlDriver, life: { left: number; writes: number }): SqlDriver {
  return {
    ...driver,
    transaction: (work) =>
      driver.transaction(async (session) => {
        const result = await work(mortalSession(session, life));
        if (life.left <= 0) throw new Death("before the commit");
        return result;
      }),
  };
}

function mortalSession(session: SqlSession, life: { left: number; writes: number }): SqlSession {
  return {
    query(text, values) {
      if (life.left <= 0) return Promise.reject(new Death(text));
      life.left -= 1;
      if (/^\s*(?:insert|update|delete|with)\b/iu.test(text)) life.writes += 1;
      return session.query(text, values);
    },
  };
}

async function everythingIn(driver: SqlDriver): Promise<string> {
  const tables = await driver.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name",
  );
  const rows = tables.map(({ name }) => `select '${name}' as name, to_jsonb(t)::text as row from ${name} t`);
  const all = await driver.query<{ row: string }>(`select name || ' ' || row as row from (${rows.join(" union all ")}) every order by 1`);
  return all.map(({ row }) => row).join("\n");
}
