import type { keysContract, SigningKeyState } from "../../../contract/keys.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";

export function keysProcedures(deps: HostDependencies): Procedures<typeof keysContract> {
  const state = async (): Promise<SigningKeyState> => {
    const { person, keyId, place } = deps.signingKey;
    return { person, keyId, kept: (await place.isSealed()) ? "keyring" : "file", canSeal: place.canSeal };
  };
  return {
    state: contract.keys.state.handler(state),
    seal: contract.keys.seal.handler(async () => {
      await deps.signingKey.place.seal();
      return state();
    }),
    unseal: contract.keys.unseal.handler(async () => {
      await deps.signingKey.place.unseal();
      return state();
    }),
  };
}
