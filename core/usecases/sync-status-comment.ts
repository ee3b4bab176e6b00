import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { Instant, Json, RunId } from "../domain/kernel/values.ts";
import { pressing } from "../domain/hold/budget.ts";
import { nextSteps } from "../domain/run/next-steps.ts";
import { isFinalRun, type Run } from "../domain/run/run.ts";
import { isStatusComment, renderStatusComment, type StatusCommentView } from "../domain/run/status-comment.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Transaction } from "../ports/store.ts";
import { exclusively, type ExclusivelyDependencies } from "./exclusively.ts";
import { readMeters } from "./holds.ts";
import { readLabelNames } from "./repository-labels.ts";

export interface SyncStatusCommentDependencies extends ExclusivelyDependencies {
  readonly forge: Forge;
}

/**
 * Brings a run's one status comment to what is true now: found again by its marker, edited in place, left alone when it says so already. However often events
 * repeat, there is one comment, and any number of orchestrators may be asked for it at once: one at a time writes, from what is true when its turn comes.
 */
export function createSyncStatusComment(deps: SyncStatusCommentDependencies) {
  return (runId: RunId): Promise<void> => exclusively(deps, `status-comment:${runId}`, (stillMine) => syncStatusComment(deps, runId, stillMine));
}

async function syncStatusComment(deps: SyncStatusCommentDependencies, runId: RunId, stillMine: () => Promise<void>): Promise<void> {
  const found = await deps.store.transaction((tx) => readRun(tx, runId, deps.clock.now()));
  if (!found) return;
  const { run } = found;
  const names = await readLabelNames(deps.forge, run.repository);
  const body = renderStatusComment({ ...found, nextSteps: atItsEnd(run) ? nextSteps(run.stage, names) : undefined });
  const remembered = await remember(deps, run, found.commentId, body, stillMine);
  if (remembered === found.commentId) return;
  await deps.store.transaction((tx) => tx.settings.set(settingsKey(runId), { commentId: remembered }));
}

type Found = Omit<StatusCommentView, "nextSteps"> & { readonly commentId: number | undefined };

async function readRun(tx: Transaction, runId: RunId, now: Instant): Promise<Found | undefined> {
  const run = await tx.runs.get(runId);
  if (!run) return undefined;
  const holds = await tx.holds.get();
  const requests = await tx.requests.forRun(runId);
  const usage = await tx.usage.forRun(runId);
  const givenUp = (await tx.flow.bySubject(`run:${runId}`)).filter((event) => event.type === "effect.gave-up");
  const stored = (await tx.settings.get(settingsKey(runId)))?.["commentId"];
  const totalTokens = usage.reduce((sum, turn) => sum + turn.inputTokens + turn.outputTokens, 0);
  const costs = usage.flatMap((turn) => turn.cost ?? []);
  return {
    run,
    artifacts: artifactsOf(requests),
    waitsFor: waitsFor(requests),
    pause: holds.pause,
    meter: isFinalRun(run.state) ? undefined : pressing(await readMeters(tx, holds, run, now)),
    usage: usage.length === 0 ? undefined : { totalTokens, cost: costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost, 0) },
    notes: givenUp.map(({ payload }) => `Given up after ${textOf(payload["attempts"])} tries: ${textOf(payload["effect"])}. ${textOf(payload["error"])}`),
    commentId: typeof stored === "number" ? stored : undefined,
  };
}

/** What the newest gate found. */
function artifactsOf(requests: readonly DecisionRequest[]): StatusCommentView["artifacts"] {
  const effect = requests.findLast((request) => request.kind === "gate")?.effect;
  return effect?.type === "gate" ? { required: effect.artifacts.required, present: effect.artifacts.present } : undefined;
}

function waitsFor(requests: readonly DecisionRequest[]): StatusCommentView["waitsFor"] {
  const open = requests.find((request) => request.state.phase === "requested");
  return open && { requestId: open.id, summary: open.summary, expiresAt: open.expiresAt };
}

function atItsEnd({ state }: Run): boolean {
  return state.phase === "waiting_owner_review" || state.phase === "succeeded";
}

/** Writes the comment and returns its id. One that somebody deleted is written anew. */
async function remember(
  { forge }: SyncStatusCommentDependencies,
  run: Run,
  commentId: number | undefined,
  body: string,
  stillMine: () => Promise<void>,
): Promise<number> {
  const login = await forge.identity();
  const comments = await forge.comments(run.repository, run.issue);
  const comment = comments.find((candidate) => candidate.author === login && (candidate.id === commentId || isStatusComment(candidate.body, run.id)));
  if (comment?.body.trimEnd() === body.trimEnd()) return comment.id;
  await stillMine();
  if (!comment) return (await forge.createComment(run.repository, run.issue, body)).id;
  try {
    return (await forge.updateComment(run.repository, comment.id, body)).id;
  } catch (error) {
    if (!(error instanceof InfrastructureError) || error.code !== "not-found") throw error;
    return (await forge.createComment(run.repository, run.issue, body)).id;
  }
}

function settingsKey(runId: RunId): string {
  return `status-comment:${runId}`;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? `${value}` : "";
}
