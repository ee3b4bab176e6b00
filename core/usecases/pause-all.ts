import { decidePause, evolvePause, type Pause, type PauseCommand, type PauseEvent } from "../domain/hold/pause.ts";
import type { CorrelationId, PersonId } from "../domain/kernel/values.ts";
import type { NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { Store } from "../ports/store.ts";

export interface PauseAllDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** What the switch is after a command, and whether the command changed it. */
export interface Switched {
  readonly pause: Pause | undefined;
  readonly changed: boolean;
}

/** Subject of what is about the workspace as a whole. */
export const workspaceSubject = "workspace";

/**
 * Pauses everything: from the moment this is stored no attempt begins. What is at work is parked by `settleHolds`; deliveries, decisions and questions are taken as ever,
 * and what the owner has approved is carried out. Done twice, the first pause stays.
 */
export function createPauseAll(deps: PauseAllDependencies) {
  return (by: PersonId, reason?: string): Promise<Switched> => turn(deps, by, { type: "pause", id: deps.randomness.id(), reason });
}

/** Ends the pause of everything. What it stopped or held back goes on by `settleHolds`; what the owner had parked stays parked. */
export function createRestoreAll(deps: PauseAllDependencies) {
  return (by: PersonId): Promise<Switched> => turn(deps, by, { type: "restore" });
}

function turn(deps: PauseAllDependencies, by: PersonId, command: PauseCommand): Promise<Switched> {
  return deps.store.transaction(async (tx) => {
    // No run is locked here: whoever begins an attempt locks its run first and this after it.
    const holds = await tx.holds.get({ lock: "update" });
    const events = decidePause(holds.pause, command, { by, now: deps.clock.now() });
    const pause = events.reduce(evolvePause, holds.pause);
    if (events.length === 0) return { pause, changed: false };
    await tx.holds.save({ ...holds, pause });
    await tx.flow.append(events.map((event) => toFlow(event, by)));
    return { pause, changed: true };
  });
}

function toFlow(event: PauseEvent, by: PersonId): NewFlowEvent {
  const { id, reason, since, by: pausedBy } = event.pause;
  const payload = event.type === "workspace.paused" ? { pause: id, ...(reason === undefined ? {} : { reason }) } : { pause: id, pausedBy, pausedAt: since };
  return {
    correlationId: `pause:${id}` as CorrelationId,
    actor: { type: "person", id: by },
    type: event.type,
    subject: workspaceSubject,
    payload,
    at: event.type === "workspace.paused" ? since : event.at,
  };
}
