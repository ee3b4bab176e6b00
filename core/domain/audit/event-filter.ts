import type { FlowEvent } from "./flow-event.ts";

/** Which events somebody looks for. What is absent or empty fits everything. */
export interface EventFilter {
  /** How the type begins: `decision.`, `run.parked`. */
  readonly type?: string | undefined;
  /** The subject, or how it begins: `run:`, `issue:acme/shop#7`. */
  readonly subject?: string | undefined;
  /** Somewhere in the actor's type and id, whatever the case: `agent`, `olga`. */
  readonly actor?: string | undefined;
}

/** Whether an event is one of those that the filter looks for. */
export function fitsFilter({ type, subject, actor }: Pick<FlowEvent, "type" | "subject" | "actor">, filter: EventFilter): boolean {
  return (
    type.startsWith(filter.type ?? "") &&
    subject.startsWith(filter.subject ?? "") &&
    `${actor.type} ${actor.id}`.toLowerCase().includes((filter.actor ?? "").toLowerCase())
  );
}
