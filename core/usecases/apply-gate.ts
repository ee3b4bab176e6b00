import type { Decision, DecisionRequest, Verdict } from "../domain/decision/decision.ts";
import { documentNotesText } from "../domain/document/verdict-text.ts";
import { unreachable } from "../domain/kernel/result.ts";
import type { BranchName, CommitSha, JsonObject } from "../domain/kernel/values.ts";
import { classifyLabel } from "../domain/label/classify.ts";
import type { LabelNames } from "../domain/label/names.ts";
import { planTransition } from "../domain/label/transition.ts";
import type { RunCommand } from "../domain/run/machine.ts";
import { isFinalRun, type Run } from "../domain/run/run.ts";
import { artifactFolder } from "../domain/stage/table.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { Forge, ForgeReview } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store } from "../ports/store.ts";
import type { AbortIssue } from "./abort-issue.ts";
import { changeRun } from "./change-run.ts";
import { closeRun } from "./end-run.ts";
import type { SyncDocsets } from "./docsets.ts";
import { markedDocuments, type MarkDocumentsDependencies } from "./mark-documents.ts";
import type { GateArguments } from "./open-gate.ts";
import { markerLine, postCommentOnce } from "./post-comment.ts";
import { postReview } from "./post-review.ts";
import { renderOwnerQuestion } from "./render-prompt.ts";
import { labelEffects, readLabelNames, type LabelChange } from "./repository-labels.ts";
import { fenceNonce } from "./run-news.ts";
import type { SettleLabels } from "./settle-labels.ts";

export interface ApplyGateDependencies extends MarkDocumentsDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** What the owner decided is done in the owner's name. */
  readonly ownerForge: Forge;
  readonly settleLabels: SettleLabels;
  readonly abortIssue: AbortIssue;
  /** Brings the docsets up to date on a branch after its documents were marked. */
  readonly syncDocsets: SyncDocsets;
}

interface Gate {
  readonly request: DecisionRequest;
  readonly decision: Decision;
  readonly run: Run;
  readonly approved: GateArguments;
  readonly names: LabelNames;
}

/**
 * Carries out what the owner decided at a stage's gate. Each step finds out whether it has been done, so that after a crash the whole is simply done once more.
 *
 * @throws InfrastructureError `conflict` (not retryable) when the pull request is no longer at the head that was shown; nothing is merged then.
 */
export function createApplyGate(deps: ApplyGateDependencies) {
  return async function applyGate(request: DecisionRequest, decision: Decision): Promise<JsonObject> {
    const stored = await deps.store.transaction((tx) => tx.runs.get(request.runId));
    if (!stored) throw new InfrastructureError("not-found", `run ${request.runId} is not there`, { retryable: false });
    const names = await readLabelNames(deps.ownerForge, request.repository);
    const approved = request.arguments as unknown as GateArguments;
    const gate: Gate = { request, decision, run: asSigned(stored, request, approved), approved, names };
    const { verdict } = decision;
    switch (verdict.type) {
      case "approve":
        return approve(deps, gate, verdict.proceed !== false);
      case "request_changes":
        return requestChanges(deps, gate, verdict);
      case "deny":
        return deny(deps, gate, verdict.reason);
      case "ask":
        return ask(deps, gate, verdict.question);
      case "abort":
        return abort(deps, gate, verdict.reason);
      case "answer":
        throw new InfrastructureError("internal", "a gate takes no answer", { retryable: false });
      default:
        return unreachable(verdict);
    }
  };
}

/** Where the owner's decision is carried out: what was signed, whatever the run's row says by now. */
function asSigned(run: Run, request: DecisionRequest, { branch, base, stage }: GateArguments): Run {
  return {
    ...run,
    repository: request.repository,
    issue: request.issue,
    branch: branch as BranchName,
    baseBranch: base as BranchName,
    stage: stage as Run["stage"],
  };
}

