import { permissionLevels, type Permission } from "../../domain/kernel/permission.ts";
import type { BranchName, RepositoryName } from "../../domain/kernel/values.ts";
import type { Forge } from "../../ports/forge.ts";
import { checkMembers } from "./checks.ts";
import { createConnection, split, type GitHubConnection, type GitHubConnectionOptions } from "./client.ts";
import { translated } from "./errors.ts";
import { hookMembers } from "./hooks.ts";
import { issueMembers, statusOf } from "./issues.ts";
import { pullMembers, type MergeMethod } from "./pulls.ts";
import { tagMembers } from "./tags.ts";

export interface GitHubForgeOptions extends GitHubConnectionOptions {
  /** Where git is served. Default: derived from `baseUrl`. */
  readonly gitUrl?: string | undefined;
  /** How `mergePull` merges. Default `merge`. */
  readonly mergeMethod?: MergeMethod | undefined;
}

/** The Forge port on GitHub, GitHub Enterprise or the local forge, as seen by one credential. */
export function createGitHubForge(options: GitHubForgeOptions): Forge {
  const connection = createConnection(options);
  const gitUrl = options.gitUrl ?? gitUrlOf(options.baseUrl);
  return translatedMembers({
    ...repositoryMembers(connection, options),
    ...issueMembers(connection),
    ...pullMembers(connection, options.mergeMethod ?? "merge"),
    ...checkMembers(connection),
    ...hookMembers(connection),
    ...tagMembers(connection),
    async gitRemote(repository) {
      const token = await connection.gitToken(repository);
      return { url: `${gitUrl}/${repository}.git`, authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}` };
    },
  });
}

type RepositoryMembers = Pick<Forge, "identity" | "repository" | "variables" | "permission" | "collaborators">;

function repositoryMembers(connection: GitHubConnection, options: GitHubForgeOptions): RepositoryMembers {
  return {
    async identity() {
      if (options.credential.type === "token") return (await connection.own.rest.users.getAuthenticated()).data.login;
      const { data } = await connection.own.rest.apps.getAuthenticated();
      return `${data?.slug ?? ""}[bot]`;
    },
    async repository(repository) {
      const client = await connection.client(repository);
      const { data } = await client.rest.repos.get(split(repository));
      return { defaultBranch: data.default_branch as BranchName, private: data.private };
    },
    variables: (repository) => variables(connection, repository),
    permission: (repository, login) => permission(connection, repository, login),
    async collaborators(repository) {
      const client = await connection.client(repository);
      const all = await client.paginate(client.rest.repos.listCollaborators, { ...split(repository), per_page: 100 });
      return all.map(({ login, role_name: role, permissions }) => ({ login, permission: levelOf(role) ?? strongest(permissions) }));
    },
  };
}

/** A repository's own variable wins over the organisation's of the same name. */
async function variables(connection: GitHubConnection, repository: RepositoryName): Promise<ReadonlyMap<string, string>> {
  const client = await connection.client(repository);
  const own = await client.paginate(client.rest.actions.listRepoVariables, { ...split(repository), per_page: 30 });
  const shared = await client.paginate(client.rest.actions.listRepoOrganizationVariables, { ...split(repository), per_page: 30 }).catch((error: unknown) => {
    if (statusOf(error) === 404) return []; // the repository belongs to a person, who has no variables
    throw error;
  });
  return new Map([...shared, ...own].map((variable) => [variable.name, variable.value]));
}

function levelOf(role: string | undefined): Permission | undefined {
  return permissionLevels.find((level) => level === role);
}

/** An organisation's own role has a name of its own; what it allows is told as what git calls it. */
function strongest(allowed: Readonly<Partial<Record<"pull" | "triage" | "push" | "maintain" | "admin", boolean>>> = {}): Permission {
  if (allowed.admin) return "admin";
  if (allowed.maintain) return "maintain";
  if (allowed.push) return "write";
  if (allowed.triage) return "triage";
  return allowed.pull ? "read" : "none";
}

async function permission(connection: GitHubConnection, repository: RepositoryName, login: string): Promise<Permission> {
  const client = await connection.client(repository);
  try {
    const { data } = await client.rest.repos.getCollaboratorPermissionLevel({ ...split(repository), username: login });
    // An organisation's own role has a name of its own; its base permission then says what it allows.
    return levelOf(data.role_name) ?? levelOf(data.permission) ?? "none";
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await client.rest.repos.get(split(repository)); // no such repository is an error; no such person has no permission
    return "none";
  }
}

/** `https://api.github.com` serves git at `https://github.com`; Enterprise and the local forge serve both from one host. */
function gitUrlOf(baseUrl = "https://api.github.com"): string {
  const url = new URL(baseUrl);
  return url.hostname === "api.github.com" ? "https://github.com" : url.origin;
}

type AnyMember = (...parameters: never[]) => Promise<unknown>;

/** Wraps every member so that no vendor error leaves the adapter. */
function translatedMembers(forge: Forge): Forge {
  const members = Object.entries(forge) as readonly (readonly [string, AnyMember])[];
  const wrapped: Readonly<Record<string, AnyMember>> = Object.fromEntries(
    members.map(([name, member]) => [name, (...parameters: never[]) => translated(`forge.${name}`, () => member(...parameters))]),
  );
  // The same names with the same parameters and results, which `entries` cannot say.
  return wrapped as unknown as Forge;
}
