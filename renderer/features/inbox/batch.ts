import type { InboxItem } from "../../../core/contract/inbox.ts";

interface Candidate extends Pick<InboxItem, "id" | "kind" | "tool" | "risk" | "phase"> {
  readonly verdicts: readonly InboxItem["verdicts"][number][];
}

/** Whether `item` can be decided together with others at all: an open tool call that is not of high risk. */
export function mayBeBatched({ kind, risk, phase, verdicts }: Candidate): boolean {
  return kind === "tool" && risk !== "high" && phase === "requested" && verdicts.includes("approve");
}

/** Whether `item` may join `batch`: only calls of one tool with one risk are decided together. */
export function mayJoin(item: Candidate, batch: readonly Candidate[]): boolean {
  return mayBeBatched(item) && batch.every(({ tool, risk }) => tool === item.tool && risk === item.risk);
}

/** What of the `marked` is still to be decided together; whoever was decided meanwhile, or no longer fits the first, is out. */
export function batchOf<Item extends Candidate>(items: readonly Item[], marked: ReadonlySet<string>): readonly Item[] {
  const chosen: Item[] = [];
  for (const item of items) if (marked.has(item.id) && mayJoin(item, chosen)) chosen.push(item);
  return chosen;
}
