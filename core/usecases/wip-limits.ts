import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { CorrelationId, PersonId, RepositoryName } from "../domain/kernel/values.ts";
import { wipLimitsOf, withChanges, type WipLimitChanges, type WipLimits } from "../domain/stage/wip-limits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store, Transaction } from "../ports/store.ts";

/** The event that says so: whoever shows limits reads them again when it comes. */
export const wipLimitsSet = "repository.wip-limits-set";

/** The limits of a repository's stages. */
export async function readWipLimits(tx: Transaction, repository: RepositoryName): Promise<WipLimits> {
  return wipLimitsOf(await tx.settings.get(key(repository)));
}

/** Changes the limits that are named and leaves the others; to what they are already, it changes nothing. Whoever changes another one at the same time is waited for. */
export function createSetWipLimits(deps: { readonly store: Store; readonly clock: Clock }) {
  return (
    repository: RepositoryName,
    by: PersonId,
    changes: WipLimitChanges,
  ): Promise<Result<{ readonly changed: boolean }, { readonly type: "repository.not-found" }>> =>
    deps.store.transaction(async (tx) => {
      if (!(await tx.repositories.get(repository, { lock: true }))) return err({ type: "repository.not-found" });
      const before = await readWipLimits(tx, repository);
      const after = withChanges(before, changes);
      if (canonicalJson(before) === canonicalJson(after)) return ok({ changed: false });
      await tx.settings.set(key(repository), after);
      const subject = `repository:${repository}`;
      await tx.flow.append([
        {
          correlationId: subject as CorrelationId,
          actor: { type: "person", id: by },
          type: wipLimitsSet,
          subject,
          payload: { before: before, after: after },
          at: deps.clock.now(),
        },
      ]);
      return ok({ changed: true });
    });
}

function key(repository: RepositoryName): string {
  return `wip-limits:${repository}`;
}
