import type { Database } from "better-sqlite3";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** Another number with every change of {@link copyTables}: a copy with another one is thrown away and fills again. */
const copyVersion = 1;

const copyTables = `
create table records (
  kind text not null,
  key text not null,
  repository text,
  issue integer,
  rank real not null,
  closed_at integer,
  read_at integer not null,
  content text not null,
  primary key (kind, key)
) without rowid;
create index records_by_place on records (kind, repository, issue);
create index records_by_end on records (closed_at) where closed_at is not null;

create table transcripts (
  run_id text primary key,
  repository text,
  issue integer,
  title text not null,
  size integer not null default 0,
  read_at integer not null
) without rowid;
create table entries (
  run_id text not null,
  attempt integer not null,
  sequence integer not null,
  content text not null,
  primary key (run_id, attempt, sequence)
) without rowid;

create table readings (what text primary key, at integer not null) without rowid;

create table places (
  id integer primary key,
  source text not null,
  key text not null,
  repository text,
  issue integer,
  attempt integer,
  sequence integer
);
create index places_by_source on places (source, key);
create virtual table texts using fts5 (title, section, body, tokenize = "unicode61 remove_diacritics 2");
`;

const copyTableNames = ["records", "transcripts", "entries", "readings", "places", "texts"] as const;

/** One step after the other, never edited: what the owner wrote has to be readable by every later version. */
const draftMigrations: readonly string[] = [
  `create table drafts (
     id text primary key,
     written_at integer not null,
     closed integer not null,
     content text not null
   ) without rowid;
   create index drafts_by_time on drafts (closed, written_at);
   create table viewed (
     repository text not null,
     path text not null,
     hash text not null,
     number integer not null,
     primary key (repository, path)
   ) without rowid;`,
  // Versions before this one know no verdicts, and would not know what to do with them.
  `create unique index one_verdict on drafts (json_extract(content, '$.repository'), json_extract(content, '$.intent.path'))
     where closed = 0 and json_extract(content, '$.intent.type') = 'verdict';`,
];

/** Brings the file to this version: a copy of another one is emptied, drafts are migrated. @returns whether a copy of another version was thrown away. */
export function prepareTables(db: Database): boolean {
  return db.transaction(() => {
    db.exec("create table if not exists versions (part text primary key, version integer not null) without rowid");
    migrateDrafts(db);
    const present = versionOf(db, "copy");
    if (present === copyVersion) return false;
    for (const name of copyTableNames) db.exec(`drop table if exists ${name}`);
    db.exec(copyTables);
    setVersion(db, "copy", copyVersion);
    return present !== 0;
  })();
}

function migrateDrafts(db: Database): void {
  const present = versionOf(db, "drafts");
  if (present > draftMigrations.length)
    throw new InfrastructureError("newer-schema", "The drafts on this machine were written by a newer Signalbox.", {
      remedy: "Start the newer version, and send or discard the drafts there.",
    });
  for (const migration of draftMigrations.slice(present)) db.exec(migration);
  setVersion(db, "drafts", draftMigrations.length);
}

function versionOf(db: Database, part: string): number {
  return (db.prepare("select version from versions where part = ?").pluck().get(part) as number | undefined) ?? 0;
}

function setVersion(db: Database, part: string, version: number): void {
  db.prepare("insert into versions values (?, ?) on conflict (part) do update set version = excluded.version").run(part, version);
}
