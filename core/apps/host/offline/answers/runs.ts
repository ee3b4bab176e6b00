import { broughtBy } from "../../../../contract/live-list.ts";
import { runDetail, runRow, transcriptEntry, type RunRow, type TranscriptEntry } from "../../../../contract/runs.ts";
import type { Instant, RepositoryName } from "../../../../domain/kernel/values.ts";
import { isFinalRun, workingPhases, type RunPhase } from "../../../../domain/run/run.ts";
import type { CopiedEntry, CopyRecord, LocalCopy } from "../../../../ports/local-copy.ts";
import { asJson, readAs, type CopiedAnswers } from "../copied-answer.ts";

interface Selection {
  readonly repository?: string | undefined;
  readonly issue?: number | undefined;
  readonly active?: boolean | undefined;
  readonly working?: boolean | undefined;
  readonly limit?: number | undefined;
}

const defaultLimit = 100;
const defaultPage = 500;
const beginning = { attempt: 0, sequence: -1 };

export const runsAnswers: CopiedAnswers<"runs"> = {
  list: { keep: (copy, _, { runs }, readAt) => keepRows(copy, runs, readAt), kept: list },
  watchList: {
    // What fits no more is another one now, and is told of by those who follow it or list it.
    keep: (copy, _, message, readAt) => keepRows(copy, broughtBy(message), readAt),
    kept(copy, selection) {
      const found = list(copy, selection);
      return found && { type: "snapshot", rows: found.runs, asOf: found.asOf };
    },
  },
  get: { keep: (copy, _, detail, readAt) => copy.put([detailRecord(detail)], readAt), kept: (copy, { id }) => detailOf(copy, id) },
  watch: { keep: (copy, _, detail, readAt) => copy.put([detailRecord(detail)], readAt), kept: (copy, { id }) => detailOf(copy, id) },
  transcript: {
    keep: (copy, { id }, { entries }, readAt) => keepEntries(copy, id, entries, readAt),
    kept(copy, { id, after = beginning, limit = defaultPage }) {
      const entries = entriesOf(copy, id, after, limit);
      const last = entries.at(-1);
      if (!last && !isKnown(copy, id)) return undefined;
      return { entries, ...(last && entries.length === limit ? { next: { attempt: last.attempt, sequence: last.sequence } } : {}) };
    },
  },
  follow: {
    keep: (copy, { id }, { entries }, readAt) => keepEntries(copy, id, entries, readAt),
    kept(copy, { id, after = beginning }) {
      const [row] = rowsOf(copy, id);
      // As much as one message may hold; the rest comes with the next one.
      return row && { entries: entriesOf(copy, id, after, defaultPage), phase: row.phase };
    },
  },
};

function keepRows(copy: LocalCopy, runs: readonly RunRow[], readAt: Instant): void {
  copy.put(
    runs.map((run) => ({ ...placeOf(run), kind: "run", rank: run.createdAt, content: asJson(run) })),
    readAt,
  );
  copy.noteReading("runs", readAt);
}

function list(
  copy: LocalCopy,
  { repository, issue, active = false, working = false, limit = defaultLimit }: Selection,
): { runs: RunRow[]; asOf: number } | undefined {
  const asOf = copy.lastReading("runs");
  if (asOf === undefined) return undefined;
  const rows = readAs(runRow, copy.list("run", { repository: repository as RepositoryName | undefined, issue }));
  const fits = (run: RunRow): boolean => (working ? (workingPhases as readonly RunPhase[]).includes(run.phase) : !active || !isFinalRun(run));
  return { runs: rows.filter(fits).slice(0, limit), asOf };
}

function rowsOf(copy: LocalCopy, id: string): readonly RunRow[] {
  const record = copy.get("run", id);
  return record ? readAs(runRow, [record]) : [];
}

function detailOf(copy: LocalCopy, id: string) {
  const record = copy.get("run-detail", id);
  const [detail] = record ? readAs(runDetail, [record]) : [];
  return detail && record && { ...detail, asOf: record.readAt };
}

function detailRecord(detail: RunRow): CopyRecord {
  return { ...placeOf(detail), kind: "run-detail", rank: detail.createdAt, content: asJson(detail) };
}

function placeOf(run: RunRow) {
  return {
    key: run.id,
    repository: run.repository as RepositoryName,
    issue: run.issue,
    ...(run.endedAt === undefined ? {} : { closedAt: run.endedAt as Instant }),
  };
}

function isKnown(copy: LocalCopy, id: string): boolean {
  return copy.get("run", id) !== undefined;
}

function keepEntries(copy: LocalCopy, id: string, entries: readonly TranscriptEntry[], readAt: Instant): void {
  const [run] = rowsOf(copy, id);
  const owner = {
    runId: id,
    title: run ? `${run.stage}${run.variant === "revise" ? ":revise" : ""} · ${run.repository}#${run.issue}` : id,
    ...(run ? { repository: run.repository as RepositoryName, issue: run.issue } : {}),
  };
  copy.addTranscript(owner, entries.map(copiedEntry), readAt);
}

function copiedEntry(entry: TranscriptEntry): CopiedEntry {
  return { attempt: entry.attempt, sequence: entry.sequence, content: asJson(entry), text: textOf(entry) };
}

/** What a reader would look for; a log's lines are too many to be looked for here, the log itself finds them. */
function textOf({ type, content }: TranscriptEntry): string | undefined {
  if (type === "log") return undefined;
  const words = ["text", "command", "output", "tool", "arguments", "result", "message"].flatMap((name) => {
    const value = content[name];
    return value === undefined ? [] : [typeof value === "string" ? value : JSON.stringify(value)];
  });
  return words.join("\n");
}

function entriesOf(copy: LocalCopy, id: string, after: { readonly attempt: number; readonly sequence: number }, limit: number): TranscriptEntry[] {
  return [
    ...readAs(
      transcriptEntry,
      copy.transcript(id, after, limit).map(({ content }) => ({ key: "", content, readAt: 0 as Instant })),
    ),
  ];
}
