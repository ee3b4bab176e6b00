import type { AllowanceContent } from "../../../domain/allowance/allowance.ts";
import type { Instant } from "../../../domain/kernel/values.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { AuditedAllowance, StoredAllowance, Transaction } from "../../../ports/store.ts";
import { toJson } from "../rows.ts";
import { flowEventOf, type FlowRow } from "./flow.ts";
import { assertFound } from "./missing-row.ts";

interface AllowanceRow {
  readonly content: AllowanceContent;
  readonly key_id: string;
  readonly signature: string;
  readonly closed_at: Instant | null;
}

/** A row under another name than the one that was signed would be locked beside the one that is. */
const ownId = "id = content ->> 'id'";
const columns = "content, key_id, signature, closed_at";

export function allowancesTable(session: SqlSession): Transaction["allowances"] {
  async function withHistory(rest: string, values: readonly unknown[]): Promise<readonly AuditedAllowance[]> {
    // One statement sees one moment, so a row and its history always belong together.
    const rows = await session.query<AllowanceRow & { readonly id: string; readonly history: readonly FlowRow[] }>(
      `select id, ${columns}, (select coalesce(jsonb_agg(to_jsonb(f) order by f.sequence), '[]') from flow_events f where f.subject = 'allowance:' || a.id) as history
       from allowances a ${rest}`,
      values,
    );
    return rows.map((row) => ({ id: row.id, allowance: allowanceOf(row), history: row.history.map(flowEventOf) }));
  }

  return {
    async insert({ content, keyId, signature }) {
      await session.query("insert into allowances (id, content, key_id, signature) values ($1, $2::jsonb, $3, $4)", [
        content.id,
        toJson(content),
        keyId,
        signature,
      ]);
    },
    async get(id, options) {
      const [row] = await session.query<AllowanceRow>(`select ${columns} from allowances where id = $1 and ${ownId}${options?.lock ? " for update" : ""}`, [
        id,
      ]);
      return row && allowanceOf(row);
    },
    async open(repository, tool) {
      const rows = await session.query<AllowanceRow>(
        `select ${columns} from allowances where repository = $1 and tool = $2 and closed_at is null and ${ownId} order by id for update`,
        [repository, tool],
      );
      return rows.map(allowanceOf);
    },
    async close(id, at) {
      assertFound(await session.query("update allowances set closed_at = $2 where id = $1 returning id", [id, at]), "allowance", id);
    },
    // Ids are time-ordered, and an edited content need not have a time.
    list: (limit) => withHistory("order by id desc limit $1", [limit]),
    audited: (after, limit) => withHistory("where id > $1 order by id limit $2", [after, limit]),
  };
}

function allowanceOf({ content, key_id: keyId, signature, closed_at: closedAt }: AllowanceRow): StoredAllowance {
  return { content, keyId, signature, ...(closedAt === null ? {} : { closedAt }) };
}
