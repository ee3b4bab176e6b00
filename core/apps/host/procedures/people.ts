import type { peopleContract, Signer } from "../../../contract/people.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { HostDependencies } from "../dependencies.ts";
import { contract, type Procedures } from "../implementer.ts";
import { assertLookedAfter } from "../looked-after.ts";

/** Nothing of it comes from the copy: rights are the forge's, and keys are read from this machine. */
export function peopleProcedures(deps: HostDependencies): Procedures<typeof peopleContract> {
  return {
    signers: contract.people.signers.handler(() => ({ signers: signersOf(deps), from: deps.trusted.from })),
    rights: contract.people.rights.handler(async ({ input }) => {
      const repository = input.repository as RepositoryName;
      await assertLookedAfter(deps, repository);
      const { people, more, isComplete } = await deps.listRights(repository);
      return { people: [...people], more, isComplete };
    }),
  };
}

/** The key that signs here comes first, trusted or not; what else of it there is never leaves the host. */
function signersOf({ trusted, signingKey }: HostDependencies): Signer[] {
  const isYours = ({ keyId, person }: { readonly keyId: string; readonly person: string }): boolean =>
    keyId === signingKey.keyId && person === signingKey.person;
  const others = trusted.signers.filter((signer) => !isYours(signer)).map(({ person, keyId }) => ({ person, keyId, isYours: false, counts: true }));
  const { person, keyId } = signingKey;
  return [{ person, keyId, isYours: true, counts: trusted.signers.some(isYours) }, ...others.toSorted((a, b) => (a.person < b.person ? -1 : 1))];
}
