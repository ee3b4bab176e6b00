import type { PersonId } from "../domain/kernel/values.ts";
import type { AuditedAllowance } from "../ports/store.ts";
import { createRevokeAllowance } from "./revoke-allowance.ts";
import { createOfferAllowance, createRehearseAllowance, createSignAllowance, type AllowanceDependencies } from "./sign-allowance.ts";
import { allowanceFault, type UntrustedAllowance } from "./verify-allowance.ts";

export interface OwnerAllowancesDependencies extends AllowanceDependencies {
  /** Keeps the end of the trail outside of the database, as with every decision. Never fails. */
  readonly keepAnchor: () => Promise<void>;
}

/** Everything that an owner does with allowances, in the process that has the owner's key. */
export interface OwnerAllowances {
  readonly offer: ReturnType<typeof createOfferAllowance>;
  readonly rehearse: ReturnType<typeof createRehearseAllowance>;
  readonly sign: ReturnType<typeof createSignAllowance>;
  readonly revoke: (id: string) => ReturnType<ReturnType<typeof createRevokeAllowance>>;
  /** What is wrong with a stored one; undefined where nothing is. */
  readonly fault: (audited: AuditedAllowance) => UntrustedAllowance | undefined;
}

export function createOwnerAllowances(deps: OwnerAllowancesDependencies): OwnerAllowances {
  const revoke = createRevokeAllowance(deps);
  const sign = createSignAllowance(deps);
  const anchored = async <Outcome>(change: Promise<Outcome>): Promise<Outcome> => {
    const outcome = await change;
    await deps.keepAnchor();
    return outcome;
  };
  return {
    offer: createOfferAllowance(deps),
    rehearse: createRehearseAllowance(deps),
    sign: (...given) => anchored(sign(...given)),
    revoke: (id) => anchored(revoke(id, deps.signer.person as PersonId)),
    fault: ({ allowance, history }) => allowanceFault(deps, allowance, history),
  };
}
