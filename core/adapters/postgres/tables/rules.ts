import type { Rule } from "../../../domain/rule/rule.ts";
import type { PastCall, PastCalls, RuleCount, RulesTable } from "../../../ports/rules.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import { toJson, withoutNulls } from "../rows.ts";

/** Calls that got as far as the rules. What a person has put in an agent's place did not come from the agent. */
const ruled = "c.rule <> 'none' and c.edit_of is null";

export function rulesTable(session: SqlSession): RulesTable {
  return {
    async list({ lock = false } = {}) {
      // The table and not its rows: replacing them makes other rows. Whoever only reads is not held up.
      if (lock) await session.query("lock table rules in share row exclusive mode");
      const rows = await session.query<{ content: Rule }>("select content from rules order by position");
      return rows.map((row) => row.content);
    },
    async replace(rules) {
      await session.query("delete from rules");
      await session.query(
        "insert into rules (id, position, content) select value ->> 'id', ordinality, value from jsonb_array_elements($1::jsonb) with ordinality",
        [toJson(rules)],
      );
    },
    decided: (since) =>
      session.query<RuleCount>(
        `select c.rule, c.outcome, count(*)::integer as calls from tool_calls c where ${ruled} and c.created_at >= $1
         group by c.rule, c.outcome order by calls desc, c.rule, c.outcome`,
        [since],
      ),
    past: (asked) => pastCalls(session, asked),
  };
}

/**
 * The pull request of a run is the one that it was linked with at that time; one that it had from its beginning was never linked. It is looked up only for calls that name the run's number.
 */
const pullThen = `case
    when r.pull is null or r.pull::text not in (coalesce(c.arguments ->> 'number', ''), coalesce(c.arguments ->> 'pull', '')) then r.pull
    when exists (select 1 from flow_events f where f.subject = 'run:' || r.id and f.type = 'run.pull-linked' and f.at > c.created_at) then null
    else r.pull end`;
const callsBefore = `(select count(*)::integer from tool_calls b where b.run_id = c.run_id and b.tool = c.tool and b.edit_of is null
    and (b.created_at, b.id) < (c.created_at, c.id)
    and (b.state not in ('refused', 'denied') or coalesce(b.finished_at, b.created_at) > c.created_at))`;

async function pastCalls(session: SqlSession, { since, after, limit, counted }: PastCalls): Promise<readonly PastCall[]> {
  const rows = await session.query<object>(
    `select c.id, c.tool, c.arguments, c.digest, c.rule, c.outcome, q.risk, c.created_at as "createdAt", ${counted ? callsBefore : "0"} as "callsBefore",
       jsonb_strip_nulls(jsonb_build_object('id', r.id, 'repository', r.repository, 'issue', r.issue, 'pull', ${pullThen}, 'branch', r.branch, 'baseBranch', r.base_branch,
         'stage', r.stage, 'role', r.role)) as run
     from (select * from tool_calls c where ${ruled} and c.created_at >= $1 ${after ? "and (c.created_at, c.id) < ($3, $4)" : ""}
           order by c.created_at desc, c.id desc limit $2) c
     join runs r on r.id = c.run_id left join decision_requests q on q.id = c.request_id
     order by c.created_at desc, c.id desc`,
    [since, limit, ...(after ? [after.createdAt, after.id] : [])],
  );
  return rows.map((row) => withoutNulls<PastCall>(row));
}
