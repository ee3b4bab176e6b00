import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { schema } from "./schema.ts";

/** Synchronous access to the forge's state: a change and the deliveries it causes are one transaction, with nothing in between. */
export interface Database {
  all<T>(sql: string, ...values: readonly SQLInputValue[]): T[];
  get<T>(sql: string, ...values: readonly SQLInputValue[]): T | undefined;
  /** @returns the row id of the last insert. */
  run(sql: string, ...values: readonly SQLInputValue[]): number;
  /** Runs `change` in one transaction; nested calls join the outer one. `change` must not be asynchronous. */
  transaction<T>(change: () => T): T;
  close(): void;
}

/** Opens (or creates) the state file. WAL: what was committed survives a killed process. */
export function openDatabase(file: string): Database {
  const connection = new DatabaseSync(file);
  connection.exec("pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000;");
  connection.exec(schema);
  const statements = new Map<string, StatementSync>();
  let depth = 0;

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    all: <T>(sql: string, ...values: readonly SQLInputValue[]) => prepare(sql).all(...values) as T[],
    get: <T>(sql: string, ...values: readonly SQLInputValue[]) => prepare(sql).get(...values) as T | undefined,
    run: (sql, ...values) => Number(prepare(sql).run(...values).lastInsertRowid),
    transaction<T>(change: () => T): T {
      if (depth > 0) return change();
      connection.exec("begin immediate");
      depth++;
      try {
        const result = change();
        connection.exec("commit");
        return result;
      } catch (error) {
        connection.exec("rollback");
        throw error;
      } finally {
        depth--;
      }
    },
    close: () => connection.close(),
  };
}
