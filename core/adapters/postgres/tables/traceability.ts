import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { ReleaseSection, TraceabilityTable, TracedPull } from "../../../ports/traceability.ts";
import { withoutNulls } from "../rows.ts";

export function traceabilityTable(session: SqlSession): TraceabilityTable {
  return {
    async pulls(repository) {
      // Runs make the pull requests; what documents say is looked up among these, so that a document that names any other number adds nothing.
      const rows = await session.query<object>(
        `with worked as (
           select pull, array_agg(distinct issue) as issues, array_agg(distinct stage) as stages,
             coalesce(array_agg(distinct stage) filter (where phase = 'succeeded'), '{}') as approved
           from runs where repository = $1 and pull is not null group by pull
         ), named as (
           select l.number as pull, d.path from links l join docs_meta d on d.repository = l.repository and d.doc_id = l.doc_id
             where l.repository = $1 and l.kind = 'pull'
           union
           select r.pull, d.path from runs r
             join document_uses u on u.run_id = r.id and u.repository = r.repository and u.how = 'written'
             join docs_meta d on d.repository = u.repository and d.path = u.path
             where r.repository = $1 and r.pull is not null
           union
           select (own.pull #>> '{}')::numeric, d.path from docs_meta d
             cross join lateral jsonb_array_elements(case when jsonb_typeof(d.front_matter -> 'related_prs') = 'array' then d.front_matter -> 'related_prs' else '[]' end) own (pull)
             where d.repository = $1 and jsonb_typeof(own.pull) = 'number'
         ), documents as (select pull, array_agg(path order by path collate "C") as paths from named group by pull)
         select w.pull, w.issues, w.stages, w.approved, case when c.read_at > 0 then c.is_open end as "isOpen", coalesce(n.paths, '{}') as documents
         from worked w left join documents n on n.pull = w.pull left join pull_checks c on c.repository = $1 and c.pull = w.pull order by w.pull`,
        [repository],
      );
      return rows.map((row) => withoutNulls<TracedPull>(row));
    },
    releaseSections: (repository, section) =>
      session.query<ReleaseSection>(
        `select distinct on (d.path) d.path, c.text from docs_meta d join doc_chunks c on c.repository = d.repository and c.path = d.path
         where d.repository = $1 and d.type = 'release_plan' and d.stage = 'release' and d.status = 'approved' and c.section = $2
         order by d.path, c.position`,
        [repository, section],
      ),
  };
}
