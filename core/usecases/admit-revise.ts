import { mayWrite } from "../domain/kernel/permission.ts";
import type { CorrelationId, DeliveryId, RepositoryName, RunId } from "../domain/kernel/values.ts";
import type { LabelNames } from "../domain/label/names.ts";
import { planTransition } from "../domain/label/transition.ts";
import { admit, type Admission } from "../domain/run/admission.ts";
import { endingText } from "../domain/run/ending.ts";
import { refusalComment } from "../domain/run/refusal-text.ts";
import { activeRunPhases, type Run } from "../domain/run/run.ts";
import { resolveReviseStage } from "../domain/stage/resolve.ts";
import { resolveComment } from "../domain/stage/resolve-text.ts";
import { allStages, type StageName } from "../domain/stage/stage.ts";
import { branchFor } from "../domain/stage/table.ts";
import type { Forge, ForgeIssue, ForgePull, ForgeReview } from "../ports/forge.ts";
import type { RepositoryRow, Transaction } from "../ports/store.ts";
import { issueSubject, type AdmitOutcome, type AdmitRunDependencies } from "./admit-run.ts";
import { holdOn, type Hold } from "./holds.ts";
import { newRun, startRun } from "./start-run.ts";
import { changeRun, orchestratorActor } from "./change-run.ts";
import { closeRun } from "./end-run.ts";
import { labelEffects, readLabelNames } from "./repository-labels.ts";

/** Somebody asked for changes in a review. */
export interface ReviewTrigger {
  readonly repository: RepositoryName;
  readonly pull: number;
  readonly reviewId: number;
  readonly correlationId: CorrelationId;
  readonly deliveryId?: DeliveryId | undefined;
}

interface Reviewed {
  readonly row: RepositoryRow;
  readonly pull: ForgePull;
  readonly review: ForgeReview;
  readonly issue: ForgeIssue;
  readonly names: LabelNames;
}

/**
 * Starts the revise that a review with requested changes asks for, on the branch of the reviewed pull request. The run that waits at its gate with this pull
 * request gives way to it. Where the stage cannot be told, nothing starts: `need:input` and a comment say what to do.
 */
export function createAdmitRevise(deps: AdmitRunDependencies) {
  return async function admitRevise(trigger: ReviewTrigger): Promise<AdmitOutcome> {
    const { repository, pull: number } = trigger;
    const row = await deps.store.transaction((tx) => tx.repositories.get(repository));
    if (!row) return { type: "ignored", why: "the repository is not registered" };
    const pull = await deps.forge.pull(repository, number);
    const review = (await deps.forge.reviews(repository, number)).find((candidate) => candidate.id === trigger.reviewId);
    if (pull.state !== "open") return { type: "ignored", why: `the pull request is ${pull.state}` };
    if (review?.state !== "changes_requested") return { type: "ignored", why: "the review no longer asks for changes" };
    if (!(await mayAskForChanges(deps.forge, repository, review.author))) return { type: "ignored", why: "the reviewer may not write to the repository" };
    const names = await readLabelNames(deps.forge, repository);
    const issueNumber = await deps.store.transaction((tx) => issueOf(tx, row, pull));
    if (issueNumber === undefined)
      return deps.store.transaction((tx) => remedy(deps, tx, trigger, pull.number, pull, names, { type: "resolve.nothing", seen: [] }));
    const issue = await deps.forge.issue(repository, issueNumber);
    return deps.store.transaction((tx) => judge(deps, tx, trigger, { row, pull, review, issue, names }));
  };
}
export type AdmitRevise = ReturnType<typeof createAdmitRevise>;

/** On a public repository everybody may review; only those who may write start work by it. */
async function mayAskForChanges(forge: Forge, repository: RepositoryName, login: string): Promise<boolean> {
  return mayWrite(await forge.permission(repository, login));
}

