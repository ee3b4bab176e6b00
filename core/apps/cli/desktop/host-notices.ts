import type { InboxItem } from "../../../contract/inbox.ts";
import { broughtBy, type ListMessage } from "../../../contract/live-list.ts";
import type { RunRow } from "../../../contract/runs.ts";
import type { HostNotice } from "../../../contract/shell.ts";
import type { Announcement, Happening } from "../../../domain/notification/announce.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";

const longestSummary = 1_000;

/** The open requests that were told before: those that wait, and those that are put away. */
export interface KnownRequests {
  readonly waiting: Set<string>;
  readonly asleep: Set<string>;
}

/**
 * Those of the requests that did not wait before; what is put away does not wait, and is told when it comes back. What this owner has put there by an edit is told of only then: nobody needs
 * to hear of what they have just done.
 *
 * @param known what was there before; undefined at the start, when what waits already is only counted: the owner has just opened the window and sees it.
 */
export function newRequests(known: KnownRequests | undefined, items: readonly InboxItem[]): readonly Happening[] {
  const isNews = (item: InboxItem): boolean => known?.waiting.has(item.id) === false && (item.ownEdit !== true || known.asleep.has(item.id));
  const fresh = items.filter((item) => waitsNow(item) && isNews(item));
  return fresh.map(({ id, kind, repository, summary }) => ({
    id,
    topic: kind,
    repository: repository as RepositoryName,
    summary,
    place: `/inbox/${encodeURIComponent(id)}`,
  }));
}

/** The open requests after a message. The sets that are known are brought up to date themselves: thousands may wait. */
export function knownAfter(before: KnownRequests | undefined, message: ListMessage<InboxItem>): KnownRequests {
  const known = message.type === "snapshot" || before === undefined ? { waiting: new Set<string>(), asleep: new Set<string>() } : before;
  for (const id of message.type === "snapshot" ? [] : message.removed) forget(known, id);
  for (const item of broughtBy(message)) {
    forget(known, item.id);
    known[waitsNow(item) ? "waiting" : "asleep"].add(item.id);
  }
  return known;
}

function forget({ waiting, asleep }: KnownRequests, id: string): void {
  waiting.delete(id);
  asleep.delete(id);
}

function waitsNow({ snoozedUntil }: InboxItem): boolean {
  return snoozedUntil === undefined;
}

/** The runs of a list after a message. The map that is known is brought up to date itself. */
export function runsAfter(before: Map<string, RunRow> | undefined, message: ListMessage<RunRow>): Map<string, RunRow> {
  const known = message.type === "snapshot" || before === undefined ? new Map<string, RunRow>() : before;
  for (const id of message.type === "snapshot" ? [] : message.removed) known.delete(id);
  for (const run of broughtBy(message)) known.set(run.id, run);
  return known;
}

/** Ids of those that were in the list before a message and are not any more. */
export function endedBy(known: ReadonlyMap<string, RunRow> | undefined, message: ListMessage<RunRow>): readonly string[] {
  if (message.type === "changes") return message.removed.filter((id) => known?.has(id));
  const there = new Set(message.rows.map(({ id }) => id));
  return [...(known?.keys() ?? [])].filter((id) => !there.has(id));
}

/** What runs have come to since `known`: stopped by a budget, standing still as it seems, or ended (`ended` are those that were active and are not any more). */
export function turnsOfRuns(
  known: ReadonlyMap<string, RunRow> | undefined,
  { active, ended }: { readonly active: readonly RunRow[]; readonly ended: readonly RunRow[] },
): readonly Happening[] {
  if (known === undefined) return [];
  const stopped = active.filter(({ id, waitsFor }) => waitsFor === "budget" && known.get(id)?.waitsFor !== "budget");
  const stalled = active.filter(({ id, stall }) => stall !== undefined && known.get(id)?.stall === undefined);
  return [
    ...ended.flatMap((run) => (run.phase === "succeeded" ? [aboutRun(run, "run-succeeded")] : run.phase === "failed" ? [aboutRun(run, "run-failed")] : [])),
    ...stopped.map((run) => aboutRun(run, "budget-spent")),
    ...stalled.map((run) => aboutRun(run, "run-stalled")),
  ];
}

function aboutRun({ id, repository, issue, stage, reason, status }: RunRow, topic: Happening["topic"]): Happening {
  return {
    id,
    topic,
    repository: repository as RepositoryName,
    summary: `${stage} of ${repository}#${issue}: ${topic === "run-failed" ? (reason ?? status) : status}`,
    place: `/runs/${encodeURIComponent(id)}`,
  };
}

/** An announcement as the shell is told of it. */
export function noticeOf({ summary, ...announcement }: Announcement): HostNotice {
  return { type: "announce", ...announcement, summary: summary.slice(0, longestSummary) };
}
