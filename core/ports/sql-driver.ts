/** Rows come back with column names as in the statement; bigint and numeric as number where safe, timestamps are never used (instants are bigint milliseconds), jsonb parsed. */
export interface SqlSession {
  /** Without values `text` may hold several statements; the rows of all of them come back, in order. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** One database, embedded (PGlite) or remote (PostgreSQL). Both speak the same SQL. */
export interface SqlDriver extends SqlSession {
  readonly kind: "pglite" | "postgres";
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws, or when a statement in it failed, even if `work` swallowed that.
   * Inside, only `session` works: a call of the driver itself throws, because on an embedded database it would wait for its own transaction for ever.
   */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Runs several statements without parameters, as migrations need. */
  execute(sql: string): Promise<void>;
  /** Listens to NOTIFY on a channel; the returned function stops it. A notice is a hint: it can be lost. */
  listen(channel: string, onNotice: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
