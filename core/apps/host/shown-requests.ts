import type { PersonId } from "../../domain/kernel/values.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Hasher, SignatureVerifier } from "../../ports/crypto.ts";
import type { Store } from "../../ports/store.ts";
import { createSnoozeRequest, createWakeRequest } from "../../usecases/snooze-request.ts";
import { decisionHolds, isAsAsked } from "../../usecases/verify-decision.ts";
import type { HostDependencies } from "./dependencies.ts";

/** What every host says of a request that it shows, and how its owner puts one away. */
export function shownRequests(ground: {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly signatures: SignatureVerifier;
  readonly owner: PersonId;
}): Pick<HostDependencies, "verifies" | "isAsAsked" | "snooze" | "wake"> {
  const { owner } = ground;
  const [snooze, wake] = [createSnoozeRequest(ground), createWakeRequest(ground)];
  return {
    verifies: (request) => "decision" in request.state && decisionHolds(ground, request, request.state.decision),
    isAsAsked: (request, history) => isAsAsked(ground, request, history),
    snooze: (id, until) => snooze(id, owner, until),
    wake: (id) => wake(id, owner),
  };
}
