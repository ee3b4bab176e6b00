import type { Budgets } from "../../../domain/hold/budget.ts";
import type { Pause } from "../../../domain/hold/pause.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";
import { only, toJson } from "../rows.ts";

const locks = { share: " for share", update: " for update" } as const;

export function holdsTable(session: SqlSession): Transaction["holds"] {
  return {
    async get(options) {
      const lock = options?.lock === undefined ? "" : locks[options.lock];
      const { pause, budgets } = only(await session.query<{ pause: Pause | null; budgets: Budgets }>(`select pause, budgets from holds${lock}`));
      return { ...(pause === null ? {} : { pause }), budgets };
    },
    async save({ pause, budgets }) {
      await session.query("update holds set pause = $1::jsonb, budgets = $2::jsonb", [toJson(pause), toJson(budgets)]);
    },
  };
}
