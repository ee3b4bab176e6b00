import type { keysContract, SigningKeyState } from "../../../contract/keys.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";

export function keysProcedures({ signingKey }: HostDependencies): Procedures<typeof keysContract> {
  const { person, keyId, place } = signingKey;
  const state = async (): Promise<SigningKeyState> => ({ person, keyId, kept: (await place.isSealed()) ? "keyring" : "file", canSeal: place.canSeal });
  return {
    state: contract.keys.state.handler(state),
    seal: contract.keys.seal.handler(async () => {
      await place.seal();
      return state();
    }),
    unseal: contract.keys.unseal.handler(async () => {
      await place.unseal();
      return state();
    }),
  };
}
