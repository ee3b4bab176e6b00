import type { RunId } from "../../../domain/kernel/values.ts";
import type { TokenUsage } from "../../../domain/session/usage.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { AgentSessionRow, SessionSnapshot, TokenUsageRow, Transaction } from "../../../ports/store.ts";
import { storableText, toJson, withoutNulls } from "../rows.ts";
import { assertFound } from "./missing-row.ts";

export function snapshotsTable(session: SqlSession): Transaction["snapshots"] {
  return {
    async save(snapshot) {
      await session.query(
        `insert into session_snapshots (run_id, attempt, sequence, thread_id, content, checksum, at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (run_id, attempt, sequence) do update set thread_id = excluded.thread_id, content = excluded.content, checksum = excluded.checksum, at = excluded.at`,
        [snapshot.runId, snapshot.attempt, snapshot.sequence, snapshot.threadId ?? null, snapshot.content, snapshot.checksum, snapshot.at],
      );
    },
    async latest(runId) {
      const [row] = await session.query<SessionSnapshot>(
        `select run_id as "runId", attempt, sequence, thread_id as "threadId", content, checksum, at from session_snapshots
         where run_id = $1 order by attempt desc, sequence desc limit 1`,
        [runId],
      );
      // One driver gives a Buffer; callers get the plain type.
      return row && { ...withoutNulls<SessionSnapshot>(row), content: new Uint8Array(row.content) };
    },
  };
}

export function sessionsTable(session: SqlSession): Transaction["sessions"] {
  return {
    async start(row) {
      await session.query(
        `insert into agent_sessions (id, run_id, role, stage, started_at, ended_at, summary) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
        [row.id, row.runId, row.role, row.stage, row.startedAt, row.endedAt ?? null, row.summary === undefined ? null : storableText(row.summary)],
      );
    },
    async end(id, at, summary) {
      const rows = await session.query("update agent_sessions set ended_at = $2, summary = $3 where id = $1 returning id", [id, at, storableText(summary)]);
      assertFound(rows, "agent session", id);
    },
    async forRun(runId) {
      const rows = await session.query<object>(
        `select id, run_id as "runId", role, stage, started_at as "startedAt", ended_at as "endedAt", summary from agent_sessions where run_id = $1 order by started_at, id`,
        [runId],
      );
      return rows.map((row) => withoutNulls<AgentSessionRow>(row));
    },
  };
}

export function usageTable(session: SqlSession): Transaction["usage"] {
  return {
    async append(row) {
      await session.query(
        `insert into token_usage (run_id, attempt, turn, model, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (run_id, attempt, turn) do update set
           input_tokens = greatest(token_usage.input_tokens, excluded.input_tokens),
           cached_input_tokens = greatest(token_usage.cached_input_tokens, excluded.cached_input_tokens),
           output_tokens = greatest(token_usage.output_tokens, excluded.output_tokens),
           reasoning_tokens = greatest(token_usage.reasoning_tokens, excluded.reasoning_tokens),
           cost = greatest(token_usage.cost, excluded.cost), at = greatest(token_usage.at, excluded.at)
         where (token_usage.input_tokens, token_usage.output_tokens) is distinct from (excluded.input_tokens, excluded.output_tokens)`,
        [row.runId, row.attempt, row.turn, row.model, row.inputTokens, row.cachedInputTokens, row.outputTokens, row.reasoningTokens, row.cost ?? null, row.at],
      );
    },
    async forRun(runId) {
      const rows = await session.query<object>(
        `select run_id as "runId", attempt, turn, model, input_tokens as "inputTokens", cached_input_tokens as "cachedInputTokens", output_tokens as "outputTokens",
           reasoning_tokens as "reasoningTokens", cost, at from token_usage where run_id = $1 order by attempt, turn`,
        [runId],
      );
      return rows.map((row) => withoutNulls<TokenUsageRow>(row));
    },
    async totals(runIds) {
      if (runIds.length === 0) return new Map();
      const rows = await session.query<TokenUsage & { id: RunId; cost: number | null }>(
        `select run_id as id, sum(input_tokens)::bigint as "inputTokens", sum(cached_input_tokens)::bigint as "cachedInputTokens",
           sum(output_tokens)::bigint as "outputTokens", sum(reasoning_tokens)::bigint as "reasoningTokens", sum(cost) as cost
         from token_usage where run_id = any($1::text[]) group by run_id`,
        [runIds],
      );
      return new Map(rows.map(({ id, cost, ...tokens }) => [id, { ...tokens, ...(cost === null ? {} : { cost }) }]));
    },
    async spentSince(since) {
      const [row] = await session.query<{ tokens: number; usd: number | null }>(
        "select coalesce(sum(input_tokens + output_tokens), 0)::bigint as tokens, sum(cost) as usd from token_usage where at >= $1",
        [since],
      );
      return { tokens: row?.tokens ?? 0, ...(typeof row?.usd === "number" ? { usd: row.usd } : {}) };
    },
  };
}

export function settingsTable(session: SqlSession): Transaction["settings"] {
  return {
    async get(key) {
      const [row] = await session.query<{ value: Awaited<ReturnType<Transaction["settings"]["get"]>> }>("select value from settings where key = $1", [key]);
      return row?.value;
    },
    async set(key, value) {
      await session.query("insert into settings (key, value) values ($1, $2::jsonb) on conflict (key) do update set value = excluded.value", [
        key,
        toJson(value),
      ]);
    },
  };
}
