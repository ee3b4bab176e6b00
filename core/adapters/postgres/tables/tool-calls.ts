import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { AskedCall, AuditedCall, ToolCall, Transaction } from "../../../ports/store.ts";
import { toJson, withoutNulls } from "../rows.ts";
import { assertFound } from "./missing-row.ts";

const columns = `id, run_id as "runId", attempt, tool, arguments, digest, effect_key as "effectKey", rule, outcome, state, request_id as "requestId", result, executions, repeats, delivered,
  created_at as "createdAt", finished_at as "finishedAt", call_id as "callId", edit_of as "editOf"`;

export function toolCallsTable(session: SqlSession): Transaction["toolCalls"] {
  async function first(where: string, value: string, lock?: boolean): Promise<ToolCall | undefined> {
    const [row] = await session.query<object>(`select ${columns} from tool_calls where ${where}${lock ? " for update" : ""}`, [value]);
    return row && withoutNulls<ToolCall>(row);
  }

  return {
    async insert(call) {
      await session.query(
        `insert into tool_calls (id, run_id, attempt, tool, arguments, digest, effect_key, rule, outcome, state, request_id, result, executions, repeats, created_at, finished_at, call_id, delivered, edit_of)
         values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14, $15, $16, $17, $18, $19)`,
        values(call),
      );
    },
    get: (id, options) => first("id = $1", id, options?.lock),
    byEffectKey: (effectKey, options) => first("effect_key = $1", effectKey, options?.lock),
    byRequest: (requestId, options) => first("request_id = $1", requestId, options?.lock),
    async insteadOf(id) {
      const [row] = await session.query<object>(`select ${columns} from tool_calls where edit_of = $1 order by created_at desc, id desc limit 1`, [id]);
      return row && withoutNulls<ToolCall>(row);
    },
    async settled(ids) {
      // One text instead of an array: a thousand ids are asked for with every notice, and an array is put together element by element.
      const rows = await session.query<{ id: string }>(
        "select id from tool_calls where id = any(string_to_array($1, ',')) and state not in ('pending', 'executing')",
        [ids.join(",")],
      );
      return rows.map(({ id }) => id);
    },
    async save(call) {
      const rows = await session.query(
        `update tool_calls set run_id = $2, attempt = $3, tool = $4, arguments = $5::jsonb, digest = $6, effect_key = $7, rule = $8, outcome = $9, state = $10, request_id = $11,
           result = $12::jsonb, executions = $13, repeats = $14, created_at = $15, finished_at = $16, call_id = $17, delivered = $18, edit_of = $19
         where id = $1 returning id`,
        values(call),
      );
      assertFound(rows, "tool call", call.id);
    },
    async forRun(runId) {
      const rows = await session.query<object>(`select ${columns} from tool_calls where run_id = $1 order by created_at, id`, [runId]);
      return rows.map((row) => withoutNulls<ToolCall>(row));
    },
    async executing() {
      const rows = await session.query<object>(`select ${columns} from tool_calls where state = 'executing' and request_id is null order by created_at, id`);
      return rows.map((row) => withoutNulls<ToolCall>(row));
    },
    audited: (after, limit) => auditedCalls(session, after, limit),
    async count(runId, tool) {
      const [row] = await session.query<{ count: number }>(
        "select count(*)::integer as count from tool_calls where run_id = $1 and tool = $2 and state not in ('refused', 'denied') and edit_of is null",
        [runId, tool],
      );
      return row?.count ?? 0;
    },
    async asked(tool, repository, since, limit) {
      const rows = await session.query<AskedCall>(
        `select jsonb_build_object('tool', c.tool, 'arguments', c.arguments, 'rule', c.rule, 'createdAt', c.created_at) as call,
           jsonb_build_object('id', r.id, 'issue', r.issue, 'stage', r.stage) as run
         from tool_calls c join runs r on r.id = c.run_id
         where c.outcome = 'ask' and c.edit_of is null and c.tool = $1 and c.created_at >= $3 and r.repository = $2 order by c.created_at desc limit $4`,
        [tool, repository, since, limit],
      );
      return rows;
    },
  };
}

async function auditedCalls(session: SqlSession, after: string, limit: number): Promise<readonly AuditedCall[]> {
  // One statement sees one moment, so a call and what is said of it always belong together.
  const rows = await session.query<{ call: object; request: AuditedCall["request"] | null; executed: AuditedCall["executed"]; instead: object | null }>(
    `select to_jsonb(c) as call,
       (select r.state from decision_requests r where r.id = c."requestId") as request,
       (select coalesce(jsonb_agg(f.payload order by f.sequence), '[]') from flow_events f
          where f.subject = 'run:' || c."runId" and f.type = 'tool.executed' and f.payload ->> 'toolCallId' = c.id) as executed,
       (select to_jsonb(e) from (select ${columns} from tool_calls where edit_of = c.id order by created_at desc, id desc limit 1) e) as instead
     from (select ${columns} from tool_calls where id > $1 order by id limit $2) c order by c.id`,
    [after, limit],
  );
  return rows.map(({ call, request, executed, instead }) => ({
    call: withoutNulls<ToolCall>(call),
    ...(request === null ? {} : { request }),
    executed,
    ...(instead === null ? {} : { instead: withoutNulls<ToolCall>(instead) }),
  }));
}

function values(call: ToolCall): unknown[] {
  return [
    call.id,
    call.runId,
    call.attempt,
    call.tool,
    toJson(call.arguments),
    call.digest,
    call.effectKey ?? null,
    call.rule,
    call.outcome,
    call.state,
    call.requestId ?? null,
    toJson(call.result),
    call.executions,
    call.repeats,
    call.createdAt,
    call.finishedAt ?? null,
    call.callId ?? null,
    call.delivered,
    call.editOf ?? null,
  ];
}