/** The issue that a pull request belongs to: that of its last run, else the one that the branch's name tells. */
async function issueOf(tx: Transaction, row: RepositoryRow, pull: ForgePull): Promise<number | undefined> {
  const [run] = await tx.runs.list({ repository: row.name, branch: pull.head, limit: 1 });
  if (run) return run.issue;
  const named = /^signalbox\/issue-(\d{1,9})\//.exec(pull.head)?.[1];
  return named === undefined ? undefined : Number(named);
}

async function judge(deps: AdmitRunDependencies, tx: Transaction, trigger: ReviewTrigger, reviewed: Reviewed): Promise<AdmitOutcome> {
  const { row, pull, issue, names } = reviewed;
  await tx.repositories.get(row.name, { lock: true });
  const hold = await holdOn(tx, undefined, deps.clock.now());
  const runs = await tx.runs.list({ repository: row.name, issue: issue.number, limit: 100 });
  const started = runs.find((run) => run.trigger.reviewId === trigger.reviewId);
  if (started) return { type: "ignored", why: `the review has started run ${started.id} already` };
  const resolved = resolveReviseStage({
    prLabels: pull.labels,
    issueLabels: issue.labels,
    lastRun: (runs.find((run) => run.pull === pull.number) ?? runs.find((run) => run.branch === pull.head))?.stage,
    lastTransition: await lastTransition(tx, row.name, issue.number),
    names,
  });
  if (!resolved.ok) return remedy(deps, tx, trigger, issue.number, pull, names, resolved.error);
  const { stage } = resolved.value;
  const holders = await tx.runs.list({ repository: row.name, branch: branchFor(stage, issue.number), phases: activeRunPhases });
  const verdict = admit({
    issue,
    event: { type: "review", stage },
    names,
    defaults: deps.profile,
    present: new Map(),
    pull: pull.head === branchFor(stage, issue.number) ? pull.number : undefined,
    activeRuns: holders.filter((run) => run.state.phase !== "waiting_owner_review"),
  });
  return settle(deps, tx, trigger, reviewed, verdict, holders, hold);
}

async function settle(
  deps: AdmitRunDependencies,
  tx: Transaction,
  trigger: ReviewTrigger,
  reviewed: Reviewed,
  verdict: Admission,
  holders: readonly Run[],
  hold: Hold | undefined,
): Promise<AdmitOutcome> {
  const { row, pull, review, issue, names } = reviewed;
  if (verdict.type === "ignored") return { type: "ignored", why: verdict.why };
  if (verdict.type === "waits") return { type: "ignored", why: `waits behind ${verdict.behind}` };
  if (verdict.type === "refused") {
    const marker = `signalbox:refusal:review-${trigger.reviewId}`;
    const body = refusalComment(verdict.reason, names, marker);
    await tx.outbox.add(
      [{ key: `refusal:review-${row.name}-${trigger.reviewId}`, action: { type: "post-comment", repository: row.name, issue: issue.number, marker, body } }],
      deps.clock.now(),
    );
    const runId = verdict.failedRun ? await recordFailedRun(deps, tx, trigger, reviewed, verdict) : undefined;
    await noteReview(deps, tx, trigger, issue.number, review.author, "refused", { reason: verdict.reason.type });
    return { type: "refused", reason: verdict.reason.type, runId };
  }
  const run = newRun(deps, { row, issue, pull }, verdict, verdict.profile, {
    ...triggerOf(trigger, review, names, verdict.stage),
    correlationId: trigger.correlationId,
  });
  for (const holder of holders) await giveWay(deps, tx, holder, run.id);
  const plan = planTransition({ before: issue.labels, names, transition: { type: "changes-requested", stage: verdict.stage } });
  await startRun(deps, tx, run, plan, hold);
  const pullPlan = planTransition({ before: pull.labels, names, transition: { type: "stage-started", stage: verdict.stage } });
  await tx.outbox.add(labelEffects(`labels:${run.id}:pull-started`, { repository: row.name, number: pull.number, as: "bot" }, pullPlan), deps.clock.now());
  await noteReview(deps, tx, trigger, issue.number, review.author, "admitted", { stage: verdict.stage, variant: "revise", runId: run.id });
  return { type: "admitted", runId: run.id };
}

