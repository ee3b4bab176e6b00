import { mayWrite, permissionLevels, type Permission } from "../domain/kernel/permission.ts";
import type { RepositoryName } from "../domain/kernel/values.ts";
import type { TrustedSigner } from "../ports/crypto.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Store } from "../ports/store.ts";
import { readAgents } from "./known-agents.ts";

export interface ListRightsDependencies {
  readonly store: Store;
  /** As the owner. */
  readonly ownerForge: Pick<Forge, "identity" | "collaborators" | "permission">;
  /** Whose decisions count here. */
  readonly signers: readonly Pick<TrustedSigner, "person">[];
}

/** How somebody stands to a repository. */
export interface PersonRight {
  readonly login: string;
  /** Undefined where the forge tells none: an app has the rights of its installation. */
  readonly permission?: Permission | undefined;
  /** Whether a trusted key is theirs. */
  readonly hasKey: boolean;
  /** Whether it is what agents' effects are made under. */
  readonly isAgents: boolean;
  /** Whether the owner's credential is theirs. */
  readonly isYou: boolean;
}

export interface RepositoryRights {
  /** Whoever has a key or may write, and the agents: those with a key first, then by their right. */
  readonly people: readonly PersonRight[];
  /** How many more may write, where they are too many to be listed. */
  readonly more: number;
  /** False where the owner's credential may not see who else has a right. */
  readonly isComplete: boolean;
}

const most = 200;

/**
 * Who has which right on a repository, of those that matter: whoever may decide, whoever may write, and what the agents act as.
 * @throws InfrastructureError `not-found` when the forge does not show the repository; else as the forge does.
 */
export function createListRights(deps: ListRightsDependencies) {
  return async function listRights(repository: RepositoryName): Promise<RepositoryRights> {
    const [you, agents, collaborators] = await Promise.all([
      deps.ownerForge.identity(),
      deps.store.transaction(readAgents),
      collaboratorsOf(deps.ownerForge, repository),
    ]);
    const keyed = new Set(deps.signers.map(({ person }) => keyOf(person)));
    const given = new Map((collaborators ?? []).map((row) => [keyOf(row.login), row]));
    const named = [you, ...(agents === undefined ? [] : [agents]), ...deps.signers.map(({ person }) => person)];
    const logins = new Map([
      ...named.map((login) => [keyOf(login), login] as const),
      ...[...given].filter(([, { permission }]) => mayWrite(permission)).map(([key, { login }]) => [key, login] as const),
    ]);
    const people = await Promise.all(
      [...logins].map(async ([key, login]): Promise<PersonRight> => {
        const permission = given.get(key)?.permission ?? (await permissionOf(deps.ownerForge, repository, login));
        const isAgents = agents !== undefined && keyOf(agents) === key;
        return { login, hasKey: keyed.has(key), isAgents, isYou: keyOf(you) === key, ...(permission === undefined ? {} : { permission }) };
      }),
    );
    const sorted = people.toSorted(byWeight);
    return { people: sorted.slice(0, most), more: Math.max(0, sorted.length - most), isComplete: collaborators !== undefined };
  };
}
export type ListRights = ReturnType<typeof createListRights>;

/** The forge compares logins without regard to case. */
function keyOf(login: string): string {
  return login.toLowerCase();
}

/** Undefined where the credential may not see them. */
async function collaboratorsOf(
  forge: Pick<Forge, "collaborators">,
  repository: RepositoryName,
): Promise<Awaited<ReturnType<Forge["collaborators"]>> | undefined> {
  try {
    return await forge.collaborators(repository);
  } catch (error) {
    // Only whoever may write themselves see the others.
    if (error instanceof InfrastructureError && error.code === "unauthorised") return undefined;
    throw error;
  }
}

/** What an app may do stands in its installation, which the forge shows to nobody by this name. */
async function permissionOf(forge: Pick<Forge, "permission">, repository: RepositoryName, login: string): Promise<Permission | undefined> {
  return login.endsWith("[bot]") ? undefined : forge.permission(repository, login);
}

function byWeight(a: PersonRight, b: PersonRight): number {
  const weight = ({ isYou, hasKey, isAgents, permission = "none" }: PersonRight): number =>
    (isYou ? 1_000 : 0) + (hasKey ? 100 : 0) + (isAgents ? 50 : 0) + permissionLevels.indexOf(permission);
  return weight(b) - weight(a) || (a.login < b.login ? -1 : 1);
}
