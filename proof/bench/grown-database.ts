import type { SqlDriver, SqlSession } from "../../core/ports/sql-driver.ts";

/** Tables with rows of a run, parents first. */
const tables = [
  "webhook_deliveries",
  "runs",
  "run_attempts",
  "agent_sessions",
  "session_snapshots",
  "token_usage",
  "transcript_items",
  "decision_requests",
  "decisions",
  "tool_calls",
  "outbox",
  "docs_meta",
  "doc_chunks",
  "links",
  "document_uses",
  "flow_events",
  "settings",
] as const;

/** Large, and without ids in it. */
const verbatim: Readonly<Record<string, readonly string[]>> = {
  session_snapshots: ["content"],
  transcript_items: ["content"],
  doc_chunks: ["text", "words"],
};

const instants = ["created_at", "at", "started_at", "ended_at", "received_at", "processed_at", "done_at", "finished_at", "updated_at"];

/**
 * Multiplies what is in the database: one finished run with everything that belongs to it becomes `count` more of them, on other issues and a minute apart. Ids and hashes are
 * made new in every text, wherever they occur, so that all references hold. Only the hashes of the trail are not those of its events.
 * @param issue the number of the finished run's issue.
 */
export async function multiplyRun(driver: SqlDriver, issue: number, count: number): Promise<void> {
  await driver.transaction(async (session) => {
    await session.query(renewal(issue));
    for (const table of tables) await multiplyTable(session, table, count);
    await session.query("update chain_head set (sequence, hash) = (select sequence, hash from flow_events order by sequence desc limit 1)");
    await session.query("drop function pg_temp.renewed; drop function pg_temp.ids");
  });
  await driver.execute("vacuum analyze");
}

/** What is to be made new in a row is looked for once; for each copy it is only replaced, since regular expressions over a million rows take minutes. */
function renewal(issue: number): string {
  return `
    create function pg_temp.ids(content text) returns text[] language sql as $$
      select coalesce(array_agg(distinct found[1]), '{}') from regexp_matches(content,
        '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}|(?:issue-|"issue": |"number": |/issues/|#)${issue}\\M)', 'g') as found
    $$;
    create function pg_temp.renewed(content text, ids text[], copy integer) returns jsonb language plpgsql as $$
    declare id text;
    begin
      foreach id in array ids loop
        content := replace(content, id, case when length(id) < 36 then left(id, -${String(issue).length}) || (1000000 + copy) else left(id, -8) || lpad(to_hex(copy), 8, '0') end);
      end loop;
      return content::jsonb;
    end $$`;
}

async function multiplyTable(session: SqlSession, table: string, count: number): Promise<void> {
  const columns = await session.query<{ name: string }>(
    "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' and is_identity = 'NO'",
    [table],
  );
  const names = columns.map(({ name }) => name);
  const [order] = await session.query<{ last: number }>("select coalesce(max(sequence), 0) as last from flow_events");
  const same = verbatim[table] ?? [];
  const value = (name: string): string => {
    if (same.includes(name)) return `original.${name}`;
    if (name === "fencing_token") return "nextval('fencing_tokens')";
    if (table === "flow_events" && name === "sequence") return `${order?.last ?? 0} + row_number() over (order by copy, (renewed.sequence))`;
    return instants.includes(name) ? `renewed.${name} - (${count + 1} - copy) * 60000` : `renewed.${name}`;
  };
  const rest = `(to_jsonb(t) - array[${same.map((name) => `'${name}'`).join(", ")}]::text[])::text`;
  await session.query(
    `with original as materialized (select *, pg_temp.ids(renewable) as ids from (select ${[`${rest} as renewable`, ...same.map((name) => `t.${name}`)].join(", ")} from ${table} t) as rows)
     insert into ${table} (${names.join(", ")})
     select ${names.map(value).join(", ")} from original cross join generate_series(1, $1::integer) as copy
     cross join lateral jsonb_populate_record(null::${table}, pg_temp.renewed(renewable, ids, copy)) as renewed
     ${table === "settings" ? "where cardinality(ids) > 0" : ""}`,
    [count],
  );
}
