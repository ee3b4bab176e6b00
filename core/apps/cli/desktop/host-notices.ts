import type { InboxItem } from "../../../contract/inbox.ts";
import { broughtBy, type ListMessage } from "../../../contract/live-list.ts";
import type { RunRow } from "../../../contract/runs.ts";
import type { HostNotice } from "../../../contract/shell.ts";
import type { Announcement, Happening } from "../../../domain/notification/announce.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";

const longestSummary = 1_000;

/**
 * Those of the requests that did not wait before; what is put away does not wait, and is told when it comes back.
 *
 * @param known the requests that waited before; undefined at the start, when what waits already is only counted: the owner has just opened the window and sees it.
 */
export function newRequests(known: ReadonlySet<string> | undefined, items: readonly InboxItem[]): readonly Happening[] {
  const fresh = known === undefined ? [] : items.filter((item) => waitsNow(item) && !known.has(item.id));
  return fresh.map(({ id, kind, repository, summary }) => ({
    id,
    topic: kind,
    repository: repository as RepositoryName,
    summary,
    place: `/inbox/${encodeURIComponent(id)}`,
  }));
}

/** The requests that wait after a message and are not put away. The set that is known is brought up to date itself: thousands may wait. */
export function waitingAfter(known: Set<string> | undefined, message: ListMessage<InboxItem>): Set<string> {
  if (message.type === "snapshot" || known === undefined) return new Set(broughtBy(message).flatMap((item) => (waitsNow(item) ? [item.id] : [])));
  for (const id of message.removed) known.delete(id);
  for (const item of message.set) known[waitsNow(item) ? "add" : "delete"](item.id);
  return known;
}

function waitsNow({ snoozedUntil }: InboxItem): boolean {
  return snoozedUntil === undefined;
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
