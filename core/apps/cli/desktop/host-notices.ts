import type { HostNotice } from "../../../contract/shell.ts";
import type { InboxItem } from "../../../contract/inbox.ts";
import type { RunRow } from "../../../contract/runs.ts";

const longestSummary = 1_000;

/**
 * What the shell is to be told when the inbox became `items`.
 *
 * @param known the requests that waited before; undefined at the start, when what waits already is only counted: the owner has just opened the window and sees it.
 */
export function noticesOf(known: ReadonlySet<string> | undefined, items: readonly InboxItem[]): readonly HostNotice[] {
  const fresh = known === undefined ? [] : items.filter((item) => !known.has(item.id));
  const [first] = fresh;
  return [
    ...(known?.size === items.length && fresh.length === 0 ? [] : [{ type: "waiting", count: items.length } as const]),
    ...(first === undefined
      ? []
      : [
          {
            type: "needs-you",
            kind: first.kind,
            count: fresh.length,
            summary: first.summary.slice(0, longestSummary),
            place: `/inbox/${encodeURIComponent(first.id)}`,
          } as const,
        ]),
  ];
}

/** Phases in which an agent is at work, also one that waits a moment for an answer: to end the desktop would cut it off. */
const atWork: ReadonlySet<RunRow["phase"]> = new Set<RunRow["phase"]>(["preparing", "running", "waiting_mcp", "waiting_input"]);

/** How many of these runs have an agent at work. */
export function workingIn(runs: readonly Pick<RunRow, "phase">[]): number {
  return runs.filter(({ phase }) => atWork.has(phase)).length;
}
