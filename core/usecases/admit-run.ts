import { inlineCode } from "../domain/kernel/markdown.ts";
import type { BranchName, CorrelationId, DeliveryId, Instant, RepositoryName, RunId } from "../domain/kernel/values.ts";
import { classifyLabel } from "../domain/label/classify.ts";
import { sameLabel, type LabelNames } from "../domain/label/names.ts";
import { planTransition } from "../domain/label/transition.ts";
import { admit, type Admission, type AdmissionInput, type RefusalReason, type RequestedRun } from "../domain/run/admission.ts";
import { endingText } from "../domain/run/ending.ts";
import { refusalComment } from "../domain/run/refusal-text.ts";
import { activeRunPhases, type ModelProfile, type Run, type RunTrigger } from "../domain/run/run.ts";
import type { StageName, StageVariant } from "../domain/stage/stage.ts";
import { branchFor, stageTable } from "../domain/stage/table.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { Effect } from "../ports/effects.ts";
import type { Forge, ForgeIssue, ForgePull } from "../ports/forge.ts";
import type { RepositoryMirror } from "../ports/repository-mirror.ts";
import type { RepositoryRow, Store, Transaction } from "../ports/store.ts";
import { appendRunEvents, changeRun, orchestratorActor } from "./change-run.ts";
import type { AttemptSettings } from "./prepare-attempt.ts";
import { holdOn, type Hold } from "./holds.ts";
import { newRun, personActor, startRun } from "./start-run.ts";
import { labelEffects, readLabelNames } from "./repository-labels.ts";
import { documentTypesPresent } from "./stage-documents.ts";

/** Somebody asked for a run by putting a label on an issue. */
export interface LabelTrigger {
  readonly kind: Exclude<RunTrigger["kind"], "review">;
  readonly repository: RepositoryName;
  readonly issue: number;
  readonly label: string;
  readonly actor: string;
  readonly correlationId: CorrelationId;
  readonly deliveryId?: DeliveryId | undefined;
}

export type AdmitOutcome =
  | { readonly type: "admitted"; readonly runId: RunId }
  | { readonly type: "refused"; readonly reason: string; readonly runId?: RunId | undefined }
  | { readonly type: "ignored"; readonly why: string };

export interface AdmitRunDependencies extends AttemptSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly forge: Forge;
  readonly mirror: RepositoryMirror;
  readonly profile: ModelProfile;
  /** Service stages that this installation can run. The others are refused, visibly. */
  readonly services: readonly StageName[];
}

/** Everything read from the forge for one decision, before the transaction. */
interface Situation {
  readonly row: RepositoryRow;
  readonly issue: ForgeIssue;
  readonly names: LabelNames;
  readonly pull: ForgePull | undefined;
  readonly present: AdmissionInput["present"];
  /** How often the label has been put on this issue so far. The last of these acts is judged here, once. */
  readonly acts: number;
  /** Labelled by ourselves for a run that a review had started already. */
  readonly ours: (run: Run | undefined) => boolean;
}

/**
 * Judges one trigger label, with everything read afresh: deliveries come late, twice and out of order. Each act of labelling is judged once, whichever way it
 * came to our ears; the judgement, the run and its effects are stored together.
 */
export function createAdmitRun(deps: AdmitRunDependencies) {
  return async function admitRun(trigger: LabelTrigger): Promise<AdmitOutcome> {
    const { repository, issue: number, label } = trigger;
    const row = await deps.store.transaction((tx) => tx.repositories.get(repository));
    if (!row) return { type: "ignored", why: "the repository is not registered" };
    const names = await readLabelNames(deps.forge, repository);
    const meaning = classifyLabel(label, names);
    if (meaning.type !== "trigger" && meaning.type !== "unknown-trigger") return { type: "ignored", why: "not-a-trigger" };
    const situation = await readSituation(deps, row, number, label, names, meaning.type === "trigger" ? meaning.stage : undefined);
    return deps.store.transaction((tx) => judge(deps, tx, trigger, situation));
  };
}
export type AdmitRun = ReturnType<typeof createAdmitRun>;

