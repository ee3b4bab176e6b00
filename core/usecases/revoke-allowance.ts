import type { Allowance, AllowanceState } from "../domain/allowance/allowance.ts";
import { decideAllowance, evolveAllowance, type AllowanceError } from "../domain/allowance/machine.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { PersonId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { allowanceFlowEvent, allowanceState, allowanceSubject } from "./verify-allowance.ts";

export type RevokeAllowanceError = AllowanceError | { readonly type: "allowance.not-found" };

/**
 * Takes an allowance back. A call that is directly before its effect is stopped by it; one that has begun its effect is not. Needs no signature: it can only make more be asked.
 */
export function createRevokeAllowance(deps: { readonly store: Store; readonly clock: Clock }) {
  return async function revokeAllowance(
    id: string,
    by: PersonId,
  ): Promise<Result<{ readonly allowance: Allowance; readonly state: AllowanceState }, RevokeAllowanceError>> {
    return deps.store.transaction(async (tx) => {
      const allowance = await tx.allowances.get(id, { lock: true });
      if (!allowance) return err({ type: "allowance.not-found" });
      const at = deps.clock.now();
      const state = allowanceState(allowance, await tx.flow.bySubject(allowanceSubject(id)));
      const revoked = decideAllowance(allowance.content, state, { type: "revoke", by }, at);
      if (!revoked.ok) return revoked;
      await tx.flow.append(revoked.value.map(({ type }) => allowanceFlowEvent(id, type, { by }, { at, actor: { type: "person", id: by } })));
      await tx.allowances.close(id, at);
      return ok({ allowance, state: revoked.value.reduce((before, event) => evolveAllowance(allowance.content, before, event), state) });
    });
  };
}
