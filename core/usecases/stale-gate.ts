import type { RepositoryName } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { ForgePull } from "../ports/forge.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { changeRequest } from "./change-request.ts";
import { orchestratorActor } from "./change-run.ts";
import type { ExitConditions } from "./exit-conditions.ts";
import { draftGate, gateVersion, storeGate, type GateDraft, type OpenGateDependencies } from "./open-gate.ts";

export interface StaleGateDependencies extends OpenGateDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly exitConditions: ExitConditions;
}

/**
 * Looks at the gate that waits with a pull request. When the pull request is not what the card shows any more (merged or closed by hand, another head, another base), the request
 * goes stale at once and a fresh one takes its place, with the state of now. A gate that was decided already is left to its executor, which looks by itself.
 *
 * @returns whether a gate was asked anew.
 */
export function createStaleGate(deps: StaleGateDependencies) {
  return async function staleGate(repository: RepositoryName, number: number): Promise<boolean> {
    const [run] = await deps.store.transaction((tx) => tx.runs.list({ repository, pull: number, phases: ["waiting_owner_review"], limit: 1 }));
    if (!run) return false;
    const pull = await deps.forge.pull(repository, number);
    const waiting = await deps.store.transaction((tx) => tx.requests.open({ runId: run.id, kind: "gate" }));
    const version = gateVersion(pull, run.baseBranch);
    if (!waiting.some((request) => request.state.phase === "requested" && request.targetVersion !== version)) return false;
    const exit = await deps.exitConditions(run);
    // Bringing the docsets up to date may have moved the head of an open pull request.
    const now = exit.pull ?? pull;
    return renew(deps, run, now, await draftGate(deps, run, { ...exit, pull: now }));
  };
}
export type StaleGate = ReturnType<typeof createStaleGate>;

function renew(deps: StaleGateDependencies, { id, baseBranch }: Run, pull: ForgePull, draft: GateDraft): Promise<boolean> {
  return deps.store.transaction(async (tx) => {
    const run = await tx.runs.get(id, { lock: true });
    if (run?.state.phase !== "waiting_owner_review") return false;
    const request = await tx.requests.get(run.state.requestId, { lock: true });
    const context = { now: deps.clock.now(), actor: orchestratorActor };
    const moved = request && (await changeRequest(tx, request, { type: "move", current: gateVersion(pull, baseBranch) }, context));
    if (!moved?.ok || moved.value.state.phase !== "stale") return false;
    await storeGate(tx, deps, run, draft, context);
    return true;
  });
}
