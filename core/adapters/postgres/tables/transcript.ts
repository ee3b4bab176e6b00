import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { TranscriptItem, Transaction } from "../../../ports/store.ts";
import { toJson } from "../rows.ts";

export function transcriptTable(session: SqlSession): Transaction["transcript"] {
  return {
    async append(items) {
      if (items.length === 0) return;
      await session.query(
        `insert into transcript_items (run_id, attempt, sequence, at, type, content)
         select value ->> 'runId', (value ->> 'attempt')::integer, (value ->> 'sequence')::integer, (value ->> 'at')::bigint, value ->> 'type', value -> 'content'
         from jsonb_array_elements($1::jsonb)
         on conflict (run_id, attempt, sequence) do nothing`,
        [toJson(items)],
      );
    },
    after: (runId, attempt, sequence, limit) =>
      session.query<TranscriptItem>(
        `select run_id as "runId", attempt, sequence, at, type, content from transcript_items
         where run_id = $1 and (attempt, sequence) > ($2::integer, $3::integer) order by attempt, sequence limit $4`,
        [runId, attempt, sequence, limit],
      ),
  };
}
