import type { CorrelationId, Instant, JsonObject } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transaction } from "../ports/store.ts";

export interface EffectClaimsOptions {
  readonly clock: Clock;
  /** Names this process, new at every start. */
  readonly process: string;
  /** Milliseconds after which another process's claim counts as abandoned. 0 where no other process can be alive (the embedded database has one owner). */
  readonly patience: number;
  /** Whether the process of that name is still there. The claim of one that is not counts for nothing, however young it is. Absent: only patience tells. */
  readonly isPresent?: ((tx: Transaction, process: string) => Promise<boolean>) | undefined;
}

/** Who performs an effect at this moment, so that a repeat does not perform it beside the first. */
export interface EffectClaims {
  /**
   * Takes the claim in the same transaction that notes the effect as begun, with the row of what is claimed locked. False while somebody else is at it.
   * @param owner whoever performs it, any object of its own; a transaction that is retried takes its own claim again.
   * @param about what is claimed, for the trail: whoever takes over compares it with the row.
   */
  take(tx: Transaction, subject: string, correlationId: CorrelationId, owner: object, about?: JsonObject): Promise<boolean>;
  /** The claim is so young that nobody can have taken over. False says nothing: ask {@link renew}. */
  isFresh(owner: object): boolean;
  /** Takes the claim anew for the same owner, with the row of what is claimed locked. False when another process has taken over meanwhile. */
  renew(tx: Transaction, subject: string, correlationId: CorrelationId, owner: object): Promise<boolean>;
  /** The owner is done, whatever came of it. */
  release(owner: object): void;
}

/** Milliseconds. A process that was stopped directly after its claim counts as gone after six seconds at the earliest (process-presence.ts). */
const freshAtMost = 5_000;

/** Claims are flow events: what is in the trail survives the process, and the trail says who took over. */
export function createEffectClaims({ clock, process, patience, isPresent = async () => true }: EffectClaimsOptions): EffectClaims {
  const held = new Map<string, { readonly owner: object; readonly since: Instant }>();
  const last = async (tx: Transaction, subject: string) => (await tx.flow.bySubject(`effect:${subject}`)).findLast((event) => event.type === "effect.claimed");
  const claim = async (tx: Transaction, subject: string, correlationId: CorrelationId, owner: object, about: JsonObject): Promise<true> => {
    const now = clock.now();
    const payload = { ...about, process };
    await tx.flow.append([{ correlationId, actor: { type: "system", id: "gateway" }, type: "effect.claimed", subject: `effect:${subject}`, payload, at: now }]);
    held.set(subject, { owner, since: now });
    return true;
  };
  return {
    take: async (tx, subject, correlationId, owner, about = {}) => {
      const holder = held.get(subject);
      if (holder !== undefined && holder.owner !== owner) return false;
      const before = await last(tx, subject);
      const other = before?.payload["process"];
      if (before && other !== process && clock.now() < before.at + patience && (typeof other !== "string" || (await isPresent(tx, other)))) return false;
      return claim(tx, subject, correlationId, owner, about);
    },
    isFresh: (owner) => {
      const now = clock.now();
      // A clock that was set back proves nothing about how much time has gone by.
      return (
        patience === 0 ||
        [...held.values()].some((claimed) => claimed.owner === owner && now >= claimed.since && now < claimed.since + Math.min(patience / 4, freshAtMost))
      );
    },
    renew: async (tx, subject, correlationId, owner) => {
      if (held.get(subject)?.owner !== owner) return false;
      return (await last(tx, subject))?.payload["process"] === process && claim(tx, subject, correlationId, owner, {});
    },
    release: (owner) => {
      for (const [subject, holder] of held) if (holder.owner === owner) held.delete(subject);
    },
  };
}