/** The documents first, the issue's label last: the added trigger starts the next stage, and must find everything in its place. */
async function approve(deps: ApplyGateDependencies, gate: Gate, proceed: boolean): Promise<JsonObject> {
  const { run, approved } = gate;
  const merged = approved.merges ? await merge(deps.ownerForge, gate) : undefined;
  await approveDocuments(deps, gate);
  if (approved.pull !== undefined) await changeLabels(deps, gate, approved.pull, await planForApproved(deps, gate, approved.pull));
  await concludeRun(deps, run, { type: "conclude", verdict: "approve", by: gate.decision.by });
  const change = await changeLabels(deps, gate, run.issue, proceed ? approved : await planForApproved(deps, gate, run.issue));
  return { verdict: "approve", proceed, ...(merged ? { merged } : {}), ...change };
}

async function merge(forge: Forge, { run, approved, decision, request }: Gate): Promise<CommitSha> {
  const title = `${run.stage}: documents and changes of issue #${run.issue} (#${approved.pull})`;
  const body = `Approved by ${decision.by} (${decision.surface}), decision ${request.id}, digest ${request.digest}.`;
  const { sha } = await forge.mergePull(run.repository, approved.pull ?? 0, approved.head as CommitSha, `${title}\n\n${body}`);
  return sha;
}

/** On the base branch after a merge, on the run's own branch where the pull request stays open; in one commit with everything that names the documents. */
async function approveDocuments(deps: ApplyGateDependencies, { run, approved, decision, request }: Gate): Promise<void> {
  const branch = approved.merges || approved.pullState === "merged" ? run.baseBranch : run.branch;
  const date = new Date(decision.at).toISOString().slice(0, 10);
  const mark = { status: "approved", approval: { by: decision.by, date, decision: request.id } } as const;
  const message = `docs: approve the documents of ${run.stage} for issue #${run.issue}\n\nDecision ${request.id} by ${decision.by}.\n`;
  const marked = await markedDocuments(deps, { repository: run.repository, branch, folder: artifactFolder(run.issue, run.stage) }, mark);
  if (marked && marked.paths.length > 0) await deps.syncDocsets({ ...run, branch }, { files: marked.files, message });
}

/** What an approval without a next stage changes on the issue or the pull request. */
async function planForApproved(deps: ApplyGateDependencies, { run, names }: Gate, number: number): Promise<LabelChange> {
  return planTransition({ before: await labelsOf(deps, run, number), names, transition: { type: "gate-approved", stage: run.stage } });
}

/** The review is written in the owner's name; the delivery that it causes starts the revise, which takes this run's place. */
async function requestChanges(
  deps: ApplyGateDependencies,
  { request, run, approved }: Gate,
  verdict: Extract<Verdict, { type: "request_changes" }>,
): Promise<JsonObject> {
  if (approved.pull === undefined) throw new InfrastructureError("not-found", "the stage has no pull request to review", { retryable: false });
  const forge = deps.ownerForge;
  const marker = markerLine(`signalbox:review:${request.id}`);
  const login = await forge.identity();
  const written = (await forge.reviews(run.repository, approved.pull)).find((review) => review.author === login && review.body.includes(marker));
  const review = written ?? (await writeReview(forge, run, approved.pull, verdict, marker));
  return { verdict: "request_changes", reviewId: review.id };
}

function writeReview(
  forge: Forge,
  run: Run,
  pull: number,
  { comment, comments = [], documents = [] }: Extract<Verdict, { type: "request_changes" }>,
  marker: string,
): Promise<ForgeReview> {
  const text = [comment, documentNotesText(documents)].filter((part) => part !== "").join("\n\n");
  return postReview(forge, run.repository, pull, { event: "REQUEST_CHANGES", text, comments, marker });
}

