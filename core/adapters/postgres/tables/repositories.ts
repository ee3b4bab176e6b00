import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { RepositoryRow, Transaction } from "../../../ports/store.ts";
import { withoutNulls } from "../rows.ts";

const columns = `name, project, default_branch as "defaultBranch", hook_id as "hookId", reconciled_until as "reconciledUntil"`;

export function repositoriesTable(session: SqlSession): Transaction["repositories"] {
  return {
    async get(name, options) {
      const [row] = await session.query<object>(`select ${columns} from repositories where name = $1${options?.lock ? " for update" : ""}`, [name]);
      return row && withoutNulls<RepositoryRow>(row);
    },
    async list() {
      const rows = await session.query<object>(`select ${columns} from repositories order by name`);
      return rows.map((row) => withoutNulls<RepositoryRow>(row));
    },
    async save(row) {
      await session.query("insert into projects (id) values ($1) on conflict do nothing", [row.project]);
      await session.query(
        `insert into repositories (name, project, default_branch, hook_id, reconciled_until) values ($1, $2, $3, $4, $5)
         on conflict (name) do update set project = excluded.project, default_branch = excluded.default_branch, hook_id = excluded.hook_id, reconciled_until = excluded.reconciled_until`,
        [row.name, row.project, row.defaultBranch, row.hookId ?? null, row.reconciledUntil],
      );
    },
  };
}
