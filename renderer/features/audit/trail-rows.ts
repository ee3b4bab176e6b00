import type { FlowEventRow } from "../../../core/contract/audit.ts";
import { fitsFilter, type EventFilter } from "../../../core/domain/audit/event-filter.ts";

/** A row of the list: an event, or the day that the events under it are of. */
export type TrailRow = { readonly type: "event"; readonly event: FlowEventRow } | { readonly type: "day"; readonly at: number };

/**
 * What was paged backwards and what came since, newest first and once each. A subject that the host knows as a whole is one in what came since, too.
 *
 * @param paged newest first
 * @param live in the order in which they came, maybe more than once
 */
export function trailEvents(paged: readonly FlowEventRow[], live: readonly FlowEventRow[], filter: EventFilter): readonly FlowEventRow[] {
  const whole = paged.some((event) => event.subject === filter.subject);
  const fresh = new Map<number, FlowEventRow>();
  const newest = paged[0]?.sequence ?? 0;
  for (const event of live) {
    if (event.sequence > newest && fitsFilter(event, filter) && (!whole || event.subject === filter.subject)) fresh.set(event.sequence, event);
  }
  return [...[...fresh.values()].sort((a, b) => b.sequence - a.sequence), ...paged];
}

/** Events with a row for each day over them. `dayOf` says which day a moment is of, where the owner is. */
export function trailRows(events: readonly FlowEventRow[], dayOf: (at: number) => string): readonly TrailRow[] {
  let day: string | undefined;
  return events.flatMap((event): TrailRow[] => {
    const before = day;
    day = dayOf(event.at);
    const row: TrailRow = { type: "event", event };
    return day === before ? [row] : [{ type: "day", at: event.at }, row];
  });
}

/** Beginnings of types, and types, that occur, for the owner to choose from: `decision.`, then `decision.decided`. */
export function typeSuggestions(events: readonly Pick<FlowEventRow, "type">[]): readonly string[] {
  return [...new Set(events.flatMap(({ type }) => [type.slice(0, type.indexOf(".") + 1), type]))].filter((type) => type !== "").sort();
}

/** Who occurs among the events. */
export function actorSuggestions(events: readonly Pick<FlowEventRow, "actor">[]): readonly string[] {
  return [...new Set(events.flatMap(({ actor }) => [actor.type, `${actor.type} ${actor.id}`]))].sort();
}

export interface Subject {
  readonly kind: "request" | "run" | "issue" | "other";
  readonly id: string;
}

/** What an event is about, where there is a screen for it. */
export function subjectOf(subject: string): Subject {
  const [, kind, id = ""] = /^(?<kind>request|run|issue):(?<id>.+)$/su.exec(subject) ?? [];
  return kind === "request" || kind === "run" || kind === "issue" ? { kind, id } : { kind: "other", id: subject };
}
