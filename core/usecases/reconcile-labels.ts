import { endingText } from "../domain/run/ending.ts";
import type { CorrelationId, Instant, RepositoryName } from "../domain/kernel/values.ts";
import { classifyLabel, triggersAmong } from "../domain/label/classify.ts";
import { sameLabel, type LabelNames } from "../domain/label/names.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { Forge, ForgeIssue } from "../ports/forge.ts";
import type { Store } from "../ports/store.ts";
import type { AbortIssue } from "./abort-issue.ts";
import { judgedBefore, type AdmitRun } from "./admit-run.ts";
import { readLabelNames } from "./repository-labels.ts";

export interface ReconcileLabelsDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly forge: Forge;
  readonly admitRun: AdmitRun;
  readonly abortIssue: AbortIssue;
  /** A labelling younger than this may still be on its way as a delivery. */
  readonly graceSeconds: number;
}

/**
 * Finds trigger labels on open issues that no delivery has told us of, and judges them as if one had. The judgement knows each act of labelling again, so that a
 * delivery that comes late after all changes nothing.
 *
 * @param since issues that changed at or after it are looked at.
 * @returns how many labellings were judged.
 */
export function createReconcileLabels(deps: ReconcileLabelsDependencies) {
  return async function reconcileLabels(repository: RepositoryName, since: Instant): Promise<number> {
    const row = await deps.store.transaction((tx) => tx.repositories.get(repository));
    if (!row) return 0;
    const names = await readLabelNames(deps.forge, repository);
    let judged = 0;
    for (const issue of await deps.forge.issuesSince(repository, since)) {
      for (const { label } of triggersAmong(issue.labels, names)) if (await reconcile(deps, repository, issue, label, names)) judged += 1;
    }
    return judged;
  };
}
export type ReconcileLabels = ReturnType<typeof createReconcileLabels>;

async function reconcile(deps: ReconcileLabelsDependencies, repository: RepositoryName, issue: ForgeIssue, label: string, names: LabelNames): Promise<boolean> {
  const events = await deps.forge.labelEvents(repository, issue.number, 0 as Instant);
  const acts = events.filter((event) => event.action === "labeled" && sameLabel(event.label, label));
  const last = acts.at(-1);
  // Without an act (a label given at the issue's creation, on a forge that does not tell) the issue's own change is what is known.
  if ((last?.at ?? issue.updatedAt) > deps.clock.now() - deps.graceSeconds * 1000) return false;
  if (await deps.store.transaction((tx) => judgedBefore(tx, repository, issue.number, label, acts.length))) return false;
  if (acts.length === 0 && (await hasRunFor(deps.store, repository, issue, label, names))) return false;
  const trigger = { repository, issue: issue.number, label, actor: last?.actor ?? issue.author, correlationId: deps.randomness.id() as CorrelationId };
  const meaning = classifyLabel(label, names);
  if (meaning.type === "trigger" && meaning.stage === "abort")
    return (await deps.abortIssue({ ...trigger, reason: endingText({ type: "abort-label", label, actor: trigger.actor }) })) === "aborted";
  return (await deps.admitRun({ ...trigger, kind: "reconciled-label" })).type !== "ignored";
}

function hasRunFor(store: Store, repository: RepositoryName, issue: ForgeIssue, label: string, names: LabelNames): Promise<boolean> {
  const meaning = classifyLabel(label, names);
  return store.transaction(async (tx) => {
    const runs = await tx.runs.list({ repository, issue: issue.number });
    return runs.some((run) => meaning.type === "trigger" && run.stage === meaning.stage && run.variant === meaning.variant);
  });
}
