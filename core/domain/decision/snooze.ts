import { err, ok, type Result } from "../kernel/result.ts";
import type { Instant } from "../kernel/values.ts";
import type { DecisionPhase } from "./decision.ts";

/** What a snooze is about. */
export interface Snoozable {
  readonly phase: DecisionPhase;
  readonly expiresAt: Instant;
}

/** Why something cannot be put away, with what to do instead. */
export type SnoozeFault =
  | { readonly type: "snooze.closed"; readonly message: string; readonly remedy: string }
  | { readonly type: "snooze.past"; readonly message: string; readonly remedy: string }
  | { readonly type: "snooze.deadline-near"; readonly message: string; readonly remedy: string };

/** Milliseconds before its deadline in which nothing is put away: whoever comes back has to have time to decide. */
export const timeToDecide = 3_600_000;

/**
 * Until when a request that waits may be put away: until `wanted`, or, without that, until it changes. The deadline wins over both; a request that changes is another one, or does not wait any more, and
 * is not put away with the old one.
 */
export function snoozeEnd({ phase, expiresAt }: Snoozable, wanted: Instant | undefined, now: Instant): Result<Instant, SnoozeFault> {
  if (phase !== "requested") return err({ type: "snooze.closed", message: "This does not wait any more.", remedy: "Look at the request to see how it ended." });
  if (wanted !== undefined && wanted <= now) return err({ type: "snooze.past", message: "That time has passed already.", remedy: "Choose a later one." });
  const last = expiresAt - timeToDecide;
  if (last <= now)
    return err({ type: "snooze.deadline-near", message: "Its deadline is less than an hour away.", remedy: "Decide now: silence is never consent." });
  return ok((wanted === undefined ? last : Math.min(wanted, last)) as Instant);
}

/** Until when it is put away, as things are now; undefined when it is not, or not any more. The deadline wins whatever is stored. */
export function putAwayUntil({ phase, expiresAt }: Snoozable, until: Instant | undefined, now: Instant): Instant | undefined {
  if (phase !== "requested" || until === undefined) return undefined;
  const end = Math.min(until, expiresAt - timeToDecide) as Instant;
  return end > now ? end : undefined;
}
