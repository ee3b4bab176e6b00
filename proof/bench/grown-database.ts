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
  "flow_events",
] as const;

const instants = ["created_at", "at", "started_at", "ended_at", "received_at", "processed_at", "done_at", "finished_at", "updated_at"];

/**
 * Multiplies what is in the database: one finished run with everything that belongs to it becomes `count` more of them, on other issues and a minute apart. Ids and hashes are
 * made new in every text, wherever they occur, so that all references hold. Only the hashes of the trail are not those of its events.
 * @param issue the number of the finished run's issue.
 */
export async function multiplyRun(driver: SqlDriver, issue: number, count: number): Promise<void> {
  await driver.transaction(async (session) => {
    await session.query(`
      create function pg_temp.renewed(content text, copy integer) returns jsonb language sql as $$
        select regexp_replace(regexp_replace(regexp_replace(content,
          '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})[0-9a-f]{8}', '\\1' || lpad(to_hex(copy), 8, '0'), 'g'),
          '([0-9a-f]{56})[0-9a-f]{8}', '\\1' || lpad(to_hex(copy), 8, '0'), 'g'),
          '(issue-|"issue": |"number": |/issues/|#)${issue}\\M', '\\1' || (1000000 + copy), 'g')::jsonb
      $$`);
    for (const table of tables) await multiplyTable(session, table, count);
    await session.query("update chain_head set (sequence, hash) = (select sequence, hash from flow_events order by sequence desc limit 1)");
    await session.query("drop function pg_temp.renewed");
  });
  await driver.execute("vacuum analyze");
}

async function multiplyTable(session: SqlSession, table: string, count: number): Promise<void> {
  const columns = await session.query<{ name: string }>(
    "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'",
    [table],
  );
  const names = columns.map(({ name }) => name);
  const [order] = await session.query<{ last: number }>("select coalesce(max(sequence), 0) as last from flow_events");
  const value = (name: string): string => {
    if (name === "fencing_token") return "nextval('fencing_tokens')";
    if (table === "flow_events" && name === "sequence") return `${order?.last ?? 0} + row_number() over (order by copy, (renewed.sequence))`;
    return instants.includes(name) ? `renewed.${name} - (${count + 1} - copy) * 60000` : `renewed.${name}`;
  };
  await session.query(
    `insert into ${table} (${names.join(", ")})
     select ${names.map(value).join(", ")} from (select to_jsonb(t)::text as content from ${table} t) original
     cross join generate_series(1, $1::integer) as copy
     cross join lateral jsonb_populate_record(null::${table}, pg_temp.renewed(content, copy)) as renewed`,
    [count],
  );
}
