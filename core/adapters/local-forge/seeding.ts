import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tokenHash, type Permission } from "./access.ts";
import { allowHttp, commitFiles, createBareRepository, readRefs, runGit } from "./git.ts";
import { adoptRefs } from "./refs.ts";
import type { AppRow, InstallationRow, UserRow } from "./state/rows.ts";
import { repositoryById, repositoryByName, seconds, userByLogin, type World } from "./world.ts";

export interface SeedUser {
  readonly login: string;
  readonly type?: "User" | "Bot" | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  /** A token of the caller's choice, to have the same one after a restart. Without it a new one is made. */
  readonly token?: string | undefined;
}

export interface SeedRepository {
  /** `owner/name`; the owner must exist. */
  readonly name: string;
  readonly private?: boolean | undefined;
  readonly description?: string | undefined;
  /** `main` where the source does not say. */
  readonly defaultBranch?: string | undefined;
  /** A local git repository (copied, never changed), or files that become the first commit. Nothing: one commit with a README. */
  readonly source?:
    | { readonly git: string }
    | { readonly files: Readonly<Record<string, string | Uint8Array>>; readonly message?: string | undefined }
    | undefined;
  readonly collaborators?: Readonly<Record<string, Exclude<Permission, "none">>> | undefined;
}

export interface SeededApp {
  readonly appId: number;
  /** PKCS#8, PEM. Known only now: the forge keeps the public half. */
  readonly privateKey: string;
  readonly installationId: number;
  /** Login of the app's bot user, for `setPermission`. */
  readonly login: string;
}

/** What a composition does to the forge directly, without HTTP. Everything here may be repeated: what exists is left as it is. */
export interface Seeding {
  /** Makes sure that the user exists, and returns a token for it. */
  ensureUser(user: SeedUser): { readonly login: string; readonly token: string };
  /** Makes sure that the organisation exists with these members. */
  ensureOrganization(organization: { readonly login: string; readonly owners: readonly string[]; readonly members?: readonly string[] | undefined }): void;
  /** Makes sure that the repository exists; one that does is not touched. @returns whether it was made now. */
  ensureRepository(repository: SeedRepository): Promise<boolean>;
  setPermission(repository: string, login: string, permission: Permission): void;
  /** @throws Error when the repository has no such branch. */
  setDefaultBranch(repository: string, branch: string): Promise<void>;
  /** Registers an app and installs it on the account that owns it. Its key is new each time: the forge does not keep the private half. */
  createApp(app: { readonly slug: string; readonly owner: string }): SeededApp;
}

export function createSeeding(world: World): Seeding {
  return {
    ensureUser: (user) => world.db.transaction(() => ensureUser(world, user)),
    ensureOrganization: (organization) => world.db.transaction(() => ensureOrganization(world, organization)),
    ensureRepository: (repository) => ensureRepository(world, repository),
    setPermission: (repository, login, permission) => setPermission(world, repository, login, permission),
    setDefaultBranch: (repository, branch) => setDefaultBranch(world, repository, branch),
    createApp: (app) => world.db.transaction(() => createApp(world, app)),
  };
}

function existingUser(world: World, login: string): UserRow {
  const user = userByLogin(world, login);
  if (!user) throw new Error(`the local forge has no user ${login}`);
  return user;
}

function insertAccount(world: World, login: string, type: UserRow["type"], name?: string, email?: string): void {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\[bot\])?$/.test(login)) throw new Error(`not a login: ${login}`);
  world.db.run("insert into users (login, type, name, email, created_at) values (?, ?, ?, ?, ?)", login, type, name ?? null, email ?? null, seconds(world));
}

function ensureUser(world: World, user: SeedUser): { login: string; token: string } {
  if (!userByLogin(world, user.login)) insertAccount(world, user.login, user.type ?? "User", user.name, user.email);
  const { id, login } = existingUser(world, user.login);
  const token = user.token ?? `ghp_${randomBytes(27).toString("base64url")}`;
  world.db.run("insert into tokens (hash, user_id) values (?, ?) on conflict do update set user_id = excluded.user_id", tokenHash(token), id);
  return { login, token };
}

function ensureOrganization(world: World, organization: Parameters<Seeding["ensureOrganization"]>[0]): void {
  if (!userByLogin(world, organization.login)) insertAccount(world, organization.login, "Organization");
  const { id } = existingUser(world, organization.login);
  const add = (login: string, role: string) =>
    world.db.run(
      "insert into organization_members (organization_id, user_id, role) values (?, ?, ?) on conflict do update set role = excluded.role",
      id,
      existingUser(world, login).id,
      role,
    );
  for (const login of organization.members ?? []) add(login, "member");
  for (const login of organization.owners) add(login, "admin");
}

