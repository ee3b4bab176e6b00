import type { Instant, RequestId } from "../../../domain/kernel/values.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";

export function snoozesTable(session: SqlSession): Transaction["snoozes"] {
  return {
    async put({ requestId, person, until }, at) {
      await session.query(
        `insert into snoozes (request_id, person, until, at) values ($1, $2, $3, $4)
         on conflict (request_id, person) do update set until = excluded.until, at = excluded.at`,
        [requestId, person, until, at],
      );
    },
    async remove(requestId, person) {
      const rows = await session.query("delete from snoozes where request_id = $1 and person = $2 returning request_id", [requestId, person]);
      return rows.length > 0;
    },
    async of(person, now, ids) {
      const rows = await session.query<{ request_id: RequestId; until: Instant }>(
        `select s.request_id, s.until from snoozes s join decision_requests r on r.id = s.request_id
         where s.person = $1 and s.until > $2 and r.phase = 'requested' and ($3::text[] is null or s.request_id = any($3::text[]))`,
        [person, now, ids ?? null],
      );
      return new Map(rows.map((row) => [row.request_id, row.until]));
    },
  };
}
