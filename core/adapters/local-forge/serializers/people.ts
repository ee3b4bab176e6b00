import { ownerOf, userById, type World } from "../world.ts";
import type { RepositoryRow, UserRow } from "../state/rows.ts";

export type JsonObject = Record<string, unknown>;

/** GitHub's time format: whole seconds, UTC. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export function optionalTimestamp(milliseconds: number | null): string | null {
  return milliseconds === null ? null : timestamp(milliseconds);
}

/** Address of the REST API, with GitHub Enterprise's path so that Octokit finds GraphQL beside it. */
export function apiUrl(world: World): string {
  return `${world.url()}/api/v3`;
}

export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(String(id)).toString("base64url")}`;
}

/** The number inside a node id of `kind`, or undefined when it is another kind's. */
export function fromNodeId(kind: string, id: string): number | undefined {
  if (!id.startsWith(`${kind}_`)) return undefined;
  const number = Number(Buffer.from(id.slice(kind.length + 1), "base64url").toString());
  return Number.isSafeInteger(number) ? number : undefined;
}

/** `simple-user`. */
export function simpleUser(world: World, user: UserRow): JsonObject {
  const url = `${apiUrl(world)}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("U", user.id),
    avatar_url: `${world.url()}/avatars/u/${user.id}`,
    gravatar_id: "",
    url,
    html_url: `${world.url()}/${encodeURIComponent(user.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

export function simpleUserById(world: World, id: number): JsonObject {
  return simpleUser(world, userById(world, id));
}

/** `public-user`. */
export function publicUser(world: World, user: UserRow): JsonObject {
  const repositories = world.db.get<{ n: number }>("select count(*) n from repositories where owner_id = ? and private = 0", user.id)?.n ?? 0;
  return {
    ...simpleUser(world, user),
    name: user.name,
    company: null,
    blog: "",
    location: null,
    email: user.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: repositories,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: timestamp(user.created_at),
    updated_at: timestamp(user.created_at),
  };
}

/** `organization-simple-webhooks`, for the payloads of an organisation's repositories. */
export function simpleOrganization(world: World, user: UserRow): JsonObject {
  const url = `${apiUrl(world)}/orgs/${user.login}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("O", user.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url()}/avatars/u/${user.id}`,
    description: "",
  };
}

export function ownerName(world: World, repository: RepositoryRow): string {
  return `${ownerOf(world, repository).login}/${repository.name}`;
}