function triggerOf(trigger: ReviewTrigger, review: ForgeReview, names: LabelNames, stage: StageName): Run["trigger"] {
  const label = names.triggers[stage].revise ?? names.triggers[stage].work;
  return { kind: "review", label, actor: review.author, deliveryId: trigger.deliveryId, reviewId: trigger.reviewId };
}

/** The run at the gate ends in favour of its revise, and its gate with it. */
async function giveWay(deps: AdmitRunDependencies, tx: Transaction, holder: Run, by: RunId): Promise<void> {
  const context = { now: deps.clock.now(), actor: orchestratorActor };
  const locked = await tx.runs.get(holder.id, { lock: true });
  const ended = locked && (await changeRun(tx, locked, { type: "supersede", by }, context));
  if (ended?.ok) await closeRun(tx, ended.value, "A review asked for changes, and its revision took the place of this run.", context);
}

async function recordFailedRun(
  deps: AdmitRunDependencies,
  tx: Transaction,
  trigger: ReviewTrigger,
  reviewed: Reviewed,
  verdict: Extract<Admission, { type: "refused" }>,
): Promise<RunId | undefined> {
  const { failedRun, reason } = verdict;
  const [holder] = failedRun ? await tx.runs.list({ repository: reviewed.row.name, branch: failedRun.branch, phases: activeRunPhases }) : [];
  // While another run waits at its gate on this branch, the failed one cannot be recorded beside it; the comment says it all.
  if (!failedRun || holder) return undefined;
  const from = triggerOf(trigger, reviewed.review, reviewed.names, failedRun.stage);
  const run = newRun(deps, reviewed, failedRun, deps.profile, { ...from, correlationId: trigger.correlationId });
  await tx.runs.insert(run);
  await changeRun(
    tx,
    run,
    { type: "fail-precondition", reason: endingText({ type: "refused", reason: reason.type === "admission.profile" ? reason.error.type : reason.type }) },
    { now: deps.clock.now(), actor: orchestratorActor },
  );
  return run.id;
}

async function remedy(
  deps: AdmitRunDependencies,
  tx: Transaction,
  trigger: ReviewTrigger,
  number: number,
  pull: ForgePull,
  names: LabelNames,
  error: Parameters<typeof resolveComment>[0],
): Promise<AdmitOutcome> {
  const marker = `signalbox:refusal:review-${trigger.reviewId}`;
  const key = `review-${trigger.repository}-${trigger.reviewId}`;
  await tx.outbox.add(
    [
      {
        key: `refusal:${key}`,
        action: { type: "post-comment", repository: trigger.repository, issue: number, marker, body: resolveComment(error, names, marker) },
      },
      {
        key: `labels:${key}:input`,
        action: { type: "change-labels", repository: trigger.repository, number, add: [names.needs.input], remove: [], as: "bot" },
      },
    ],
    deps.clock.now(),
  );
  await noteReview(deps, tx, trigger, number, `review-of-pull-${pull.number}`, "refused", { reason: error.type });
  return { type: "refused", reason: error.type };
}

async function noteReview(
  deps: AdmitRunDependencies,
  tx: Transaction,
  trigger: ReviewTrigger,
  issue: number,
  actor: string,
  outcome: string,
  payload: Readonly<Record<string, string>>,
): Promise<void> {
  await tx.flow.append([
    {
      correlationId: trigger.correlationId,
      actor: { type: "person", id: actor },
      type: `trigger.${outcome}`,
      subject: issueSubject(trigger.repository, issue),
      payload: { reviewId: trigger.reviewId, pull: trigger.pull, ...payload },
      at: deps.clock.now(),
    },
  ]);
}

/** The stage that the issue was last brought to, by what the flow events say. */
async function lastTransition(tx: Transaction, repository: RepositoryName, issue: number): Promise<StageName | undefined> {
  const events = await tx.flow.bySubject(issueSubject(repository, issue));
  const stage = events.findLast((event) => event.type === "trigger.admitted")?.payload["stage"];
  return allStages.find((name) => name === stage);
}
