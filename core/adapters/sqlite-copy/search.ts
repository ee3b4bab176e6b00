import type { Database } from "better-sqlite3";
import type { Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { CopyHit } from "../../ports/local-copy.ts";
import { searchQuery } from "./search-query.ts";

interface HitRow {
  readonly source: CopyHit["source"];
  readonly key: string;
  readonly repository: string | null;
  readonly issue: number | null;
  readonly attempt: number | null;
  readonly sequence: number | null;
  readonly title: string;
  readonly section: string;
  readonly excerpt: string;
  readonly score: number;
  readonly read_at: number | null;
}

/** A word in a title counts ten times one in the text, one in the title of a section four times. */
const statement = `
select places.source, places.key, places.repository, places.issue, places.attempt, places.sequence, texts.title, texts.section,
       snippet(texts, 2, '', '', ' … ', 28) as excerpt, -bm25(texts, 10.0, 4.0, 1.0) as score,
       coalesce(records.read_at, transcripts.read_at) as read_at
from texts
join places on places.id = texts.rowid
left join records on places.source <> 'transcript' and records.key = places.key
  and records.kind = case places.source when 'document' then 'text' else 'request-card' end
left join transcripts on places.source = 'transcript' and transcripts.run_id = places.key
where texts match @query and (@repository is null or places.repository = @repository)
order by score desc
limit @limit`;

export function searchTexts(
  db: Database,
  typed: string,
  where: { readonly repository?: RepositoryName | undefined; readonly limit: number },
): readonly CopyHit[] {
  const query = searchQuery(typed);
  if (query === undefined) return [];
  const rows = db.prepare<object, HitRow>(statement).all({ query, repository: where.repository ?? null, limit: where.limit });
  return rows.map(hitOf);
}

function hitOf(row: HitRow): CopyHit {
  const { source, key, title, section, excerpt, score } = row;
  return {
    source,
    key,
    title,
    section,
    excerpt,
    score,
    readAt: (row.read_at ?? 0) as Instant,
    ...(row.repository === null ? {} : { repository: row.repository as RepositoryName }),
    ...(row.issue === null ? {} : { issue: row.issue }),
    ...(row.attempt === null || row.sequence === null ? {} : { at: { attempt: row.attempt, sequence: row.sequence } }),
  };
}
