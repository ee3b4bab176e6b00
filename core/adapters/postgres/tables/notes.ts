import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { RunNote, Transaction } from "../../../ports/store.ts";
import { storableText } from "../rows.ts";

export function notesTable(session: SqlSession): Transaction["notes"] {
  return {
    async add({ id, runId, person, text, at }) {
      await session.query("insert into run_notes (id, run_id, person, text, at) values ($1, $2, $3, $4, $5)", [id, runId, person, storableText(text), at]);
    },
    waiting: (runId) =>
      session.query<RunNote>('select id, run_id as "runId", person, text, at from run_notes where run_id = $1 and delivered_at is null order by at, id', [
        runId,
      ]),
    async delivered(ids, at) {
      await session.query("update run_notes set delivered_at = $2 where id = any($1::text[]) and delivered_at is null", [ids, at]);
    },
  };
}
