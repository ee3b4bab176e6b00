import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";

export function leasesTable(session: SqlSession): Transaction["leases"] {
  return {
    async take(name, holder, seconds) {
      const rows = await session.query(
        `insert into leases (name, holder, until) values ($1, $2, clock_timestamp() + $3::float8 * interval '1 second')
         on conflict (name) do update set holder = excluded.holder, until = excluded.until
         where leases.holder = excluded.holder or leases.until <= clock_timestamp() returning name`,
        [name, holder, seconds],
      );
      return rows.length > 0;
    },
    async release(name, holder) {
      await session.query("delete from leases where name = $1 and holder = $2", [name, holder]);
    },
  };
}
