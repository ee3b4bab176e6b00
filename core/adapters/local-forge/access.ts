import { createHash } from "node:crypto";
import { HttpError, notFound } from "./http-errors.ts";
import type { RepositoryRow, UserRow } from "./state/rows.ts";
import { ownerOf, repositoryByName, userById, type World } from "./world.ts";

export const permissions = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Permission = (typeof permissions)[number];

/** Only the hash of a token is stored. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The token inside an Authorization header: `token T`, `Bearer T`, or basic with the token as password (git). */
export function tokenFrom(header: string | undefined): string | undefined {
  const [scheme = "", value = ""] = (header ?? "").split(" ", 2);
  if (/^(token|bearer)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  const pair = Buffer.from(value, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1);
}

/**
 * Who sent this request. No credential: undefined (anonymous).
 * @throws HttpError 401 for a credential that is unknown or expired.
 */
export function authenticate(world: World, header: string | undefined): UserRow | undefined {
  if (!header) return undefined;
  const token = tokenFrom(header);
  const row = token
    ? world.db.get<{ user_id: number; expires_at: number | null }>("select user_id, expires_at from tokens where hash = ?", tokenHash(token))
    : undefined;
  if (!row || (row.expires_at !== null && row.expires_at <= world.clock.now())) throw new HttpError(401, "Bad credentials");
  return userById(world, row.user_id);
}

/** A user's effective permission: owner and organisation owners are admins, members of the owning organisation read, collaborators have what they were given. */
export function permissionOf(world: World, repository: RepositoryRow, user: UserRow | undefined): Permission {
  const open: Permission = repository.private === 0 ? "read" : "none";
  if (!user) return open;
  if (user.id === repository.owner_id) return "admin";
  const member = world.db.get<{ role: string }>(
    "select role from organization_members where organization_id = ? and user_id = ?",
    repository.owner_id,
    user.id,
  );
  if (member?.role === "admin") return "admin";
  const given =
    world.db.get<{ permission: Permission }>("select permission from collaborators where repository_id = ? and user_id = ?", repository.id, user.id)
      ?.permission ?? "none";
  return strongest([open, member ? "read" : "none", given]);
}

/** Everybody who has a right on the repository that not everybody has: its owner or those of its organisation, its members, and who was given one. In the order in which they came. */
export function collaboratorIds(world: World, repository: RepositoryRow): readonly number[] {
  const rows = world.db.all<{ id: number }>(
    `select id from users where type <> 'Organization' and (id = ?
       or id in (select user_id from organization_members where organization_id = ?)
       or id in (select user_id from collaborators where repository_id = ?)) order by id`,
    repository.owner_id,
    repository.owner_id,
    repository.id,
  );
  return rows.map(({ id }) => id);
}

export function isAtLeast(permission: Permission, needed: Permission): boolean {
  return permissions.indexOf(permission) >= permissions.indexOf(needed);
}

/** The repository, when `user` may see it. @throws HttpError 404 otherwise, 403 when seeing is allowed but `needed` is not. */
export function repositoryFor(world: World, user: UserRow | undefined, owner: string, name: string, needed: Permission): RepositoryRow {
  const repository = repositoryByName(world, owner, name);
  if (!repository) throw notFound();
  const has = permissionOf(world, repository, user);
  if (!isAtLeast(has, "read")) throw notFound();
  if (isAtLeast(has, needed)) return repository;
  throw user
    ? new HttpError(403, needed === "admin" ? "Must have admin rights to Repository." : "Resource not accessible by personal access token")
    : new HttpError(401, "Requires authentication");
}

/** GitHub's word for how a user stands to a repository. */
export function associationOf(world: World, repository: RepositoryRow, userId: number): "OWNER" | "MEMBER" | "COLLABORATOR" | "NONE" {
  if (userId === repository.owner_id) return "OWNER";
  if (
    ownerOf(world, repository).type === "Organization" &&
    world.db.get("select 1 from organization_members where organization_id = ? and user_id = ?", repository.owner_id, userId)
  )
    return "MEMBER";
  return world.db.get("select 1 from collaborators where repository_id = ? and user_id = ?", repository.id, userId) ? "COLLABORATOR" : "NONE";
}

function strongest(candidates: readonly Permission[]): Permission {
  return candidates.reduce((best, next) => (isAtLeast(next, best) ? next : best), "none");
}
