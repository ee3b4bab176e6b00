import type { PersonId } from "../domain/kernel/values.ts";
import { createApplyRules } from "./apply-rules.ts";
import { createReadMatrix, createRehearseRules, type RehearseRulesDependencies } from "./rehearse-rules.ts";

export interface OwnerRulesDependencies extends RehearseRulesDependencies {
  readonly owner: PersonId;
  /** Keeps the end of the trail outside of the database, as with every decision. Never fails. */
  readonly keepAnchor: () => Promise<void>;
}

/** Everything that an owner does with the approval matrix. */
export interface OwnerRules {
  readonly matrix: ReturnType<typeof createReadMatrix>;
  readonly rehearse: ReturnType<typeof createRehearseRules>;
  readonly apply: (own: unknown, shownDigest: string) => ReturnType<ReturnType<typeof createApplyRules>>;
}

export function createOwnerRules(deps: OwnerRulesDependencies): OwnerRules {
  const apply = createApplyRules(deps);
  return {
    matrix: createReadMatrix(deps),
    rehearse: createRehearseRules(deps),
    async apply(own, shownDigest) {
      const applied = await apply(deps.owner, own, shownDigest);
      if (applied.ok && applied.value.changed) await deps.keepAnchor();
      return applied;
    },
  };
}
