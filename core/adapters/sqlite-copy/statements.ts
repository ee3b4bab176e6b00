import type { Database, Statement } from "better-sqlite3";

const prepared = new WeakMap<Database, Map<string, Statement<unknown[], never>>>();

/** A statement that is prepared once for each connection: thousands of records are written by the same few. */
export function statement<Row>(db: Database, sql: string): Statement<unknown[], Row> {
  const known = prepared.get(db) ?? new Map<string, Statement<unknown[], never>>();
  prepared.set(db, known);
  const found = known.get(sql) ?? db.prepare<unknown[], never>(sql);
  known.set(sql, found);
  return found;
}