async function ensureRepository(world: World, wanted: SeedRepository): Promise<boolean> {
  const [ownerLogin = "", name = ""] = wanted.name.split("/");
  if (!/^[A-Za-z0-9._-]+$/.test(name) || name.startsWith(".") || name.endsWith(".git")) throw new Error(`not a repository name: ${wanted.name}`);
  const owner = existingUser(world, ownerLogin);
  if (repositoryByName(world, owner.login, name)) return false;
  const directory = join(world.gitRoot, owner.login, `${name}.git`);
  const draft = join(world.gitRoot, `.draft-${randomUUID()}`);
  try {
    const branch = await fill(world, draft, wanted, owner);
    await mkdir(dirname(directory), { recursive: true });
    await rm(directory, { recursive: true, force: true }); // left by a process that died before the row was written
    await rename(draft, directory);
    const at = seconds(world);
    const id = world.db.run(
      "insert into repositories (owner_id, name, private, description, default_branch, created_at, updated_at, pushed_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
      owner.id,
      name,
      wanted.private === false ? 0 : 1,
      wanted.description ?? null,
      branch,
      at,
      at,
      at,
    );
    await adoptRefs(world, repositoryById(world, id));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  for (const [login, permission] of Object.entries(wanted.collaborators ?? {})) setPermission(world, wanted.name, login, permission);
  return true;
}

/** @returns the default branch. */
async function fill(world: World, draft: string, wanted: SeedRepository, owner: UserRow): Promise<string> {
  if (wanted.source && "git" in wanted.source) return cloneInto(draft, wanted.source.git, world.gitRoot, wanted.defaultBranch);
  const branch = wanted.defaultBranch ?? "main";
  await createBareRepository(draft, branch);
  await allowHttp(draft);
  const files = wanted.source?.files ?? { "README.md": `# ${wanted.name}\n` };
  const author = { name: owner.login, email: owner.email ?? `${owner.login}@users.noreply.local`, at: seconds(world) };
  await commitFiles(draft, branch, new Map(Object.entries(files)), `${wanted.source?.message ?? "Initial commit"}\n`, author);
  return branch;
}

async function cloneInto(draft: string, source: string, cwd: string, defaultBranch: string | undefined): Promise<string> {
  await runGit(cwd, ["-c", "safe.directory=*", "clone", "--quiet", "--bare", "--no-hardlinks", source, draft]);
  await runGit(draft, ["remote", "remove", "origin"]);
  await allowHttp(draft);
  const refs = await readRefs(draft);
  const head = (await runGit(draft, ["symbolic-ref", "--quiet", "--short", "HEAD"])).trim();
  const branch = [defaultBranch, head, "main", "master"].find((candidate) => candidate !== undefined && refs.has(`refs/heads/${candidate}`));
  if (branch === undefined)
    throw new Error(`the repository at ${source} has none of the branches ${[defaultBranch, head, "main", "master"].filter(Boolean).join(", ")}`);
  await runGit(draft, ["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
  return branch;
}

function setPermission(world: World, repository: string, login: string, permission: Permission): void {
  const [owner = "", name = ""] = repository.split("/");
  const row = repositoryByName(world, owner, name);
  if (!row) throw new Error(`the local forge has no repository ${repository}`);
  const { id } = existingUser(world, login);
  if (permission === "none") world.db.run("delete from collaborators where repository_id = ? and user_id = ?", row.id, id);
  else
    world.db.run(
      "insert into collaborators (repository_id, user_id, permission) values (?, ?, ?) on conflict do update set permission = excluded.permission",
      row.id,
      id,
      permission,
    );
}

async function setDefaultBranch(world: World, repository: string, branch: string): Promise<void> {
  const [owner = "", name = ""] = repository.split("/");
  const row = repositoryByName(world, owner, name);
  if (!row) throw new Error(`the local forge has no repository ${repository}`);
  const directory = join(world.gitRoot, owner, `${row.name}.git`);
  if (!(await readRefs(directory)).has(`refs/heads/${branch}`)) throw new Error(`${repository} has no branch ${branch}`);
  await runGit(directory, ["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
  world.db.run("update repositories set default_branch = ?, updated_at = ? where id = ?", branch, seconds(world), row.id);
}

function createApp(world: World, app: { readonly slug: string; readonly owner: string }): SeededApp {
  const owner = existingUser(world, app.owner);
  const login = `${app.slug}[bot]`;
  if (!userByLogin(world, login)) insertAccount(world, login, "Bot");
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const known = world.db.get<AppRow>("select * from apps where slug = ?", app.slug);
  if (known) world.db.run("update apps set public_key = ? where id = ?", publicKey, known.id);
  const appId =
    known?.id ?? world.db.run("insert into apps (slug, owner_id, public_key, created_at) values (?, ?, ?, ?)", app.slug, owner.id, publicKey, seconds(world));
  const installed = world.db.get<InstallationRow>("select * from installations where app_id = ? and account_id = ?", appId, owner.id);
  const install = (): number =>
    world.db.run(
      "insert into installations (app_id, account_id, user_id, created_at) values (?, ?, ?, ?)",
      appId,
      owner.id,
      existingUser(world, login).id,
      seconds(world),
    );
  return { appId, privateKey, installationId: installed?.id ?? install(), login };
}
