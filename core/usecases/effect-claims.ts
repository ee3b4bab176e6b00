import type { CorrelationId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transaction } from "../ports/store.ts";

export interface EffectClaimsOptions {
  readonly clock: Clock;
  /** Names this process, new at every start. */
  readonly process: string;
  /** Milliseconds after which another process's claim counts as abandoned. 0 where no other process can be alive (the embedded database has one owner). */
  readonly patience: number;
}

/** Who performs an effect at this moment, so that a repeat does not perform it beside the first. */
export interface EffectClaims {
  /**
   * Takes the claim in the same transaction that notes the effect as begun. False while somebody else is at it.
   * @param owner whoever performs it, any object of its own; a transaction that is retried takes its own claim again.
   */
  take(tx: Transaction, subject: string, correlationId: CorrelationId, owner: object): Promise<boolean>;
  /** The owner is done, whatever came of it. */
  release(owner: object): void;
}

/** Claims are flow events: what is in the trail survives the process, and the trail says who took over. */
export function createEffectClaims({ clock, process, patience }: EffectClaimsOptions): EffectClaims {
  const held = new Map<string, object>();
  return {
    take: async (tx, subject, correlationId, owner) => {
      const holder = held.get(subject);
      if (holder !== undefined && holder !== owner) return false;
      const now = clock.now();
      const last = (await tx.flow.bySubject(`effect:${subject}`)).findLast((event) => event.type === "effect.claimed");
      if (last && last.payload["process"] !== process && now < last.at + patience) return false;
      await tx.flow.append([
        { correlationId, actor: { type: "system", id: "gateway" }, type: "effect.claimed", subject: `effect:${subject}`, payload: { process }, at: now },
      ]);
      held.set(subject, owner);
      return true;
    },
    release: (owner) => {
      for (const [subject, holder] of held) if (holder === owner) held.delete(subject);
    },
  };
}
