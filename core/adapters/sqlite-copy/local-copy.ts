import type { Database } from "better-sqlite3";
import type { Instant, Json } from "../../domain/kernel/values.ts";
import type { CopiedEntry, CopiedRecord, CopyKind, CopyRecord, LocalCopy, TranscriptOwner } from "../../ports/local-copy.ts";
import type { CopyFile } from "./copy-file.ts";
import { addPlace, removeRecord, replacePlaces, sources } from "./places.ts";
import { searchTexts } from "./search.ts";
import { statement } from "./statements.ts";
import { shrink } from "./shrink.ts";

export interface CopyLimits {
  /** Bytes that the copy may take on the disk before it makes room. */
  readonly size: number;
  /** Bytes of one transcript that are kept. */
  readonly transcript: number;
}

/**
 * A transcript of 50 MB is the largest that the window is measured with, and a log of 200 MB is more than anybody reads on the way: 64 MB of one run. Eight of those and the documents, cards and
 * runs of thousands of issues (about 4 KB each) fit into 512 MB, which no machine that can run this program lacks.
 */
export const defaultCopyLimits: CopyLimits = { size: 512 * 1024 * 1024, transcript: 64 * 1024 * 1024 };

/** The copy in an SQLite file, with full-text search over what is in it. */
export function createLocalCopy(file: CopyFile, limits: CopyLimits = defaultCopyLimits): LocalCopy {
  const inOne = <T>(work: (db: Database) => T): T => file.use((db) => db.transaction(() => work(db)).immediate());
  return {
    put: (records, readAt) =>
      inOne((db) => {
        for (const record of records) putRecord(db, record, readAt, { before: presentRow(db, record), touch: true });
      }),
    replace(kind, repository, records, readAt) {
      inOne((db) => {
        const present = new Map(
          statement<PresentRow>(
            db,
            "select key, content, closed_at, rank from records where kind = @kind and (@repository is null or repository = @repository)",
          )
            .all({ kind, repository: repository ?? null })
            .map((row) => [row.key, row]),
        );
        for (const record of records) {
          putRecord(db, record, readAt, { before: present.get(record.key), touch: false });
          present.delete(record.key);
        }
        for (const key of present.keys()) removeRecord(db, kind, key);
      });
    },
    remove: (kind, keys) =>
      inOne((db) => {
        for (const key of keys) removeRecord(db, kind, key);
      }),
    closeIssue: (repository, issue, at) =>
      file.use(
        (db) =>
          void db
            .prepare("update records set closed_at = ? where kind = 'text' and repository = ? and issue = ? and closed_at is null")
            .run(at, repository, issue),
      ),
    get: (kind, key) => file.use((db) => getRecord(db, kind, key)),
    list: (kind, where = {}) =>
      file.use((db) =>
        db
          .prepare<object, RecordRow>(
            `select key, content, read_at from records
             where kind = @kind and (@repository is null or repository = @repository) and (@issue is null or issue = @issue)
             order by rank desc, key limit @limit`,
          )
          .all({ kind, repository: where.repository ?? null, issue: where.issue ?? null, limit: where.limit ?? -1 })
          .map(copied),
      ),
    addTranscript: (owner, entries, readAt) => inOne((db) => addEntries(db, owner, entries, readAt, limits.transcript)),
    transcript: (runId, after, limit) =>
      file.use((db) =>
        db
          .prepare<unknown[], { attempt: number; sequence: number; content: string }>(
            "select attempt, sequence, content from entries where run_id = ? and (attempt, sequence) > (?, ?) order by attempt, sequence limit ?",
          )
          .all(runId, after.attempt, after.sequence, limit)
          .map(({ attempt, sequence, content }) => ({ attempt, sequence, content: JSON.parse(content) as Json })),
      ),
    noteReading: (what, at) =>
      file.use((db) => void db.prepare("insert into readings values (?, ?) on conflict (what) do update set at = excluded.at").run(what, at)),
    lastReading: (what) => file.use((db) => db.prepare<unknown[], Instant>("select at from readings where what = ?").pluck().get(what)),
    search: (query, where) => file.use((db) => searchTexts(db, query, where)),
    shrink: () => file.use((db) => shrink(db, limits.size)),
    close: () => file.close(),
  };
}

interface RecordRow {
  readonly key: string;
  readonly content: string;
  readonly read_at: number;
}

function copied({ key, content, read_at: readAt }: RecordRow): CopiedRecord {
  return { key, content: JSON.parse(content) as Json, readAt: readAt as Instant };
}

function getRecord(db: Database, kind: CopyKind, key: string): CopiedRecord | undefined {
  const row = db.prepare<unknown[], RecordRow>("select key, content, read_at from records where kind = ? and key = ?").get(kind, key);
  return row && copied(row);
}

interface PresentRow {
  readonly key: string;
  readonly content: string;
  readonly closed_at: number | null;
  readonly rank: number;
}

function presentRow(db: Database, { kind, key }: CopyRecord): PresentRow | undefined {
  return statement<PresentRow>(db, "select key, content, closed_at, rank from records where kind = ? and key = ?").get(kind, key);
}

interface Writing {
  /** What is there. */
  readonly before: PresentRow | undefined;
  /** Whether one that is the same as before is noted to have been read again. In a list of thousands the list's own reading says it. */
  readonly touch: boolean;
}

function putRecord(db: Database, record: CopyRecord, readAt: Instant, { before, touch }: Writing): void {
  const { kind, key, rank, repository = null, issue = null, closedAt = null } = record;
  const content = JSON.stringify(record.content);
  if (before?.content === content && before.closed_at === closedAt && before.rank === rank) {
    if (touch) statement(db, "update records set read_at = ? where kind = ? and key = ?").run(readAt, kind, key);
    return;
  }
  const written = [kind, key, repository, issue, rank, closedAt, readAt, content];
  statement(db, "insert or replace into records (kind, key, repository, issue, rank, closed_at, read_at, content) values (?, ?, ?, ?, ?, ?, ?, ?)").run(
    ...written,
  );
  const source = sources[kind];
  if (source !== undefined && before?.content !== content) replacePlaces(db, { source, key, repository: record.repository, issue: record.issue }, record.found);
}

function addEntries(db: Database, owner: TranscriptOwner, entries: readonly CopiedEntry[], readAt: Instant, longest: number): void {
  const { runId, repository = null, issue = null, title } = owner;
  db.prepare(
    `insert into transcripts (run_id, repository, issue, title, read_at) values (?, ?, ?, ?, ?)
     on conflict (run_id) do update set title = excluded.title, read_at = excluded.read_at`,
  ).run(runId, repository, issue, title, readAt);
  let size = db.prepare<unknown[], number>("select size from transcripts where run_id = ?").pluck().get(runId) ?? 0;
  const insert = statement(db, "insert or ignore into entries (run_id, attempt, sequence, content) values (?, ?, ?, ?)");
  for (const { attempt, sequence, content, text } of entries) {
    const written = JSON.stringify(content);
    // Never a gap: after the first one that does not fit, none does.
    if (size + written.length > longest) {
      size = longest;
      break;
    }
    if (insert.run(runId, attempt, sequence, written).changes === 0) continue;
    size += written.length;
    if (text !== undefined && text !== "")
      addPlace(
        db,
        { source: "transcript", key: runId, repository: owner.repository, issue: owner.issue, at: { attempt, sequence } },
        { title, section: "", body: text },
      );
  }
  db.prepare("update transcripts set size = ? where run_id = ?").run(size, runId);
}
