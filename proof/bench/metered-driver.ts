import type { SqlDriver, SqlSession } from "../../core/ports/sql-driver.ts";

/** What was asked of the database since the last reading. */
export interface Meter {
  readonly driver: SqlDriver;
  read(): Reading;
}

export interface Reading {
  readonly statements: number;
  /** Milliseconds in which at least one statement was under way, as the client sees it. */
  readonly busy: number;
}

/** Counts and times every statement, those inside transactions included; begin and commit count for their time only. */
export function meterDriver(driver: SqlDriver): Meter {
  let [statements, busy, underWay, since] = [0, 0, 0, 0];
  async function timed<T>(work: () => Promise<T>): Promise<T> {
    if (underWay++ === 0) since = performance.now();
    try {
      return await work();
    } finally {
      if (--underWay === 0) busy += performance.now() - since;
    }
  }
  const counted =
    (session: SqlSession): SqlSession["query"] =>
    (text, values) => {
      statements += 1;
      return timed(() => session.query(text, values));
    };
  return {
    driver: {
      ...driver,
      query: counted(driver),
      execute: (sql) => timed(() => driver.execute(sql)),
      transaction: (work) => timed(() => driver.transaction((session) => work({ query: counted(session) }))),
    },
    read() {
      const reading = { statements, busy };
      [statements, busy] = [0, 0];
      return reading;
    },
  };
}