async function readSituation(
  deps: AdmitRunDependencies,
  row: RepositoryRow,
  number: number,
  label: string,
  names: LabelNames,
  stage: StageName | undefined,
): Promise<Situation> {
  const { forge } = deps;
  const issue = await forge.issue(row.name, number);
  const events = await forge.labelEvents(row.name, number, 0 as Instant);
  const acts = events.filter((event) => event.action === "labeled" && sameLabel(event.label, label));
  const bot = await forge.identity();
  const branch = stage && branchFor(stage, number);
  return {
    row,
    issue,
    names,
    pull: branch ? await forge.openPullFrom(row.name, branch) : undefined,
    present: stage ? await readPresent(deps.mirror, row, number, stage) : new Map(),
    acts: acts.length,
    // A minute for clocks that differ. A second labelling by us is no longer the one that went with the run.
    ours: (run) =>
      run?.trigger.kind === "review" && acts.at(-1)?.actor === bot && acts.filter((act) => act.actor === bot && act.at >= run.createdAt - 60_000).length <= 1,
  };
}

/** What the stages before have left: on the base branch, or on the delivery branch for the stages that share it. */
async function readPresent(mirror: RepositoryMirror, row: RepositoryRow, issue: number, stage: StageName): Promise<AdmissionInput["present"]> {
  const present = new Map<StageName, readonly string[]>();
  for (const previous of [stageTable[stage].requires, stageTable[stage].requiresInstead]) {
    if (!previous) continue;
    const shares = stageTable[previous].branch === "delivery" && stageTable[stage].branch === "delivery";
    const branch: BranchName = shares ? branchFor(previous, issue) : row.defaultBranch;
    const tip = (await mirror.fetch(row.name, branch)) ?? (await mirror.fetch(row.name, row.defaultBranch));
    present.set(previous, tip ? await documentTypesPresent(mirror, row.name, tip, issue, previous) : []);
  }
  return present;
}

async function judge(deps: AdmitRunDependencies, tx: Transaction, trigger: LabelTrigger, situation: Situation): Promise<AdmitOutcome> {
  const { row, issue, names } = situation;
  // Judgements of one repository follow one another, so that the second sees the first one's run.
  await tx.repositories.get(row.name, { lock: true });
  const hold = await holdOn(tx, undefined, deps.clock.now());
  if (await judgedBefore(tx, row.name, issue.number, trigger.label, situation.acts)) return { type: "ignored", why: "this labelling was judged before" };
  const meaning = classifyLabel(trigger.label, names);
  const active =
    meaning.type === "trigger" ? await tx.runs.list({ repository: row.name, branch: branchFor(meaning.stage, issue.number), phases: activeRunPhases }) : [];
  if (meaning.type === "trigger") {
    const runs = await tx.runs.list({ repository: row.name, issue: issue.number, limit: 50 });
    const newest = runs.find((run) => run.stage === meaning.stage && run.variant === meaning.variant);
    if (situation.ours(newest)) return note(tx, deps, trigger, situation, { type: "ignored", why: "set by us for a run that a review started" });
    if (isMissingService(deps, meaning.stage) && issue.labels.some((label) => sameLabel(label, trigger.label)))
      return note(tx, deps, trigger, situation, await refuseService(deps, tx, trigger, situation, meaning));
  }
  const verdict = admit({
    issue,
    event: { type: "labeled", label: trigger.label },
    names,
    defaults: deps.profile,
    present: situation.present,
    pull: situation.pull?.number,
    activeRuns: active,
  });
  return note(tx, deps, trigger, situation, await settle(deps, tx, trigger, situation, verdict, hold));
}

function isMissingService(deps: AdmitRunDependencies, stage: StageName): boolean {
  return stageTable[stage].kind === "service" && !deps.services.includes(stage);
}

async function settle(
  deps: AdmitRunDependencies,
  tx: Transaction,
  trigger: LabelTrigger,
  situation: Situation,
  verdict: Admission,
  hold: Hold | undefined,
): Promise<AdmitOutcome> {
  switch (verdict.type) {
    case "ignored":
      return { type: "ignored", why: verdict.why };
    case "waits":
      return { type: "ignored", why: `waits behind ${verdict.behind}` };
    case "refused":
      return refuse(deps, tx, trigger, situation, verdict);
    case "admitted": {
      const run = newRun(deps, situation, verdict, verdict.profile, { ...trigger, label: trigger.label });
      await startRun(
        deps,
        tx,
        run,
        planTransition({ before: situation.issue.labels, names: situation.names, transition: { type: "stage-started", stage: run.stage } }),
        hold,
      );
      return { type: "admitted", runId: run.id };
    }
  }
}

