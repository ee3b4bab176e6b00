import { labelNames, type LabelNames } from "../domain/label/names.ts";
import { planTransition, type LabelConflict, type LabelPlan } from "../domain/label/transition.ts";
import { err, ok, unreachable, type Result } from "../domain/kernel/result.ts";
import type { RepositoryName, TargetVersion } from "../domain/kernel/values.ts";
import { admit } from "../domain/run/admission.ts";
import { refusalText } from "../domain/run/refusal-text.ts";
import type { ModelProfile } from "../domain/run/run.ts";
import type { StageName, StageVariant } from "../domain/stage/stage.ts";
import { branchFor } from "../domain/stage/table.ts";
import { activeRunPhases } from "../domain/run/run.ts";
import type { Forge } from "../ports/forge.ts";
import type { Store } from "../ports/store.ts";

export interface TransitionInput {
  readonly repository: RepositoryName;
  readonly issue: number;
  readonly to: StageName;
  readonly variant: StageVariant;
}

/** The label change of moving an issue to a stage, and everything that stands against it, before anything happens. */
export interface TransitionPreview {
  readonly plan: LabelPlan;
  readonly conflicts: readonly string[];
  readonly unmet: readonly { readonly condition: string; readonly remedy: string }[];
  /** The label set that the plan was made for. */
  readonly targetVersion: TargetVersion;
}

export type TransitionError =
  | { readonly type: "transition.label-names"; readonly message: string; readonly remedy: string }
  | { readonly type: "transition.refused"; readonly message: string; readonly remedy: string }
  | { readonly type: "decision.stale" };

export interface TransitionDependencies {
  readonly store: Store;
  /** The owner's own credential: what is applied is applied as the owner. */
  readonly ownerForge: Forge;
  readonly presentArtifacts: (repository: RepositoryName, issue: number) => Promise<ReadonlyMap<StageName, readonly string[]>>;
  readonly defaultProfile: ModelProfile;
}

export function createPreviewTransition(deps: TransitionDependencies) {
  return async function previewTransition(input: TransitionInput): Promise<Result<TransitionPreview, TransitionError>> {
    const names = labelNames(await deps.ownerForge.variables(input.repository));
    if (!names.ok)
      return err({
        type: "transition.label-names",
        message: "Label names in the repository's variables collide.",
        remedy: "Give each RUN_*, STATE_* and NEED_* variable a name of its own.",
      });
    return ok(await preview(deps, input, names.value));
  };
}

/** Applies the plan as the owner, when the labels are still those that were shown. The label's webhook starts the run, as if it had been set on the forge. */
export function createApplyTransition(deps: TransitionDependencies) {
  const previewTransition = createPreviewTransition(deps);
  return async function applyTransition(input: TransitionInput, shown: TargetVersion): Promise<Result<TransitionPreview, TransitionError>> {
    const now = await previewTransition(input);
    if (!now.ok) return now;
    if (now.value.targetVersion !== shown) return err({ type: "decision.stale" });
    const [reason] = [
      ...now.value.conflicts.map((conflict) => ({ condition: conflict, remedy: "Mend it, then look at the change again." })),
      ...now.value.unmet,
    ];
    if (reason) return err({ type: "transition.refused", message: reason.condition, remedy: reason.remedy });
    for (const label of now.value.plan.removed) await deps.ownerForge.removeLabel(input.repository, input.issue, label);
    if (now.value.plan.added.length > 0) await deps.ownerForge.addLabels(input.repository, input.issue, now.value.plan.added);
    return now;
  };
}

async function preview(deps: TransitionDependencies, input: TransitionInput, names: LabelNames): Promise<TransitionPreview> {
  const issue = await deps.ownerForge.issue(input.repository, input.issue);
  const branch = branchFor(input.to, input.issue);
  const [present, pull, active] = [
    await deps.presentArtifacts(input.repository, input.issue),
    await deps.ownerForge.openPullFrom(input.repository, branch),
    await deps.store.transaction((tx) => tx.runs.list({ repository: input.repository, branch, phases: activeRunPhases })),
  ];
  const plan = planTransition({ before: issue.labels, names, transition: { type: "move-to-stage", stage: input.to, variant: input.variant } });
  const label = names.triggers[input.to][input.variant] ?? "";
  const admission = admit({
    issue: { number: issue.number, state: issue.state, labels: plan.after, isPull: issue.isPull },
    event: { type: "labeled", label },
    names,
    defaults: deps.defaultProfile,
    present,
    pull: pull?.number,
    activeRuns: active.map((run) => ({ id: run.id, stage: run.stage, variant: run.variant, phase: run.state.phase })),
  });
  const refusal = admission.type === "refused" ? refusalText(admission.reason, names) : undefined;
  return {
    plan,
    conflicts: plan.conflicts.map(conflictText),
    unmet: refusal ? [{ condition: refusal.what, remedy: refusal.remedy }] : [],
    targetVersion: `labels:${issue.labels.toSorted().join("\n")}` as TargetVersion,
  };
}

function conflictText(conflict: LabelConflict): string {
  switch (conflict.type) {
    case "label.conflicting-triggers":
      return `Other trigger labels are set: ${conflict.labels.join(", ")}.`;
    case "label.blocks-entry":
      return `The label ${conflict.label} keeps the stage from starting.`;
    case "label.no-such-variant":
      return `The stage ${conflict.stage} has no ${conflict.variant} trigger.`;
    default:
      return unreachable(conflict);
  }
}
