import type { DecisionInsight } from "../../../domain/decision/insight.ts";
import type { RequestId } from "../../../domain/kernel/values.ts";
import type { DecisionRequestsTable, ListedRequest } from "../../../ports/decision-requests.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import { withoutNulls } from "../rows.ts";

type RequestLists = Pick<DecisionRequestsTable, "waiting" | "countWaiting" | "closed" | "insights" | "summaries">;

/** Deadline to the day, risk, age: the order of the inbox, which every surface knows (core/domain/decision/urgency.ts). */
const byUrgency = "q.expires_at / 86400000, case q.risk when 'high' then 0 when 'medium' then 1 else 2 end, q.created_at, q.id";

/** Everything of a request that a list shows, and its id, in lower case. */
const shownText = "lower(concat_ws(E'\\n', q.id, q.summary, q.repository || '#' || q.issue, q.tool, q.kind, r.stage, r.role, q.state #>> '{decision,by}'))";

/** Lists of requests. Nothing is read of those that are not asked for, so that it does not matter how many there are. */
export function requestLists(session: SqlSession): RequestLists {
  return {
    waiting: ({ repository, issue, ids, limit } = {}) =>
      list(
        session,
        [
          ["q.phase = 'requested'"],
          ["q.repository = ?", repository],
          ["q.issue = ?", issue],
          // Otherwise all that wait would be looked through for a few.
          ["q.id = any(?::text[])", ids],
        ],
        `order by ${byUrgency}`,
        limit,
      ),
    async countWaiting({ repository, issue } = {}) {
      const { where, values } = conditions([["q.phase = 'requested'"], ["q.repository = ?", repository], ["q.issue = ?", issue]]);
      const [row] = await session.query<{ count: number }>(`select count(*)::int as count from decision_requests q ${where}`, values);
      return row?.count ?? 0;
    },
    closed: ({ repository, issue, words, after, limit }) =>
      list(
        session,
        [
          ["q.phase <> 'requested'"],
          ["q.repository = ?", repository],
          ["q.issue = ?", issue],
          ["(q.created_at, q.id) < (?, ?)", after?.createdAt, after?.id],
          [`not exists (select from unnest(?::text[]) word where position(word in ${shownText}) = 0)`, words?.length ? words : undefined],
        ],
        "order by q.created_at desc, q.id desc",
        limit,
      ),
    async insights(since, limit) {
      const rows = await session.query<object>(
        `select kind, tool, rule, count(*)::int as asked,
           count(*) filter (where verdict = 'approve')::int as approved,
           count(*) filter (where verdict in ('deny', 'request_changes', 'abort'))::int as refused,
           count(*) filter (where verdict in ('answer', 'ask'))::int as answered,
           count(*) filter (where verdict is null and phase = 'expired')::int as expired,
           count(*) filter (where verdict is null and phase not in ('expired', 'requested'))::int as replaced,
           count(*) filter (where phase = 'requested')::int as waiting,
           percentile_cont(0.5) within group (order by decided_at - created_at)::float8 as "medianWait"
         from (select kind, tool, rule, phase, created_at, state #>> '{decision,verdict,type}' as verdict, (state #>> '{decision,at}')::bigint as decided_at
           from decision_requests where created_at >= $1) asked
         group by kind, tool, rule order by asked desc, kind, tool, rule limit $2`,
        [since, limit],
      );
      return rows.map((row) => withoutNulls<DecisionInsight>(row));
    },
    async summaries(ids) {
      if (ids.length === 0) return new Map();
      const rows = await session.query<{ id: RequestId; summary: string }>("select id, summary from decision_requests where id = any($1::text[])", [ids]);
      return new Map(rows.map(({ id, summary }) => [id, summary]));
    },
  };
}

/** A condition, and the value of each `?` in it; without a value it does not count. */
type Condition = readonly [sql: string, ...values: readonly unknown[]];

function conditions(given: readonly Condition[]): { readonly where: string; readonly values: readonly unknown[] } {
  const used = given.filter(([, ...values]) => values.every((value) => value !== undefined));
  let number = 0;
  const clauses = used.map(([sql]) => sql.replaceAll("?", () => `$${(number += 1)}`));
  return { where: `where ${clauses.join(" and ")}`, values: used.flatMap(([, ...values]) => values) };
}

async function list(session: SqlSession, given: readonly Condition[], order: string, limit: number | undefined): Promise<readonly ListedRequest[]> {
  const { where, values } = conditions(given);
  const rows = await session.query<object>(
    `select q.id, q.kind, q.run_id as "runId", q.repository, q.issue, q.tool, q.summary, q.risk, q.created_at as "createdAt", q.expires_at as "expiresAt", q.phase,
       q.state -> 'decision' as decision, q.edit ->> 'by' as "editedBy", r.stage, r.role
     from decision_requests q join runs r on r.id = q.run_id ${where} ${order} limit $${values.length + 1}`,
    [...values, limit ?? null],
  );
  return rows.map((row) => withoutNulls<ListedRequest>(row));
}
