import { snoozeEnd, type SnoozeFault } from "../domain/decision/snooze.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { Instant, PersonId, RequestId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { requestFlowEvent } from "./change-request.ts";

export type SnoozeError = SnoozeFault | { readonly type: "decision.no-such-request" };

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Puts a request away for one person, on every surface, until a time or, without one, until it changes. It waits as before for everybody else, and its deadline runs on. Done again, the last word counts.
 *
 * @returns until when, which may be earlier than was wanted: the deadline wins.
 */
export function createSnoozeRequest({ store, clock }: Dependencies) {
  return function snoozeRequest(id: RequestId, by: PersonId, wanted: Instant | undefined): Promise<Result<Instant, SnoozeError>> {
    return store.transaction(async (tx) => {
      const request = await tx.requests.get(id, { lock: true });
      if (!request) return err({ type: "decision.no-such-request" });
      const now = clock.now();
      const end = snoozeEnd({ phase: request.state.phase, expiresAt: request.expiresAt }, wanted, now);
      if (!end.ok) return end;
      await tx.snoozes.put({ requestId: id, person: by, until: end.value }, now);
      // Every surface hears of it.
      await tx.flow.append([requestFlowEvent(request, "decision.snoozed", { until: end.value }, { now, actor: { type: "person", id: by } })]);
      return end;
    });
  };
}

/** Takes a request out again for one person. One that is not put away stays as it is. */
export function createWakeRequest({ store, clock }: Dependencies) {
  return function wakeRequest(id: RequestId, by: PersonId): Promise<Result<undefined, SnoozeError>> {
    return store.transaction(async (tx) => {
      const request = await tx.requests.get(id, { lock: true });
      if (!request) return err({ type: "decision.no-such-request" });
      if (await tx.snoozes.remove(id, by))
        await tx.flow.append([requestFlowEvent(request, "decision.woken", {}, { now: clock.now(), actor: { type: "person", id: by } })]);
      return ok(undefined);
    });
  };
}