async function deny(deps: ApplyGateDependencies, gate: Gate, reason: string): Promise<JsonObject> {
  const { run, approved, names, decision } = gate;
  await concludeRun(deps, run, { type: "conclude", verdict: "deny", by: decision.by, reason });
  if (approved.pull !== undefined) await changeLabels(deps, gate, approved.pull, await planForDenied(deps, gate, approved.pull, []));
  return { verdict: "deny", ...(await changeLabels(deps, gate, run.issue, await planForDenied(deps, gate, run.issue, [names.states.blocked]))) };
}

/** Triggers and review labels go, `added` come. */
async function planForDenied(deps: ApplyGateDependencies, { run, names }: Gate, number: number, added: readonly string[]): Promise<LabelChange> {
  const removed = (await labelsOf(deps, run, number)).filter((label) => {
    const meaning = classifyLabel(label, names);
    return meaning.type === "trigger" || (meaning.type === "state" && meaning.state === "in-review") || (meaning.type === "need" && meaning.need !== "input");
  });
  return { removed, added };
}

/** The labels as they are when everything has been done to them that was decided before. */
async function labelsOf(deps: ApplyGateDependencies, { repository, issue }: Run, number: number): Promise<readonly string[]> {
  await deps.settleLabels(repository, number);
  return (await (number === issue ? deps.ownerForge.issue(repository, number) : deps.ownerForge.pull(repository, number))).labels;
}

/** Noted first, and done in its turn: a repetition finds the note, and does nothing again that a later change may have undone. @returns the change that was noted. */
async function changeLabels(deps: ApplyGateDependencies, { run, request }: Gate, number: number, change: LabelChange): Promise<JsonObject> {
  const key = `labels:${run.id}:gate-applied:${request.id}:${number}`;
  const effects = labelEffects(key, { repository: run.repository, number, as: "owner" }, change);
  const [noted] = await deps.store.transaction((tx) => tx.outbox.add(effects, deps.clock.now()));
  if (noted?.action.type !== "change-labels") return { removed: [], added: [] };
  await deps.settleLabels(run.repository, number, noted.id);
  return { removed: [...noted.action.remove], added: [...noted.action.add] };
}

/** The agent answers in the same thread; a new gate opens when its turn ends. */
async function ask(deps: ApplyGateDependencies, { request, run, decision }: Gate, question: string): Promise<JsonObject> {
  const comment = await postCommentOnce(deps.ownerForge, run.repository, run.issue, `signalbox:ask:${request.id}`, question);
  const note = renderOwnerQuestion({ question, by: decision.by }, fenceNonce(deps.randomness));
  await deps.store.transaction((tx) =>
    tx.outbox.add([{ key: `resume:${run.id}:${request.id}`, action: { type: "resume-run", runId: run.id, note } }], deps.clock.now()),
  );
  return { verdict: "ask", commentId: comment.id };
}

async function abort(deps: ApplyGateDependencies, { request, run, decision }: Gate, reason: string): Promise<JsonObject> {
  await concludeRun(deps, run, { type: "conclude", verdict: "abort", by: decision.by, reason });
  await deps.abortIssue({
    repository: run.repository,
    issue: run.issue,
    actor: decision.by,
    reason,
    correlationId: `${run.correlationId}:${request.id}` as Run["correlationId"],
  });
  return { verdict: "abort" };
}

/** A run that has ended meanwhile (superseded by a revise, cancelled by the owner) stays as it is. */
function concludeRun(deps: ApplyGateDependencies, { id }: Run, command: Extract<RunCommand, { type: "conclude" }>): Promise<void> {
  return deps.store.transaction(async (tx) => {
    const run = await tx.runs.get(id, { lock: true });
    if (!run || isFinalRun(run.state)) return;
    const context = { now: deps.clock.now(), actor: { type: "person", id: command.by } } as const;
    const concluded = await changeRun(tx, run, command, context);
    if (concluded.ok) await closeRun(tx, concluded.value, "The stage has ended.", context);
  });
}
