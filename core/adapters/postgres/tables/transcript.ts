import type { Instant } from "../../../domain/kernel/values.ts";
import type { Sign } from "../../../domain/run/stall.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import { doneTypes, type DoneBefore } from "../../../domain/session/done-before.ts";
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
    async until(runId, at, limit) {
      const rows = await session.query<DoneRow>(
        `select at, type, left(coalesce(content ->> 'text', content ->> 'command', content ->> 'tool', content ->> 'paths', ''), 1000) as text,
           content ->> 'exitCode' as "exitCode", right(content ->> 'output', 2000) as tail
         from transcript_items where run_id = $1 and at <= $2 and type = any ($3) order by attempt desc, sequence desc limit $4`,
        [runId, at, doneTypes, limit],
      );
      return rows.toReversed().map(doneOf);
    },
    async signs(runId, limit) {
      const rows = await session.query<SignRow>(
        `select at, type, left(coalesce(content ->> 'command', content ->> 'tool'), 500) as what, content ->> 'exitCode' as "exitCode", content ->> 'status' as status,
           left(coalesce(content ->> 'result', content ->> 'message', content ->> 'text'), 500) as said
         from transcript_items where run_id = $1 order by attempt desc, sequence desc limit $2`,
        [runId, limit],
      );
      return rows.toReversed().map(signOf);
    },
  };
}

interface DoneRow extends Pick<DoneBefore, "at" | "type" | "text"> {
  readonly exitCode: string | null;
  readonly tail: string | null;
}

function doneOf({ at, type, text, exitCode, tail }: DoneRow): DoneBefore {
  return { at, type, text, ...(exitCode === null ? {} : { exitCode: Number(exitCode) }), ...(tail ? { tail } : {}) };
}

/** The little of an item that tells whether work goes on; its output may be long. */
interface SignRow {
  readonly at: Instant;
  readonly type: string;
  readonly what: string | null;
  readonly exitCode: string | null;
  readonly status: string | null;
  readonly said: string | null;
}

function signOf({ at, type, what, exitCode, status, said }: SignRow): Sign {
  const named = what === null ? {} : { what };
  switch (type) {
    case "command-started":
      return { at, kind: "began", ...named };
    case "command":
      return { at, kind: "done", ...named, ...(exitCode === "0" ? {} : { failure: exitCode === null ? "ended without an exit code" : `exit ${exitCode}` }) };
    case "tool-call":
      return { at, kind: "done", ...named, ...(status === "failed" ? { failure: said ?? "failed" } : {}) };
    case "turn-failed":
    case "notice":
      return { at, kind: "done", what: type, failure: said ?? type };
    case "file-change":
      return { at, kind: "done", what: type };
    default:
      return { at, kind: "other" };
  }
}
