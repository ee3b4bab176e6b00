import type { Actor } from "../domain/audit/flow-event.ts";
import type { CorrelationId, RunId } from "../domain/kernel/values.ts";
import type { LabelPlan } from "../domain/label/transition.ts";
import type { RequestedRun } from "../domain/run/admission.ts";
import type { ModelProfile, Run, RunTrigger } from "../domain/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { ForgePull } from "../ports/forge.ts";
import type { RepositoryRow, Transaction } from "../ports/store.ts";
import { followChecks } from "./follow-checks.ts";
import type { Hold } from "./holds.ts";
import { appendRunEvents, changeRun, orchestratorActor } from "./change-run.ts";
import { prepareAttempt, type AttemptSettings } from "./prepare-attempt.ts";
import { labelEffects } from "./repository-labels.ts";

/** The run that a verdict asks for, in its first phase. */
export function newRun(
  deps: { readonly randomness: Randomness; readonly clock: Clock },
  situation: { readonly row: RepositoryRow; readonly issue: { readonly number: number }; readonly pull?: ForgePull | undefined },
  asked: RequestedRun,
  profile: ModelProfile,
  trigger: RunTrigger & { readonly correlationId: CorrelationId },
): Run {
  const { kind, label, actor, deliveryId, reviewId, correlationId } = trigger;
  return {
    id: deps.randomness.id() as RunId,
    project: situation.row.project,
    repository: situation.row.name,
    issue: situation.issue.number,
    pull: situation.pull?.number,
    stage: asked.stage,
    variant: asked.variant,
    role: asked.role,
    branch: asked.branch,
    baseBranch: situation.row.defaultBranch,
    profile,
    trigger: { kind, label, actor, deliveryId, reviewId },
    correlationId,
    keepSlot: asked.keepSlot,
    head: situation.pull?.headSha,
    state: { phase: "queued" },
    createdAt: deps.clock.now(),
  };
}

/** Stores a new run, its first attempt and the effects of its start. With a `hold` there is no attempt: the run is there, and goes on when it is let go. */
export async function startRun(
  deps: AttemptSettings & { readonly clock: Clock },
  tx: Transaction,
  run: Run,
  labels: LabelPlan,
  hold: Hold | undefined,
): Promise<Run> {
  const context = { now: deps.clock.now(), actor: orchestratorActor };
  await tx.runs.insert(run);
  await appendRunEvents(
    tx,
    run,
    [
      {
        type: "run.queued",
        payload: { label: run.trigger.label, by: run.trigger.actor, trigger: run.trigger.kind, branch: run.branch, model: run.profile.model },
      },
    ],
    {
      ...context,
      actor: personActor(run.trigger.actor),
    },
  );
  await followChecks(tx, run, context.now);
  await tx.outbox.add(labelEffects(`labels:${run.id}:started`, { repository: run.repository, number: run.issue, as: "bot" }, labels), context.now);
  if (hold) {
    const held = await changeRun(tx, run, { type: "hold", reason: hold.reason }, context);
    if (!held.ok) throw new Error(`a new run cannot be held: ${held.error.type}`);
    return held.value;
  }
  const prepared = await changeRun(tx, run, { type: "prepare", attempt: 1 }, context);
  if (!prepared.ok) throw new Error(`a new run cannot be prepared: ${prepared.error.type}`);
  await prepareAttempt(tx, deps, prepared.value, context);
  return prepared.value;
}

/** A person on the forge, by login. */
export function personActor(login: string): Actor {
  return { type: "person", id: login };
}
