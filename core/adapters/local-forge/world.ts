import type { Clock } from "../../ports/clock.ts";
import type { Database } from "./state/database.ts";
import type { RepositoryRow, UserRow } from "./state/rows.ts";

/** What every route and every record function of the forge needs. */
export interface World {
  readonly db: Database;
  readonly clock: Clock;
  /** Root of the bare repositories: `<root>/<owner>/<name>.git`. */
  readonly gitRoot: string;
  /** Base address, without a trailing slash; known once the server listens. */
  url(): string;
  /** Called inside a transaction after deliveries were queued; sends them once the transaction is through. */
  wake(): void;
}

/** Now, as GitHub tells time: whole seconds, in milliseconds. */
export function seconds(world: World): number {
  return Math.floor(world.clock.now() / 1000) * 1000;
}

/** Where a repository's objects live. */
export function gitDirectory(world: World, repository: RepositoryRow): string {
  return `${world.gitRoot}/${ownerOf(world, repository).login}/${repository.name}.git`;
}

export function ownerOf(world: World, repository: RepositoryRow): UserRow {
  return userById(world, repository.owner_id);
}

/** A user that a row refers to. Users are never deleted, so a missing one is a broken state file. */
export function userById(world: World, id: number): UserRow {
  const user = world.db.get<UserRow>("select * from users where id = ?", id);
  if (!user) throw new Error(`the forge's state refers to user ${id}, who does not exist`);
  return user;
}

export function userByLogin(world: World, login: string): UserRow | undefined {
  return world.db.get<UserRow>("select * from users where login = ?", login);
}

export function repositoryById(world: World, id: number): RepositoryRow {
  const repository = world.db.get<RepositoryRow>("select * from repositories where id = ?", id);
  if (!repository) throw new Error(`the forge's state refers to repository ${id}, which does not exist`);
  return repository;
}

export function repositoryByName(world: World, owner: string, name: string): RepositoryRow | undefined {
  return world.db.get<RepositoryRow>("select r.* from repositories r join users u on u.id = r.owner_id where u.login = ? and r.name = ?", owner, name);
}
