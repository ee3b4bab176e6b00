import type { Actor } from "../domain/audit/flow-event.ts";
import { isDocumentPath } from "../domain/document/use.ts";
import type { CommitSha, JsonObject, RunId } from "../domain/kernel/values.ts";
import { isFinalRun, type Run } from "../domain/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { Effect } from "../ports/effects.ts";
import type { PushVerdict } from "../ports/push-guard.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";
import type { Store, Transaction } from "../ports/store.ts";
import { changeRun, orchestratorActor, runFlowEvent } from "./change-run.ts";

export interface PushRecordDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Milliseconds after which a push that nobody has told the end of is looked for at the forge. One that is still under way then is recorded by whoever sends it. */
const patience = 10_000;

/**
 * Notes that a push is about to be sent to the forge, together with the effect that looks for it if its end is never told. The token was valid when the push
 * began; a large push takes long enough for another attempt to take over, so this is where the run is looked at for the last time.
 *
 * @returns the key under which its end is recorded, or why it is not to be sent.
 */
export function beginPush(
  deps: PushRecordDependencies,
  run: Run,
  attempt: number,
  push: JsonObject,
  actor: Actor,
): Promise<{ readonly key: string } | Extract<PushVerdict, { allowed: false }>> {
  return deps.store.transaction(async (tx) => {
    const current = await tx.runs.get(run.id, { lock: true });
    const latest = await tx.attempts.latest(run.id);
    if (!current || isFinalRun(current.state) || latest?.attempt !== attempt || latest.phase === "ended") {
      return {
        allowed: false,
        reason: "the run has moved on",
        lines: ["The run has ended or another attempt has taken over; this push is not taken."],
      };
    }
    const now = deps.clock.now();
    const [begun] = await tx.flow.append([runFlowEvent(run, "push.begun", { ...push, attempt }, { now, actor })]);
    const key = `push:${run.id}:${begun?.sequence}`;
    await tx.outbox.add([settling(run.id, key, push)], now);
    return { key };
  });
}

export interface PushEnd {
  /** Of a push that had begun; one that was refused before has none. */
  readonly key: string | undefined;
  /** What the event says. */
  readonly push: JsonObject;
  readonly accepted: boolean;
  readonly actor: Actor;
}

/** Records what became of a push, once: whoever comes second finds it settled. An acceptance is recorded even after a mistaken refusal, because the forge has it. */
export function settlePushed(deps: PushRecordDependencies, run: Run, { key, push, accepted, actor }: PushEnd): Promise<void> {
  return deps.store.transaction(async (tx) => {
    const current = await tx.runs.get(run.id, { lock: true });
    const context = { now: deps.clock.now(), actor };
    if (key !== undefined && !(await close(tx, run, key, push, accepted, deps.clock))) return;
    await tx.flow.append([runFlowEvent(run, accepted ? "push.accepted" : "push.refused", push, context)]);
    if (accepted) await tx.documentUses.note(run, documentsIn(push), "written", context.now);
    const commit = push["commit"];
    if (accepted && current && typeof commit === "string") await changeRun(tx, current, { type: "moved-head", sha: commit as CommitSha }, context);
  });
}

function documentsIn({ files }: JsonObject): readonly string[] {
  return Array.isArray(files) ? files.filter((path): path is string => typeof path === "string" && isDocumentPath(path)) : [];
}

/** Takes the effect that would look for the push out of the way. False when the push was settled so before. */
async function close(tx: Transaction, run: Run, key: string, push: JsonObject, accepted: boolean, clock: Clock): Promise<boolean> {
  const [added] = await tx.outbox.add([settling(run.id, key, push)], clock.now());
  const row = added && (await tx.outbox.get(added.id, { lock: true }));
  if (!row) return true;
  if (row.state !== "pending" && row.result?.["accepted"] !== false) return false;
  if (row.state !== "pending" && !accepted) return false;
  await tx.outbox.save({ ...row, state: "done", result: { accepted }, lastError: undefined, doneAt: clock.now() });
  return true;
}

function settling(runId: RunId, key: string, push: JsonObject): Effect {
  return { key, action: { type: "settle-push", runId, push }, notBefore: patience };
}

export interface SettlePushDependencies extends PushRecordDependencies {
  readonly mirror: Pick<RepositoryMirror, "contains">;
}

/** Looks at the forge for a push whose sender died between sending it and saying so, and records it as what it was. */
export function createSettlePush(deps: SettlePushDependencies) {
  return async function settlePush(key: string, runId: RunId, push: JsonObject): Promise<JsonObject> {
    const run = await deps.store.transaction((tx) => tx.runs.get(runId));
    const commit = push["commit"];
    if (!run || typeof commit !== "string") return {};
    const accepted = await deps.mirror.contains(run.repository, run.branch, commit as CommitSha);
    const told: JsonObject = accepted ? { ...push, recovered: true } : { reason: "it never reached the forge", lines: [], refs: [`refs/heads/${run.branch}`] };
    await settlePushed(deps, run, { key, push: told, accepted, actor: orchestratorActor });
    return { accepted };
  };
}
