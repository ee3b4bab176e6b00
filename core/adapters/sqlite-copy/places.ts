import type { Database } from "better-sqlite3";

import type { CopiedText, CopyHit, CopyKind, CopyPlace } from "../../ports/local-copy.ts";
import { withoutYo } from "./search-query.ts";
import { statement } from "./statements.ts";

type Source = CopyHit["source"];

/** Which kinds are searched, and as what. */
export const sources: Readonly<Partial<Record<CopyKind, Source>>> = { text: "document", "request-card": "decision" };

/** Longest text that is indexed as one, in UTF-16 code units: beyond it nobody reads to the end of a section, and an agent's output may be of any length. */
const longestBody = 20_000;

interface Place extends CopyPlace {
  readonly source: Source;
  readonly key: string;
  readonly at?: { readonly attempt: number; readonly sequence: number } | undefined;
}

/** Adds a text to what is searched. */
export function addPlace(db: Database, place: Place, text: { readonly title: string; readonly section: string; readonly body: string }): void {
  const insert = statement(db, "insert into places (source, key, repository, issue, attempt, sequence) values (?, ?, ?, ?, ?, ?)");
  const { lastInsertRowid } = insert.run(
    place.source,
    place.key,
    place.repository ?? null,
    place.issue ?? null,
    place.at?.attempt ?? null,
    place.at?.sequence ?? null,
  );
  statement(db, "insert into texts (rowid, title, section, body) values (?, ?, ?, ?)").run(
    lastInsertRowid,
    withoutYo(text.title),
    withoutYo(text.section),
    withoutYo(text.body.slice(0, longestBody)),
  );
}

/** Makes `text` what a record is found by. */
export function replacePlaces(db: Database, place: Place, text: CopiedText | undefined): void {
  removePlaces(db, place.source, place.key);
  for (const section of text?.sections ?? []) addPlace(db, place, { title: text?.title ?? "", section: section.title, body: section.text });
}

export function removePlaces(db: Database, source: Source, key: string): void {
  statement(db, "delete from texts where rowid in (select id from places where source = ? and key = ?)").run(source, key);
  statement(db, "delete from places where source = ? and key = ?").run(source, key);
}

/** Removes a record and what it is found by. */
export function removeRecord(db: Database, kind: CopyKind, key: string): void {
  statement(db, "delete from records where kind = ? and key = ?").run(kind, key);
  const source = sources[kind];
  if (source !== undefined) removePlaces(db, source, key);
}
