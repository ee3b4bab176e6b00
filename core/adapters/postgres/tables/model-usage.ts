import type { ModelUsage, ModelUsageTable } from "../../../ports/model-usage.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import { withoutNulls } from "../rows.ts";

export function modelUsageTable(session: SqlSession): ModelUsageTable {
  return {
    async since(since, limit) {
      const rows = await session.query<object>(
        `select model, count(distinct run_id) as runs, count(*) as turns, sum(input_tokens)::bigint as "inputTokens",
           sum(cached_input_tokens)::bigint as "cachedInputTokens", sum(output_tokens)::bigint as "outputTokens", sum(reasoning_tokens)::bigint as "reasoningTokens",
           sum(cost) as cost, count(*) filter (where cost is null) as unpriced, max(at) as "lastUsedAt"
         from token_usage where at >= $1 group by model order by sum(input_tokens + output_tokens) desc, model limit $2`,
        [since, limit],
      );
      return rows.map((row) => withoutNulls<ModelUsage>(row));
    },
  };
}
