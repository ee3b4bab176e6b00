import type { FlowEvent } from "../../domain/audit/flow-event.ts";
import type { Transaction } from "../../ports/store.ts";

/** More than these at once are not gone through: then everything is read anew, which costs less. */
const mostEvents = 500;

export interface FlowNews {
  /** The trail was read up to here. */
  readonly sequence: number;
  /** What has happened since the last look; undefined where everything is to be read anew. */
  readonly events?: readonly FlowEvent[] | undefined;
}

/**
 * What has happened after `since`, where that is known. Every change of a run or a request has an event in its own transaction, and the trail has no gaps; so whoever reads rows after this, in the same
 * transaction or a later one, finds them as these events left them or newer, and in that case hears of it next time.
 */
export async function flowNews(tx: Transaction, since: number | undefined): Promise<FlowNews> {
  if (since !== undefined) {
    const events = await tx.flow.after(since, mostEvents);
    if (events.length < mostEvents) return { sequence: events.at(-1)?.sequence ?? since, events };
  }
  return { sequence: (await tx.flow.head())?.sequence ?? 0 };
}

/** Ids of what the events are about, of one kind: `run`, `request`. */
export function subjectsOf(kind: "run" | "request", events: readonly FlowEvent[]): readonly string[] {
  const prefix = `${kind}:`;
  return [...new Set(events.flatMap(({ subject }) => (subject.startsWith(prefix) ? [subject.slice(prefix.length)] : [])))];
}
