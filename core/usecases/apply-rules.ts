import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { CorrelationId, JsonObject, PersonId } from "../domain/kernel/values.ts";
import { ownRulesOf, proposeRules, type ProposalFault } from "../domain/rule/matrix.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { Store } from "../ports/store.ts";
import { workspaceSubject } from "./pause-all.ts";
import { rulesDigest } from "./rehearse-rules.ts";

export type ApplyRulesError = ProposalFault | { readonly type: "rules.changed-meanwhile" };

/**
 * Stores the owner's own rules over the built-in ones. They are not signed, because they can only be stricter; the event says who has set which. To what is there already, it changes nothing.
 *
 * @param own plain data, as a file or a form gives it; all of them, not only what is new.
 * @param shownDigest of the matrix that the owner was shown.
 */
export function createApplyRules({ store, clock, hasher }: { readonly store: Store; readonly clock: Clock; readonly hasher: Hasher }) {
  return async function applyRules(by: PersonId, own: unknown, shownDigest: string): Promise<Result<{ readonly changed: boolean }, ApplyRulesError>> {
    const proposed = proposeRules(own);
    if (!proposed.ok) return err(proposed.error);
    return store.transaction(async (tx) => {
      const stored = await tx.rules.list({ lock: true });
      const [before, after] = [rulesDigest(hasher, stored), rulesDigest(hasher, proposed.value)];
      if (before === after) return ok({ changed: false });
      if (before !== shownDigest) return err({ type: "rules.changed-meanwhile" });
      await tx.rules.replace(proposed.value);
      await tx.flow.append([
        {
          correlationId: workspaceSubject as CorrelationId,
          actor: { type: "person", id: by },
          type: "workspace.rules-set",
          subject: workspaceSubject,
          payload: { before, after, own: ownRulesOf(proposed.value) as unknown as readonly JsonObject[] },
          at: clock.now(),
        },
      ]);
      return ok({ changed: true });
    });
  };
}
