import type { Database } from "better-sqlite3";
import type { CopyKind } from "../../ports/local-copy.ts";
import { removePlaces, removeRecord } from "./places.ts";

/** It makes a little more room than is needed, so that it does not have to with every record. */
const enough = 0.9;
const batch = 200;

/** What can go, in the order in which it goes; each statement gives the next ones. */
const closedTranscripts = `
select transcripts.run_id from transcripts join records on records.kind = 'run' and records.key = transcripts.run_id
where records.closed_at is not null order by records.closed_at limit 1`;
const closedRecords = `select kind, key from records where closed_at is not null order by closed_at, kind, key limit ${batch}`;
/** Open ones come last: what was read longest ago can be opened again. */
const anyTranscript = "select run_id from transcripts order by read_at limit 1";

/** @returns how many records and transcripts went. */
export function shrink(db: Database, mostBytes: number): number {
  let gone = 0;
  const isTooMuch = (): boolean => bytesOf(db) > mostBytes * (gone === 0 ? 1 : enough);
  const goWhile = (removeSome: () => number): void => {
    while (isTooMuch()) {
      const removed = db.transaction(removeSome).immediate();
      if (removed === 0) return;
      gone += removed;
    }
  };
  goWhile(() => removeTranscript(db, closedTranscripts));
  goWhile(() => {
    const rows = db.prepare<[], { kind: CopyKind; key: string }>(closedRecords).all();
    for (const { kind, key } of rows) removeRecord(db, kind, key);
    return rows.length;
  });
  goWhile(() => removeTranscript(db, anyTranscript));
  if (gone > 0) db.pragma("incremental_vacuum");
  return gone;
}

function removeTranscript(db: Database, statement: string): number {
  const runId = db.prepare<[], string>(statement).pluck().get();
  if (runId === undefined) return 0;
  db.prepare("delete from entries where run_id = ?").run(runId);
  db.prepare("delete from transcripts where run_id = ?").run(runId);
  removePlaces(db, "transcript", runId);
  return 1;
}

/** What is in use; pages that are free already are given back at the end. */
function bytesOf(db: Database): number {
  const pragma = (name: string): number => Number(db.pragma(name, { simple: true }));
  return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}
