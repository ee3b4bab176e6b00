import { inlineCode } from "../domain/kernel/markdown.ts";
import type { CorrelationId, Instant, PersonId, RepositoryName } from "../domain/kernel/values.ts";
import { sameLabel } from "../domain/label/names.ts";
import { activeRunPhases, type Run } from "../domain/run/run.ts";
import { allStages } from "../domain/stage/stage.ts";
import { branchFor } from "../domain/stage/table.ts";
import type { Clock } from "../ports/clock.ts";
import type { Forge } from "../ports/forge.ts";
import type { RepositoryRow, Store } from "../ports/store.ts";
import { issueSubject } from "./admit-run.ts";
import { changeRun } from "./change-run.ts";
import { closeRun } from "./end-run.ts";
import { markDocuments, type MarkDocumentsDependencies } from "./mark-documents.ts";
import { applyTransition, readLabelNames } from "./repository-labels.ts";
import type { SettleLabels } from "./settle-labels.ts";

export interface AbortRequest {
  readonly repository: RepositoryName;
  readonly issue: number;
  readonly actor: string;
  readonly reason: string;
  readonly correlationId: CorrelationId;
  /** The label that asked for it; when it is gone again, nothing is aborted. Absent when a decision asked for it. */
  readonly label?: string | undefined;
}

export interface AbortIssueDependencies extends MarkDocumentsDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly forge: Forge;
  readonly settleLabels: SettleLabels;
}

/**
 * Ends the work on an issue: runs are cancelled and their processes stopped, triggers and review labels taken off, our pull requests closed, documents marked
 * abandoned, and a comment says so. Every step can be repeated, so that after a crash the whole is done once more.
 */
export function createAbortIssue(deps: AbortIssueDependencies) {
  return async function abortIssue(request: AbortRequest): Promise<"aborted" | "label-gone"> {
    const { repository, issue: number, label } = request;
    const issue = await deps.forge.issue(repository, number);
    if (label !== undefined && !issue.labels.some((present) => sameLabel(present, label))) return "label-gone";
    const row = await deps.store.transaction((tx) => tx.repositories.get(repository));
    if (!row) return "label-gone";
    const act = await actOf(deps.forge, request);
    const cancelled = await cancelRuns(deps, request, act);
    const pulls = await closePulls(deps.forge, repository, number);
    await markDocuments(
      deps,
      { repository, branch: row.defaultBranch, folder: `docs/issues/issue-${number}` },
      { status: "abandoned" },
      `docs: abandon the documents of issue #${number}\n\n${request.reason}\n`,
    );
    const marker = `signalbox:abort:${act}`;
    await deps.store.transaction((tx) =>
      tx.outbox.add(
        [
          {
            key: `abort:${repository}#${number}:${act}`,
            action: { type: "post-comment", repository, issue: number, marker, body: comment(request, cancelled, pulls, row) },
          },
        ],
        deps.clock.now(),
      ),
    );
    const names = await readLabelNames(deps.forge, repository);
    await deps.settleLabels(repository, number);
    const { labels } = await deps.forge.issue(repository, number);
    // Last, because the trigger's presence is what makes a repeated delivery do all of this again.
    await applyTransition(deps.forge, { repository, number, before: labels, names }, { type: "aborted" });
    return "aborted";
  };
}
export type AbortIssue = ReturnType<typeof createAbortIssue>;

/**
 * What was done by the owner, under one name whoever tells of it: the delivery, or the reconcilers of several orchestrators at the same moment. By it the comment and the
 * event are known again. Labellings are counted, since the forge's clock is no finer than a second.
 */
async function actOf(forge: Forge, { repository, issue, label, correlationId }: AbortRequest): Promise<string> {
  if (label === undefined) return correlationId;
  const events = await forge.labelEvents(repository, issue, 0 as Instant);
  return `label-${events.filter((event) => event.action === "labeled" && sameLabel(event.label, label)).length}`;
}

function cancelRuns(deps: AbortIssueDependencies, request: AbortRequest, act: string): Promise<readonly Run[]> {
  return deps.store.transaction(async (tx) => {
    await tx.repositories.get(request.repository, { lock: true });
    const context = { now: deps.clock.now(), actor: { type: "person", id: request.actor } } as const;
    const cancelled: Run[] = [];
    for (const { id } of await tx.runs.list({ repository: request.repository, issue: request.issue, phases: activeRunPhases })) {
      const run = await tx.runs.get(id, { lock: true });
      const ended = run && (await changeRun(tx, run, { type: "cancel", by: request.actor as PersonId, reason: request.reason }, context));
      if (!ended?.ok) continue;
      await closeRun(tx, ended.value, "The work on the issue was given up.", context);
      cancelled.push(ended.value);
    }
    const subject = issueSubject(request.repository, request.issue);
    const known = (await tx.flow.bySubject(subject)).some((event) => event.type === "issue.abandoned" && event.payload["act"] === act);
    if (!known) {
      const payload = { act, reason: request.reason, runs: cancelled.map((run) => run.id) };
      await tx.flow.append([{ correlationId: request.correlationId, actor: context.actor, type: "issue.abandoned", subject, payload, at: context.now }]);
    }
    return cancelled;
  });
}

/** Open pull requests from the branches that runs of this issue work on. */
async function closePulls(forge: Forge, repository: RepositoryName, issue: number): Promise<readonly number[]> {
  const closed: number[] = [];
  for (const branch of new Set(allStages.map((stage) => branchFor(stage, issue)))) {
    const pull = await forge.openPullFrom(repository, branch);
    if (!pull) continue;
    await forge.closePull(repository, pull.number);
    closed.push(pull.number);
  }
  return closed;
}

function comment(request: AbortRequest, cancelled: readonly Run[], pulls: readonly number[], row: RepositoryRow): string {
  const lines = [
    `**The work on this issue was given up** by ${inlineCode(request.actor)}.`,
    "",
    `- Runs ended: ${cancelled.length > 0 ? cancelled.map((run) => `${run.stage} ${inlineCode(run.id)}`).join(", ") : "none was active"}`,
    `- Pull requests closed: ${pulls.length > 0 ? pulls.map((pull) => `#${pull}`).join(", ") : "none was open"}`,
    `- Documents on ${inlineCode(row.defaultBranch)} are marked as abandoned; nothing is deleted.`,
    "",
    "To take it up again, remove the label that says so and set a trigger label.",
  ];
  return lines.join("\n");
}
