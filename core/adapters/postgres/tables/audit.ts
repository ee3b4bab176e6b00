import type { ChainHead } from "../../../domain/audit/chain.ts";
import type { Decision, DecisionRequest } from "../../../domain/decision/decision.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";
import { only, withoutNulls } from "../rows.ts";
import { flowEventOf, type FlowRow } from "./flow.ts";
import { requestColumns } from "./requests.ts";

interface Row {
  readonly request: DecisionRequest;
  readonly decision: Decision | null;
  readonly history: readonly FlowRow[];
}

export function auditTables(session: SqlSession): Transaction["audit"] {
  return {
    async requests(after, limit) {
      // One statement sees one moment, so a request and its events always belong together.
      const rows = await session.query<Row>(
        `select to_jsonb(r) as request,
           (select jsonb_build_object('verdict', d.verdict, 'by', d.decided_by, 'surface', d.surface, 'at', d.at, 'keyId', d.key_id, 'signature', d.signature)
              from decisions d where d.request_id = r.id) as decision,
           (select coalesce(jsonb_agg(to_jsonb(f) order by f.sequence), '[]') from flow_events f where f.subject = 'request:' || r.id) as history
         from (select ${requestColumns} from decision_requests where id > $1 order by id limit $2) r order by r.id`,
        [after, limit],
      );
      return rows.map(({ request, decision, history }) => ({
        request: withoutNulls<DecisionRequest>(request),
        ...(decision === null ? {} : { decision }),
        history: history.map(flowEventOf),
      }));
    },
    async chainEnds() {
      const rows = await session.query<{ last: ChainHead | null; remembered: ChainHead | null }>(
        `select (select jsonb_build_object('sequence', sequence, 'hash', hash) from flow_events order by sequence desc limit 1) as last,
           (select jsonb_build_object('sequence', sequence, 'hash', hash) from chain_head) as remembered`,
      );
      return withoutNulls(only(rows));
    },
    async executedTwice() {
      const rows = await session.query<{ id: string }>("select id from tool_calls where executions > 1 order by id");
      return rows.map((row) => row.id);
    },
  };
}
