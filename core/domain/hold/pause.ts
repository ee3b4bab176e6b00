import type { Instant, PersonId } from "../kernel/values.ts";

/** Everything stands still by the owner's word. */
export interface Pause {
  /** New for each pause; what a pause caused is found by it. */
  readonly id: string;
  readonly by: PersonId;
  readonly since: Instant;
  /** In the owner's words. */
  readonly reason?: string | undefined;
}

export type PauseCommand = { readonly type: "pause"; readonly id: string; readonly reason?: string | undefined } | { readonly type: "restore" };

/** Stored as flow events about the workspace. */
export type PauseEvent =
  | { readonly type: "workspace.paused"; readonly pause: Pause }
  /** `pause` is the one that ends. */
  | { readonly type: "workspace.restored"; readonly pause: Pause; readonly by: PersonId; readonly at: Instant };

/**
 * The workspace's one switch. Said twice it changes nothing: the first pause stays with who, when and why, and what is not paused is restored already.
 * Whether a person may do it is for the caller to know; an agent has no way here.
 */
export function decidePause(
  current: Pause | undefined,
  command: PauseCommand,
  context: { readonly by: PersonId; readonly now: Instant },
): readonly PauseEvent[] {
  const { by, now } = context;
  if (command.type === "restore") return current === undefined ? [] : [{ type: "workspace.restored", pause: current, by, at: now }];
  if (current !== undefined) return [];
  const pause: Pause = { id: command.id, by, since: now, ...(command.reason === undefined ? {} : { reason: command.reason }) };
  return [{ type: "workspace.paused", pause }];
}

/** The switch after an event. */
export function evolvePause(_current: Pause | undefined, event: PauseEvent): Pause | undefined {
  return event.type === "workspace.paused" ? event.pause : undefined;
}
