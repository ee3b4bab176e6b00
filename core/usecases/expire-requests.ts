import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/store.ts";
import { changeRequest } from "./change-request.ts";
import { orchestratorActor } from "./change-run.ts";
import { closeExpired } from "./close-expired.ts";
import type { ExitConditions } from "./exit-conditions.ts";
import { draftGate, storeGate, type OpenGateDependencies } from "./open-gate.ts";

export interface ExpireRequestsDependencies extends OpenGateDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly exitConditions: ExitConditions;
}

/**
 * Closes what nobody decided in time. Silence is never consent: the agent is told that its call was not carried out. A gate is asked anew with the state of
 * today, because no run is ended by waiting.
 *
 * @returns how many requests expired.
 */
export function createExpireRequests(deps: ExpireRequestsDependencies) {
  return async function expireRequests(): Promise<number> {
    const now = deps.clock.now();
    const due = (await deps.store.transaction((tx) => tx.requests.open())).filter((request) => request.state.phase === "requested" && request.expiresAt <= now);
    let expired = 0;
    for (const request of due) {
      try {
        if (await (request.kind === "gate" ? renewGate(deps, request) : expire(deps, request))) expired += 1;
      } catch (error) {
        // The others must not wait for this one; it is looked at again with the next round.
        deps.log.warn({ err: error, requestId: request.id }, "request could not be expired");
      }
    }
    return expired;
  };
}

function expire(deps: ExpireRequestsDependencies, { id }: DecisionRequest): Promise<boolean> {
  return deps.store.transaction(async (tx) => {
    const request = await tx.requests.get(id, { lock: true });
    const context = { now: deps.clock.now(), actor: orchestratorActor };
    const closed = request && (await changeRequest(tx, request, { type: "expire" }, context));
    if (!request || !closed?.ok) return false;
    await closeExpired(tx, request, context);
    return true;
  });
}

async function renewGate(deps: ExpireRequestsDependencies, { id, runId }: DecisionRequest): Promise<boolean> {
  const run = await deps.store.transaction((tx) => tx.runs.get(runId));
  if (!run) return false;
  const exit = await deps.exitConditions(run);
  // A pull request that was merged or closed by hand is no open one, but it is what the gate is about.
  const pull = exit.pull ?? (run.pull === undefined ? undefined : await deps.forge.pull(run.repository, run.pull));
  const draft = await draftGate(deps, run, { ...exit, pull });
  return deps.store.transaction(async (tx) => {
    const current = await tx.runs.get(runId, { lock: true });
    const request = await tx.requests.get(id, { lock: true });
    const context = { now: deps.clock.now(), actor: orchestratorActor };
    const closed = request && (await changeRequest(tx, request, { type: "expire" }, context));
    if (!closed?.ok || current?.state.phase !== "waiting_owner_review" || current.state.requestId !== id) return closed?.ok ?? false;
    await storeGate(tx, deps, current, draft, context);
    return true;
  });
}