async function refuse(
  deps: AdmitRunDependencies,
  tx: Transaction,
  trigger: LabelTrigger,
  situation: Situation,
  { reason, failedRun }: { readonly reason: RefusalReason; readonly failedRun?: RequestedRun | undefined },
): Promise<AdmitOutcome> {
  const now = deps.clock.now();
  const { issue, names, row } = situation;
  const marker = `signalbox:refusal:${trigger.correlationId}`;
  const effects: Effect[] = [
    {
      key: `refusal:${trigger.correlationId}`,
      action: { type: "post-comment", repository: row.name, issue: issue.number, marker, body: refusalComment(reason, names, marker) },
    },
  ];
  const meaning = classifyLabel(trigger.label, names);
  // With two triggers the owner says which one goes; in all other cases the refused one goes, and setting it again is one deliberate act.
  if (meaning.type === "trigger" && reason.type !== "admission.conflicting-triggers") {
    const plan = planTransition({ before: issue.labels, names, transition: { type: "precondition-failed", stage: meaning.stage, variant: meaning.variant } });
    effects.push(...labelEffects(`labels:${trigger.correlationId}:refused`, { repository: row.name, number: issue.number, as: "bot" }, plan));
  }
  await tx.outbox.add(effects, now);
  if (!failedRun) return { type: "refused", reason: reason.type };
  const run = newRun(deps, situation, failedRun, deps.profile, trigger);
  const context = { now, actor: orchestratorActor };
  // Ended at once, so it never holds its branch beyond this transaction.
  await tx.runs.insert(run);
  await appendRunEvents(tx, run, [{ type: "run.queued", payload: { label: trigger.label, by: trigger.actor, trigger: trigger.kind, branch: run.branch } }], {
    now,
    actor: personActor(trigger.actor),
  });
  await changeRun(
    tx,
    run,
    { type: "fail-precondition", reason: endingText({ type: "refused", reason: reason.type === "admission.profile" ? reason.error.type : reason.type }) },
    context,
  );
  return { type: "refused", reason: reason.type, runId: run.id };
}

async function refuseService(
  deps: AdmitRunDependencies,
  tx: Transaction,
  trigger: LabelTrigger,
  { issue, names, row }: Situation,
  meaning: { readonly stage: StageName; readonly variant: StageVariant },
): Promise<AdmitOutcome> {
  const marker = `signalbox:refusal:${trigger.correlationId}`;
  const body = `**No run was started.** This installation has no ${meaning.stage} service yet, so ${inlineCode(trigger.label)} starts nothing.\n\n**What to do:** nothing; the label was taken off again.\n`;
  const plan = planTransition({ before: issue.labels, names, transition: { type: "precondition-failed", stage: meaning.stage, variant: meaning.variant } });
  await tx.outbox.add(
    [
      { key: `refusal:${trigger.correlationId}`, action: { type: "post-comment", repository: row.name, issue: issue.number, marker, body } },
      ...labelEffects(`labels:${trigger.correlationId}:refused`, { repository: row.name, number: issue.number, as: "bot" }, plan),
    ],
    deps.clock.now(),
  );
  return { type: "refused", reason: "service-not-available" };
}

/** The judgement as a flow event of the issue, with the number of the labelling: by it the same act is known again. */
async function note(tx: Transaction, deps: AdmitRunDependencies, trigger: LabelTrigger, situation: Situation, outcome: AdmitOutcome): Promise<AdmitOutcome> {
  const meaning = classifyLabel(trigger.label, situation.names);
  await tx.flow.append([
    {
      correlationId: trigger.correlationId,
      actor: personActor(trigger.actor),
      type: `trigger.${outcome.type}`,
      subject: issueSubject(trigger.repository, trigger.issue),
      payload: {
        label: trigger.label,
        acts: situation.acts,
        ...(meaning.type === "trigger" ? { stage: meaning.stage, variant: meaning.variant } : {}),
        ...("runId" in outcome && outcome.runId ? { runId: outcome.runId } : {}),
        ...(outcome.type === "refused" ? { reason: outcome.reason } : outcome.type === "ignored" ? { reason: outcome.why } : {}),
      },
      at: deps.clock.now(),
    },
  ]);
  return outcome;
}

/** Whether the last of so many labellings has been judged. Counted, not timed: the forge's clock is no finer than a second. */
export async function judgedBefore(tx: Transaction, repository: RepositoryName, issue: number, label: string, acts: number): Promise<boolean> {
  if (acts === 0) return false;
  const events = await tx.flow.bySubject(issueSubject(repository, issue));
  return events.some(
    ({ type, payload }) =>
      type.startsWith("trigger.") && typeof payload["label"] === "string" && sameLabel(payload["label"], label) && Number(payload["acts"] ?? 0) >= acts,
  );
}

export function issueSubject(repository: RepositoryName, issue: number): string {
  return `issue:${repository}#${issue}`;
}
