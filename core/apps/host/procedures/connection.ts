import type { connectionContract } from "../../../contract/connection.ts";
import { watched } from "../changes.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";

export function connectionProcedures(deps: HostDependencies): Procedures<typeof connectionContract> {
  return {
    state: contract.connection.state.handler(() => deps.connection()),
    watch: contract.connection.watch.handler(async function* ({ signal }) {
      yield* watched(deps, signal, () => deps.connection());
    }),
    doctor: contract.connection.doctor.handler(() => deps.doctor()),
  };
}
