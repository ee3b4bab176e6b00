import { documentUses, type DocumentUse } from "../../../domain/document/use.ts";
import type { DocumentPlace, DocumentUser, DocumentUsesTable, UsedDocument } from "../../../ports/document-uses.ts";
import type { SqlSession } from "../../../ports/sql-driver.ts";
import { storableText } from "../rows.ts";

interface Row extends DocumentPlace, Omit<DocumentUser, "how"> {
  readonly how: readonly DocumentUse[];
  readonly count: number;
}

export function documentUsesTable(session: SqlSession): DocumentUsesTable {
  return {
    async note(run, paths, how, at) {
      if (paths.length === 0) return;
      // In order, so that two calls of a run at the same time do not wait for each other.
      await session.query(
        `insert into document_uses (repository, path, run_id, how, at)
         select distinct $1, path, $3, $4, $5::bigint from unnest($2::text[]) path where octet_length(path) <= 2000 order by path
         on conflict (repository, path, run_id, how) do update set at = excluded.at where document_uses.at < excluded.at`,
        [run.repository, paths.map(storableText), run.id, how, at],
      );
    },
    async of(places, most) {
      if (places.length === 0) return [];
      const rows = await session.query<Row>(
        // One place after the other, so that each costs what it has been used, however large the table is.
        `select asked.repository, asked.path, used.count, used.how, used.at, r.id, r.issue, r.stage, r.role
         from (select distinct repository, path from unnest($1::text[], $2::text[]) given (repository, path)) asked
         cross join lateral (
           select u.run_id, array_agg(u.how) as how, max(u.at) as at, count(*) over ()::int as count from document_uses u
           where u.repository = asked.repository and u.path = asked.path group by u.run_id order by max(u.at) desc, u.run_id desc limit $3
         ) used
         join runs r on r.id = used.run_id order by asked.repository, asked.path, used.at desc, used.run_id desc`,
        [places.map(({ repository }) => repository), places.map(({ path }) => storableText(path)), most],
      );
      return byDocument(rows);
    },
  };
}

/** Rows of one document stand together, the newest use first. */
function byDocument(rows: readonly Row[]): readonly UsedDocument[] {
  const found: { repository: Row["repository"]; path: string; count: number; runs: DocumentUser[] }[] = [];
  for (const { repository, path, count, how, ...run } of rows) {
    const last = found.at(-1);
    const user = { ...run, how: documentUses.filter((each) => how.includes(each)) };
    if (last?.repository === repository && last.path === path) last.runs.push(user);
    else found.push({ repository, path, count, runs: [user] });
  }
  return found;
}
