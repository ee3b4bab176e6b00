import type { Allowance, allowancesContract } from "../../../contract/allowances.ts";
import type { Instant, RequestId } from "../../../domain/kernel/values.ts";
import { watched } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { notFound, refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { allowanceView, offerView } from "../views/allowance-view.ts";

/** More than these nobody looks over; the newest are shown, and what is active among the others is in the audit trail. */
const shownAtMost = 500;
const rehearsedDays = 30;

export function allowancesProcedures(deps: HostDependencies): Procedures<typeof allowancesContract> {
  const list = async (): Promise<{ allowances: Allowance[]; asOf: number }> => {
    const now = deps.clock.now();
    const found = await deps.store.transaction((tx) => tx.allowances.list(shownAtMost));
    return { allowances: found.map((audited) => allowanceView(audited, deps.allowances.fault(audited), now)), asOf: now };
  };
  const one = async (id: string): Promise<Allowance> => {
    const found = (await list()).allowances.find((candidate) => candidate.id === id);
    if (!found) throw notFound("rule", id, "signalbox rules list shows the ids.");
    return found;
  };
  return {
    offer: contract.allowances.offer.handler(async ({ input }) => {
      const offered = await deps.allowances.offer(input.id as RequestId);
      if (!offered) throw notFound("request", input.id, "signalbox inbox list --all shows the ids.");
      return offerView(offered);
    }),
    rehearse: contract.allowances.rehearse.handler(async ({ input: { id, ...terms } }) => {
      const rehearsed = await deps.allowances.rehearse(id as RequestId, { ...terms, expiresAt: terms.expiresAt as Instant });
      if (!rehearsed.ok) throw refused(rehearsed.error);
      return { ...rehearsed.value, days: rehearsedDays };
    }),
    sign: contract.allowances.sign.handler(async ({ input: { id, digest, surface, ...terms } }) => {
      const signed = await deps.allowances.sign(id as RequestId, { ...terms, expiresAt: terms.expiresAt as Instant }, { surface, shownDigest: digest });
      if (!signed.ok) throw refused(signed.error);
      return one(signed.value.content.id);
    }),
    list: contract.allowances.list.handler(list),
    watch: contract.allowances.watch.handler(async function* ({ signal }) {
      yield* watched(deps, signal, list);
    }),
    revoke: contract.allowances.revoke.handler(async ({ input }) => {
      const revoked = await deps.allowances.revoke(input.id);
      if (!revoked.ok) throw refused(revoked.error);
      return one(input.id);
    }),
  };
}
