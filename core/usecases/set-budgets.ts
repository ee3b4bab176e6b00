import type { Budgets, Limit } from "../domain/hold/budget.ts";
import type { CorrelationId, JsonObject, PersonId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import { workspaceSubject } from "./pause-all.ts";

/** Sets the limits of runs and days. The same ones again change nothing. What they stop, or no longer stop, is for `settleHolds`. */
export function createSetBudgets(deps: { readonly store: Store; readonly clock: Clock }) {
  return (by: PersonId, wanted: Budgets): Promise<{ readonly changed: boolean }> =>
    deps.store.transaction(async (tx) => {
      const holds = await tx.holds.get({ lock: "update" });
      const [before, after] = [plain(holds.budgets), plain(wanted)];
      if (canonicalJson(before) === canonicalJson(after)) return { changed: false };
      await tx.holds.save({ ...holds, budgets: after });
      await tx.flow.append([
        {
          correlationId: workspaceSubject as CorrelationId,
          actor: { type: "person", id: by },
          type: "workspace.budgets-set",
          subject: workspaceSubject,
          payload: { before, after },
          at: deps.clock.now(),
        },
      ]);
      return { changed: true };
    });
}

/** Without limits that limit nothing. */
function plain({ run, day }: Budgets): JsonObject {
  const scopes = Object.entries({ run: limitOf(run), day: limitOf(day) });
  return Object.fromEntries(scopes.filter(([, limit]) => Object.keys(limit).length > 0));
}

function limitOf(limit: Limit = {}): JsonObject {
  const { usd, tokens } = limit;
  return { ...(usd === undefined ? {} : { usd }), ...(tokens === undefined ? {} : { tokens }) };
}
