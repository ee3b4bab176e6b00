import { planTransition, type LabelPlan, type LabelTransition } from "../domain/label/transition.ts";
import { labelNames, type LabelNames, type LabelNameFault } from "../domain/label/names.ts";
import type { RepositoryName } from "../domain/kernel/values.ts";
import type { Effect } from "../ports/effects.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";

export type LabelChange = Pick<LabelPlan, "added" | "removed">;

/**
 * The label names of a repository, from its variables.
 * @throws InfrastructureError `internal` (not retryable) when the variables give one name to two labels or an unusable name.
 */
export async function readLabelNames(forge: Forge, repository: RepositoryName): Promise<LabelNames> {
  const names = labelNames(await forge.variables(repository));
  if (names.ok) return names.value;
  const faults = names.error.faults.map(describeFault).join("; ");
  throw new InfrastructureError("internal", `The label variables of ${repository} cannot be used: ${faults}.`, {
    retryable: false,
    remedy: "Correct the variables in the repository's or the organisation's settings.",
  });
}

/** One fault of the label variables, in words for the owner. */
export function describeFault(fault: LabelNameFault): string {
  switch (fault.type) {
    case "collision":
      return `${fault.variables.join(" and ")} are both ${fault.label}`;
    case "too-long":
      return `${fault.variable} is longer than 50 characters`;
    case "reserved":
      return `${fault.variable} has the form of a model or reasoning label`;
  }
}

/** The effect that makes a change to one issue or pull request; none when it changes nothing. */
export function labelEffects(
  key: string,
  target: { readonly repository: RepositoryName; readonly number: number; readonly as: "bot" | "owner" },
  change: LabelChange,
): readonly Effect[] {
  if (change.added.length === 0 && change.removed.length === 0) return [];
  return [{ key, action: { type: "change-labels", ...target, add: change.added, remove: change.removed } }];
}

/** Applies a transition to what an issue or pull request carries at this moment. Repeated, it finds nothing left to do. */
export async function applyTransition(
  forge: Forge,
  target: { readonly repository: RepositoryName; readonly number: number; readonly before: readonly string[]; readonly names: LabelNames },
  transition: LabelTransition,
): Promise<LabelPlan> {
  const plan = planTransition({ before: target.before, names: target.names, transition });
  await applyLabels(forge, target.repository, target.number, plan);
  return plan;
}

/** Removals first: a trigger that is both removed and added is set anew, and the forge reports only labels that were not there. */
export async function applyLabels(forge: Forge, repository: RepositoryName, number: number, change: LabelChange): Promise<void> {
  for (const label of change.removed) await forge.removeLabel(repository, number, label);
  if (change.added.length > 0) await forge.addLabels(repository, number, change.added);
}
