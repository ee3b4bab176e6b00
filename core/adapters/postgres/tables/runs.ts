import { activeRunPhases, type Run } from "../../../domain/run/run.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { RunFilter, Transaction } from "../../../ports/store.ts";
import { toJson, withoutNulls } from "../rows.ts";
import { assertFound } from "./missing-row.ts";

const columns = `id, project, repository, issue, pull, stage, variant, role, branch, base_branch as "baseBranch", profile, trigger, correlation_id as "correlationId",
  keep_slot as "keepSlot", thread_id as "threadId", head, state, created_at as "createdAt"`;

const defaultLimit = 200;

export function runsTable(session: SqlSession): Transaction["runs"] {
  return {
    async insert(run) {
      // Waits for a concurrent insert on the same branch and then inserts nothing, which leaves this transaction usable.
      const rows = await session.query(
        `insert into runs (id, project, repository, issue, pull, stage, variant, role, branch, base_branch, profile, trigger, correlation_id, keep_slot, thread_id, head, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12::jsonb, $13, $14, $15, $16, $17::jsonb, $18)
         on conflict do nothing returning id`,
        values(run),
      );
      if (rows.length === 0) await refuse(session, run);
    },
    async get(id, options) {
      const [row] = await session.query<object>(`select ${columns} from runs where id = $1${options?.lock ? " for update" : ""}`, [id]);
      return row && withoutNulls<Run>(row);
    },
    async save(run) {
      const rows = await session.query(
        `update runs set project = $2, repository = $3, issue = $4, pull = $5, stage = $6, variant = $7, role = $8, branch = $9, base_branch = $10, profile = $11::jsonb,
           trigger = $12::jsonb, correlation_id = $13, keep_slot = $14, thread_id = $15, head = $16, state = $17::jsonb, created_at = $18
         where id = $1 returning id`,
        values(run),
      );
      assertFound(rows, "run", run.id);
    },
    async list(filter) {
      const { where, parameters } = conditions(filter, 2);
      const rows = await session.query<object>(`select ${columns} from runs ${where} order by created_at desc, id desc limit $1`, [
        filter.limit ?? defaultLimit,
        ...parameters,
      ]);
      return rows.map((row) => withoutNulls<Run>(row));
    },
    async count(filter) {
      const { where, parameters } = conditions(filter, 1);
      const [row] = await session.query<{ count: number }>(`select count(*)::int as count from runs ${where}`, parameters);
      return row?.count ?? 0;
    },
    async newestOf(repository, issues) {
      if (issues.length === 0) return [];
      // A look at the index for each issue: runs of an issue that were before its newest are not read, however many there are.
      const rows = await session.query<object>(
        `select newest.* from unnest($2::int[]) asked (number)
         cross join lateral (select ${columns} from runs where repository = $1 and issue = asked.number order by created_at desc, id desc limit 1) newest`,
        [repository, issues],
      );
      return rows.map((row) => withoutNulls<Run>(row));
    },
    async countHeld() {
      const [row] = await session.query<{ count: number }>(
        "select count(*)::int as count from runs where phase = 'parked' and state ->> 'reason' in ('pause', 'budget')",
      );
      return row?.count ?? 0;
    },
    async held() {
      const rows = await session.query<object>(
        `select ${columns} from runs where phase = 'parked' and state ->> 'reason' in ('pause', 'budget')
         order by (state ->> 'since')::bigint, created_at, id`,
      );
      return rows.map((row) => withoutNulls<Run>(row));
    },
  };
}

async function refuse(session: SqlSession, run: Run): Promise<never> {
  const [holder] = await session.query<{ id: string }>("select id from runs where repository = $1 and branch = $2 and phase = any($3::text[])", [
    run.repository,
    run.branch,
    activeRunPhases,
  ]);
  const message = holder && holder.id !== run.id ? `Run ${holder.id} is active on ${run.repository}, branch ${run.branch}.` : `Run ${run.id} exists already.`;
  throw new InfrastructureError("conflict", message, { retryable: false, remedy: "Wait for the active run to end, or cancel it." });
}

function values(run: Run): unknown[] {
  return [
    run.id,
    run.project,
    run.repository,
    run.issue,
    run.pull ?? null,
    run.stage,
    run.variant,
    run.role,
    run.branch,
    run.baseBranch,
    toJson(run.profile),
    toJson(run.trigger),
    run.correlationId,
    run.keepSlot,
    run.threadId ?? null,
    run.head ?? null,
    toJson(run.state),
    run.createdAt,
  ];
}

/** @param first number of the first parameter. */
function conditions(filter: RunFilter, first: number): { readonly where: string; readonly parameters: readonly unknown[] } {
  const given: readonly (readonly [condition: string, value: unknown])[] = [
    ["id = any(?::text[])", filter.ids],
    ["repository = ?", filter.repository],
    ["issue = ?", filter.issue],
    ["issue = any(?::int[])", filter.issues],
    ["pull = ?", filter.pull],
    ["branch = ?", filter.branch],
    ["phase = any(?::text[])", filter.phases],
  ];
  const used = given.filter(([, value]) => value !== undefined);
  const clauses = used.map(([condition], index) => condition.replace("?", `$${index + first}`));
  return { where: clauses.length === 0 ? "" : `where ${clauses.join(" and ")}`, parameters: used.map(([, value]) => value) };
}
