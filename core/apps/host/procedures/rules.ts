import type { rulesContract } from "../../../contract/rules.ts";
import { rehearsedDays } from "../../../usecases/rehearse-rules.ts";
import type { HostDependencies } from "../dependencies.ts";
import { refused } from "../failures.ts";
import { contract, type Procedures } from "../implementer.ts";
import { matrixView, rehearsalView } from "../views/matrix-view.ts";

/** None of it is answered from a copy: what is in force has to be asked of the database. */
export function rulesProcedures({ rules, clock }: HostDependencies): Procedures<typeof rulesContract> {
  return {
    matrix: contract.rules.matrix.handler(async () => ({ ...matrixView(await rules.matrix()), days: rehearsedDays, asOf: clock.now() })),
    rehearse: contract.rules.rehearse.handler(async ({ input: { own } }) => {
      const rehearsed = await rules.rehearse(own);
      if (!rehearsed.ok) throw refused(rehearsed.error);
      return { ...rehearsalView(rehearsed.value), days: rehearsedDays };
    }),
    apply: contract.rules.apply.handler(async ({ input: { own, digest } }) => {
      const applied = await rules.apply(own, digest);
      if (!applied.ok) throw refused(applied.error);
      return applied.value;
    }),
  };
}
