import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { BranchName, CommitSha, RepositoryName } from "../../domain/kernel/values.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { git, runGit, type GitRemote } from "./git-process.ts";

/** The server's bare clones on disk. Heads are overwritten with the forge's at every fetch, so nothing here is ever the only copy. */
export interface GitClones {
  /** Fetches all branches. @returns the clone's directory. */
  update(repository: RepositoryName): Promise<string>;
  /** The clone's directory; fetches only when there is none yet. */
  open(repository: RepositoryName): Promise<string>;
  remote(repository: RepositoryName): Promise<GitRemote>;
  tip(repository: RepositoryName, branch: BranchName): Promise<CommitSha | undefined>;
  /** One piece of work at a time per repository, for what changes the clone. */
  exclusively<T>(repository: RepositoryName, work: () => Promise<T>): Promise<T>;
  readonly directory: string;
}

export interface GitClonesOptions {
  /** Where the clones live; made when it is not there. */
  readonly directory: string;
  /** Address and credential of a repository: the forge port's `gitRemote`. */
  readonly remote: (repository: RepositoryName) => Promise<GitRemote>;
}

export function createGitClones(options: GitClonesOptions): GitClones {
  const last = new Map<string, Promise<unknown>>();
  const place = (repository: RepositoryName): string => path.join(options.directory, "clones", `${checkedName(repository)}.git`);

  async function exclusively<T>(repository: RepositoryName, work: () => Promise<T>): Promise<T> {
    const previous = last.get(repository) ?? Promise.resolve();
    const run = previous.then(work, work);
    const settled = run.catch(() => undefined);
    last.set(repository, settled);
    try {
      return await run;
    } finally {
      if (last.get(repository) === settled) last.delete(repository);
    }
  }

  async function fetchAll(repository: RepositoryName): Promise<string> {
    await removeLeftovers(options.directory);
    const directory = place(repository);
    if (await fetchWhole(directory, repository)) return directory;
    // Another process that fetches into the same clone holds its locks for a moment.
    await delay(lockPatience);
    if (await fetchWhole(directory, repository)) return directory;
    // A machine that lost power leaves locks and half-written objects. Nothing here is the only copy, so the clone is made anew.
    await setAside(directory, options.directory);
    await fetchInto(directory, repository);
    return directory;
  }

  /** @returns false when git can do nothing with the clone as it is. */
  async function fetchWhole(directory: string, repository: RepositoryName): Promise<boolean> {
    try {
      await fetchInto(directory, repository);
      return true;
    } catch (error) {
      if (error instanceof InfrastructureError && error.code === "internal") return false;
      throw error;
    }
  }

  async function fetchInto(directory: string, repository: RepositoryName): Promise<void> {
    if (!(await exists(path.join(directory, "HEAD")))) await initialise(directory);
    const remote = await options.remote(repository);
    // Heads only: pull request refs and tags are nothing that a run reads.
    await git(["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", remote.url, "+refs/heads/*:refs/heads/*"], { cwd: directory, remote });
  }

  const waiting = new Map<string, Promise<string>>();
  /** Calls that come before a fetch has begun share it: what it brings is as new as each of them may ask for. */
  function update(repository: RepositoryName): Promise<string> {
    const shared = waiting.get(repository);
    if (shared) return shared;
    const fetched = exclusively(repository, () => {
      waiting.delete(repository);
      return fetchAll(repository);
    });
    waiting.set(repository, fetched);
    return fetched;
  }

  return {
    directory: options.directory,
    exclusively,
    remote: options.remote,
    update: (repository) => update(repository),
    open: async (repository) =>
      (await exists(path.join(place(repository), "HEAD"))) ? place(repository) : exclusively(repository, () => fetchAll(repository)),
    tip: async (repository, branch) => {
      const found = await runGit(["rev-parse", "--verify", "--quiet", `refs/heads/${branch}`], { cwd: place(repository) });
      return found.code === 0 ? (found.stdout.toString("utf8").trim() as CommitSha) : undefined;
    },
  };
}

async function initialise(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw new InfrastructureError("unwritable", `cannot make the directory ${directory}`, {
      cause,
      remedy: "Give Signalbox a data directory that it may write to.",
    });
  }
  await git(["init", "--quiet", "--bare", "--initial-branch=main", directory]);
}

/** A repository name is part of a path: exactly `owner/name`, and neither part may climb. */
function checkedName(repository: RepositoryName): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*\/[A-Za-z0-9_.-]+$/.test(repository) || repository.split("/").some((part) => /^\.+$/.test(part)))
    throw new InfrastructureError("not-found", `'${repository}' is not a repository name`);
  return repository;
}

/** In one step, so that whoever else finds the clone broken at the same moment does not take apart the next one; then it is removed in peace. */
async function setAside(clone: string, directory: string): Promise<void> {
  const aside = path.join(directory, `quarantine-${randomUUID()}`);
  try {
    await rename(clone, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

const lockPatience = 500;
const leftoverAge = 3_600_000;

/** Pushes that were being judged when a process died: their directories are nobody's after an hour. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => /^(quarantine|push)-/.test(name));
  for (const name of names) {
    const place = path.join(directory, name);
    const made = await stat(place).catch(() => undefined);
    if (made && made.mtimeMs < Date.now() - leftoverAge) await rm(place, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
