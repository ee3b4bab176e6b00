import { unreachable } from "../domain/kernel/result.ts";
import type { JsonObject, RequestId, RunId } from "../domain/kernel/values.ts";
import type { AgentRuntime } from "../ports/agent-runtime.ts";
import type { EffectAction, EffectRow } from "../ports/effects.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store } from "../ports/store.ts";
import { contextOf, finishEffect } from "./finish-effect.ts";
import { exclusively, type ExclusivelyDependencies } from "./exclusively.ts";
import { createInOrder } from "./in-order.ts";
import { postCommentOnce } from "./post-comment.ts";
import type { ReadChecks } from "./read-checks.ts";
import type { SettleLabels } from "./settle-labels.ts";

type ActionOf<Type extends EffectAction["type"]> = Extract<EffectAction, { readonly type: Type }>;

export interface DispatchEffectDependencies extends ExclusivelyDependencies {
  readonly forge: Forge;
  readonly runtime: AgentRuntime;
  readonly startAttempt: (runId: RunId, attempt: number) => Promise<void>;
  readonly syncStatusComment: (runId: RunId) => Promise<void>;
  readonly executeDecision: (requestId: RequestId) => Promise<unknown>;
  readonly resumeRun: (runId: RunId, note?: string) => Promise<unknown>;
  readonly settlePush: (key: string, runId: RunId, push: JsonObject) => Promise<JsonObject>;
  readonly settleLabels: SettleLabels;
  readonly readChecks: ReadChecks;
  readonly indexDocuments: (action: ActionOf<"index-documents">) => Promise<JsonObject>;
  /** Tries after which an effect that the other side refuses for good is given up. */
  readonly permanentTries?: number | undefined;
}

/**
 * Performs one effect of the outbox. It is performed outside any transaction, and each action is safe to repeat: a crash between the effect and the note of it
 * costs a second look, not a second effect.
 *
 * @throws whatever the action threw, so that the queue brings the job again; not when the effect was given up, which is recorded and shown instead.
 */
export function createDispatchEffect(deps: DispatchEffectDependencies) {
  const inOrder = createInOrder();

  return async function dispatchEffect(effectId: string): Promise<"done" | "given-up" | "nothing"> {
    const row = await take(deps.store, effectId);
    if (!row) return "nothing";
    try {
      if (row.lastError === undefined && row.attempts > fatalTries) throw new Error(`whoever performed it died ${row.attempts - 1} times running`);
      const result = await inOrder(serialKey(row.action), () => perform(deps, row));
      await finishEffect(deps, effectId, result);
      return "done";
    } catch (error) {
      if (await fail(deps, effectId, error)) return "given-up";
      throw error;
    }
  };
}

/** Tries after which an effect that nobody has lived to tell of is taken for what kills them. Kills from outside do not strike the same effect that often. */
const fatalTries = 20;

/** Counts the try; undefined when there is nothing left to do. */
function take(store: Store, effectId: string): Promise<EffectRow | undefined> {
  return store.transaction(async (tx) => {
    const row = await tx.outbox.get(effectId, { lock: true });
    if (!row || row.state !== "pending") return undefined;
    const taken = { ...row, attempts: row.attempts + 1 };
    await tx.outbox.save(taken);
    return taken;
  });
}

async function perform(deps: DispatchEffectDependencies, { id, key, action }: EffectRow): Promise<JsonObject> {
  switch (action.type) {
    case "sync-status-comment":
      await deps.syncStatusComment(action.runId);
      return {};
    case "post-comment":
      return exclusively(deps, `comment:${action.marker}`, async (stillMine) => ({
        commentId: (await postCommentOnce(deps.forge, action.repository, action.issue, action.marker, action.body, stillMine)).id,
      }));
    case "change-labels":
      await deps.settleLabels(action.repository, action.number, id);
      return { added: action.add, removed: action.remove };
    case "start-attempt":
      await deps.startAttempt(action.runId, action.attempt);
      return {};
    case "stop-attempt":
      await deps.runtime.stop(action.runId, action.attempt);
      return {};
    case "execute-decision":
      await deps.executeDecision(action.requestId);
      return {};
    case "resume-run":
      await deps.resumeRun(action.runId, action.note);
      return {};
    case "settle-push":
      return deps.settlePush(key, action.runId, action.push);
    case "read-checks":
      return { read: await deps.readChecks(action.repository, action.pull) };
    case "index-documents":
      return deps.indexDocuments(action);
    default:
      return unreachable(action);
  }
}

/** Notes a failed try. True when the effect is given up: further tries would only repeat the refusal. */
function fail(deps: DispatchEffectDependencies, effectId: string, error: unknown): Promise<boolean> {
  return deps.store.transaction(async (tx) => {
    const row = await tx.outbox.get(effectId, { lock: true });
    if (!row || row.state !== "pending") return false;
    // An outage may last for hours; what it holds up is done when it is over.
    const transient = error instanceof InfrastructureError && error.retryable;
    const lastError = error instanceof Error ? error.message : String(error);
    const givenUp = !transient && row.attempts >= (deps.permanentTries ?? 5);
    const at = deps.clock.now();
    await tx.outbox.save({ ...row, lastError, ...(givenUp ? { state: "given-up", doneAt: at } : {}) });
    if (!givenUp) return false;
    const { correlationId, subject, runId } = await contextOf(
      row,
      (id) => tx.runs.get(id),
      (id) => tx.requests.get(id),
    );
    const payload = { effect: row.action.type, key: row.key, attempts: row.attempts, error: lastError };
    const [stored] = await tx.flow.append([{ correlationId, actor: { type: "system", id: "orchestrator" }, type: "effect.gave-up", subject, payload, at }]);
    if (runId && row.action.type !== "sync-status-comment") {
      await tx.outbox.add([{ key: `status:${runId}:${stored?.sequence}`, action: { type: "sync-status-comment", runId } }], at);
    }
    return true;
  });
}

/** Effects on the same thing are not performed at the same moment: two status comments would be two. */
function serialKey(action: EffectAction): string {
  switch (action.type) {
    case "sync-status-comment":
      // Not the run's: an agent's start does not wait until the forge has taken a comment.
      return `status:${action.runId}`;
    case "start-attempt":
    case "stop-attempt":
    case "resume-run":
    case "settle-push":
      return `run:${action.runId}`;
    case "execute-decision":
      return `request:${action.requestId}`;
    case "post-comment":
      return `issue:${action.repository}#${action.issue}`;
    case "change-labels":
      return `issue:${action.repository}#${action.number}`;
    case "read-checks":
      return `checks:${action.repository}#${action.pull}`;
    case "index-documents":
      return `repository:${action.repository}`;
    default:
      return unreachable(action);
  }
}
