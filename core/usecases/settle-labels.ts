import type { RepositoryName } from "../domain/kernel/values.ts";
import type { EffectRow } from "../ports/effects.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import { exclusively, type ExclusivelyDependencies } from "./exclusively.ts";
import { finishEffect } from "./finish-effect.ts";
import { applyLabels } from "./repository-labels.ts";

export interface SettleLabelsDependencies extends ExclusivelyDependencies {
  readonly forge: Forge;
  readonly ownerForge: Forge;
}

/**
 * Performs what is still to be done to the labels of one issue or pull request, in the order in which it was decided and one process at a time: a change whose
 * process died half way is done again before any later one, and never after it. With `upTo`, the later ones than this effect stay for their own turn.
 *
 * @throws InfrastructureError retryable while an earlier change cannot be performed; it is given up by its own job, and the others go on then.
 */
export type SettleLabels = (repository: RepositoryName, number: number, upTo?: string) => Promise<void>;

export function createSettleLabels(deps: SettleLabelsDependencies): SettleLabels {
  return (repository, number, upTo) =>
    exclusively(deps, `labels:${repository}#${number}`, async (stillMine) => {
      const pending = await deps.store.transaction((tx) => tx.outbox.pendingLabels(repository, number));
      const last = upTo === undefined ? pending.length - 1 : pending.findIndex((row) => row.id === upTo);
      for (const row of pending.slice(0, last + 1)) {
        await stillMine();
        await change(deps, row, row.id === upTo);
      }
    });
}

async function change(deps: SettleLabelsDependencies, { id, action }: EffectRow, own: boolean): Promise<void> {
  if (action.type !== "change-labels") return;
  const changed = { added: action.add, removed: action.remove };
  try {
    await applyLabels(action.as === "owner" ? deps.ownerForge : deps.forge, action.repository, action.number, changed);
  } catch (cause) {
    if (own) throw cause;
    throw new InfrastructureError("busy", `an earlier change of the labels of ${action.repository}#${action.number} is still to be done`, {
      cause,
      retryable: true,
    });
  }
  await finishEffect(deps, id, changed);
}
