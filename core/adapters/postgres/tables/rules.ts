import type { Rule } from "../../../domain/rule/rule.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { Transaction } from "../../../ports/store.ts";
import { toJson } from "../rows.ts";

export function rulesTable(session: SqlSession): Transaction["rules"] {
  return {
    async list() {
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
  };
}
