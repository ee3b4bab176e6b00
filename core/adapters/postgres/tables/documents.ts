import type { SqlSession } from "../../../ports/sql-driver.ts";
import type { DocumentLink, DocumentMeta, SearchHit, Transaction } from "../../../ports/store.ts";
import { storableText, toJson, withoutNulls } from "../rows.ts";

const columns = `d.doc_id as "docId", d.repository, d.path, d.branch, d.type, d.title, d.status, d.owner_role as "ownerRole", d.hash, d.stage, d.front_matter as "frontMatter",
  d.updated_at as "updatedAt"`;

export function documentsTable(session: SqlSession): Transaction["documents"] {
  async function list(rest: string, values: readonly unknown[]): Promise<readonly DocumentMeta[]> {
    const rows = await session.query<object>(`select ${columns} from docs_meta d ${rest}`, values);
    return rows.map((row) => withoutNulls<DocumentMeta>(row));
  }
  const linked =
    "where d.repository = $1 and exists (select from links l where l.repository = d.repository and l.doc_id = d.doc_id and l.kind = $2 and l.number = $3) order by d.path";

  return {
    async upsert(meta, chunks) {
      await saveMeta(session, meta);
      await session.query("delete from doc_chunks where repository = $1 and path = $2", [meta.repository, meta.path]);
      await insertChunks(session, meta, chunks);
    },
    async get(repository, path) {
      const [meta] = await list("where d.repository = $1 and d.path = $2", [repository, path]);
      return meta;
    },
    at: (repository, paths) => list("where d.repository = $1 and d.path = any($2::text[]) order by d.path", [repository, paths]),
    async link(link) {
      await session.query(
        `insert into links (repository, doc_id, kind, number, run_id) values ($1, $2, $3, $4, $5)
         on conflict (repository, doc_id, kind, number) do update set run_id = coalesce(excluded.run_id, links.run_id)`,
        [link.repository, link.docId, link.kind, link.number, link.runId ?? null],
      );
    },
    forIssue: (repository, issue) => list(linked, [repository, "issue", issue]),
    forPull: (repository, pull) => list(linked, [repository, "pull", pull]),
    list: (repository) => list("where d.repository = $1 order by d.path", [repository]),
    async versions(repository) {
      const rows = await session.query<Pick<DocumentMeta, "path" | "branch" | "hash">>("select path, branch, hash from docs_meta where repository = $1", [
        repository,
      ]);
      return new Map(rows.map(({ path, branch, hash }) => [path, { branch, hash }]));
    },
    async links(repository) {
      const rows = await session.query<object>(
        `select repository, doc_id as "docId", kind, number, run_id as "runId" from links where repository = $1 order by doc_id, kind, number`,
        [repository],
      );
      return rows.map((row) => withoutNulls<DocumentLink>(row));
    },
    search: (repository, query, limit) => search(session, repository, query, limit),
  };
}

async function saveMeta(session: SqlSession, meta: DocumentMeta): Promise<void> {
  // A document that was moved keeps its id; its old place goes.
  await session.query("delete from docs_meta where repository = $1 and branch = $2 and doc_id = $3 and path <> $4", [
    meta.repository,
    meta.branch,
    meta.docId,
    meta.path,
  ]);
  await session.query(
    `insert into docs_meta (repository, path, doc_id, branch, type, title, status, owner_role, hash, stage, front_matter, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12)
     on conflict (repository, path) do update set doc_id = excluded.doc_id, branch = excluded.branch, type = excluded.type, title = excluded.title, status = excluded.status,
       owner_role = excluded.owner_role, hash = excluded.hash, stage = excluded.stage, front_matter = excluded.front_matter, updated_at = excluded.updated_at`,
    [
      meta.repository,
      meta.path,
      meta.docId,
      meta.branch,
      meta.type,
      storableText(meta.title),
      meta.status,
      meta.ownerRole,
      meta.hash,
      meta.stage ?? null,
      toJson(meta.frontMatter),
      meta.updatedAt,
    ],
  );
}

async function insertChunks(session: SqlSession, meta: DocumentMeta, chunks: readonly { readonly section: string; readonly text: string }[]): Promise<void> {
  if (chunks.length === 0) return;
  const rows = chunks.map((chunk) => ({ ...chunk, foldedTitle: folded(`${meta.title} ${chunk.section}`), foldedText: folded(chunk.text) }));
  await session.query(
    `insert into doc_chunks (repository, path, position, section, text, words)
     select $1, $2, ordinality, value ->> 'section', value ->> 'text',
       setweight(to_tsvector('english', value ->> 'foldedTitle') || to_tsvector('russian', value ->> 'foldedTitle') || to_tsvector('simple', value ->> 'foldedTitle'), 'A') ||
       setweight(to_tsvector('english', value ->> 'foldedText') || to_tsvector('russian', value ->> 'foldedText') || to_tsvector('simple', value ->> 'foldedText'), 'D')
     from jsonb_array_elements($3::jsonb) with ordinality`,
    [meta.repository, meta.path, toJson(rows)],
  );
}

/** Chunks that hold any of the words, those that hold all of them first. */
async function search(session: SqlSession, repository: string, query: string, limit: number): Promise<readonly SearchHit[]> {
  return await session.query<SearchHit>(
    `with wanted as (
       select websearch_to_tsquery('english', $2) || websearch_to_tsquery('russian', $2) || websearch_to_tsquery('simple', $2) as every_word,
         replace((plainto_tsquery('english', $2) || plainto_tsquery('russian', $2) || plainto_tsquery('simple', $2))::text, '&', '|')::tsquery as any_word
     )
     select d.doc_id as "docId", d.path, d.title, c.section, (ts_rank(c.words, any_word) + case when c.words @@ every_word then 1 else 0 end)::double precision as score,
       ts_headline(case when c.text ~ '[А-Яа-яЁё]' then 'russian'::regconfig else 'english'::regconfig end, c.text, any_word, 'StartSel="", StopSel="", MaxWords=40, MinWords=15') as excerpt
     from wanted, doc_chunks c join docs_meta d using (repository, path)
     where c.repository = $1 and c.words @@ any_word
     order by score desc, c.path, c.position limit $3`,
    [repository, folded(query), limit],
  );
}

/** Lower case as Unicode has it: the database folds only ASCII when its locale is C. ё is written as е as often as not. */
function folded(text: string): string {
  return storableText(text).toLowerCase().replaceAll("ё", "е");
}
