import type { ChainHead } from "../../../domain/audit/chain.ts";
import type { Decision, DecisionRequest } from "../../../domain/decision/decision.ts";
import type { RequestId } from "../../../domain/kernel/values.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { AuditedRequest, Transaction } from "../../../ports/store.ts";
import { only, withoutNulls } from "../rows.ts";
import { flowEventOf, type FlowRow } from "./flow.ts";
import { requestColumns } from "./requests.ts";

interface Row {
  readonly request: DecisionRequest;
  readonly decision: Decision | null;
  readonly history: readonly FlowRow[];
}

export function auditTables(session: SqlSession): Transaction["audit"] {
  /** One statement sees one moment, so a request and its events always belong together. */
  async function audited(chosen: string, values: readonly unknown[]): Promise<readonly AuditedRequest[]> {
    const rows = await session.query<Row>(
      `select to_jsonb(r) as request,
         (select jsonb_build_object('verdict', d.verdict, 'by', d.decided_by, 'surface', d.surface, 'at', d.at, 'keyId', d.key_id, 'signature', d.signature)
            from decisions d where d.request_id = r.id) as decision,
         (select coalesce(jsonb_agg(to_jsonb(f) order by f.sequence), '[]') from flow_events f where f.subject = 'request:' || r.id) as history
       from (select ${requestColumns} from decision_requests where ${chosen}) r order by r.id`,
      values,
    );
    return rows.map(({ request, decision, history }) => ({
      request: withoutNulls<DecisionRequest>(request),
      ...(decision === null ? {} : { decision }),
      history: history.map(flowEventOf),
    }));
  }

  return {
    requests: (after, limit) => audited("id > $1 order by id limit $2", [after, limit]),
    request: async (id) => (await audited("id = $1", [id]))[0],
    async chainEnds() {
      const rows = await session.query<{ last: ChainHead | null; remembered: ChainHead | null }>(
        `select (select jsonb_build_object('sequence', sequence, 'hash', hash) from flow_events order by sequence desc limit 1) as last,
           (select jsonb_build_object('sequence', sequence, 'hash', hash) from chain_head) as remembered`,
      );
      return withoutNulls(only(rows));
    },
    async executedTwice(limit) {
      // Counted by the database, so that the memory of whoever verifies does not grow with the trail.
      const rows = await session.query<{ subject: string }>(
        `select 'call:' || id as subject from tool_calls where executions > 1
         union select 'call:' || (payload->>'toolCallId') from flow_events where type = 'tool.executed' and payload->>'toolCallId' is not null
           group by payload->>'toolCallId' having count(*) > 1
         union select subject from flow_events where type = 'decision.executed' group by subject having count(*) > 1
         order by subject limit $1`,
        [limit],
      );
      return rows.map((row) => row.subject);
    },
    async vanishedRequests(limit) {
      const rows = await session.query<{ id: RequestId }>(
        `select substr(subject, 9) as id from flow_events f where type = 'decision.requested' and subject like 'request:%'
           and not exists (select from decision_requests r where r.id = substr(f.subject, 9)) order by sequence limit $1`,
        [limit],
      );
      return rows.map((row) => row.id);
    },
  };
}
