import { emit } from "./emit.ts";
import { changedPaths, isAncestor, readCommits, readRefs, zeroSha, type CommitFacts } from "./git.ts";
import { followBranch, settleMerged } from "./records/pulls.ts";
import { timestamp, type JsonObject } from "./serializers/people.ts";
import { repositoryPage } from "./serializers/repositories.ts";
import type { RepositoryRow, UserRow } from "./state/rows.ts";
import { gitDirectory, repositoryById, seconds, type World } from "./world.ts";

/** GitHub lists at most 2048 commits of a push; receivers here need the newest. */
const listedCommits = 50;

export interface RefScanner {
  /**
   * Compares the repository's references with the ones last seen, and reports each difference as a push by `pusher`. Runs after every push and once at start, so a
   * push that a killed process did not get to report is reported then.
   */
  scan(repository: RepositoryRow, pusher: UserRow): Promise<void>;
}

/** One scan per repository at a time: an older picture must never overwrite a newer one. */
export function createRefScanner(world: World): RefScanner {
  const tails = new Map<number, Promise<void>>();
  return {
    scan(repository, pusher) {
      const scanning = (tails.get(repository.id) ?? Promise.resolve()).catch(() => undefined).then(() => scanOnce(world, repository, pusher));
      tails.set(repository.id, scanning);
      return scanning;
    },
  };
}

/** Takes the references as they are, without reporting anything: for a repository that was just seeded. */
export async function adoptRefs(world: World, repository: RepositoryRow): Promise<void> {
  const refs = await readRefs(gitDirectory(world, repository));
  world.db.transaction(() => {
    for (const [name, sha] of refs) storeRef(world, repository, name, sha);
  });
}

async function scanOnce(world: World, repository: RepositoryRow, pusher: UserRow): Promise<void> {
  const known = new Map(
    world.db.all<{ name: string; sha: string }>("select name, sha from refs where repository_id = ?", repository.id).map((row) => [row.name, row.sha]),
  );
  const current = await readRefs(gitDirectory(world, repository));
  for (const name of new Set([...known.keys(), ...current.keys()])) {
    const before = known.get(name);
    const after = current.get(name);
    if (before === after) continue;
    const payload = await pushPayload(world, repository, pusher, name, before, after);
    world.db.transaction(() => {
      storeRef(world, repository, name, after);
      world.db.run("update repositories set pushed_at = ?, updated_at = ? where id = ?", seconds(world), seconds(world), repository.id);
      emit(world, repositoryById(world, repository.id), "push", null, pusher, payload);
    });
    if (!name.startsWith("refs/heads/")) continue;
    const branch = name.slice("refs/heads/".length);
    await followBranch(world, repository, pusher, branch, after);
    if (after) await settleMerged(world, repository, pusher, branch, after);
  }
}

function storeRef(world: World, repository: RepositoryRow, name: string, sha: string | undefined): void {
  if (sha) world.db.run("insert into refs (repository_id, name, sha) values (?, ?, ?) on conflict do update set sha = excluded.sha", repository.id, name, sha);
  else world.db.run("delete from refs where repository_id = ? and name = ?", repository.id, name);
}

async function pushPayload(
  world: World,
  repository: RepositoryRow,
  pusher: UserRow,
  ref: string,
  before: string | undefined,
  after: string | undefined,
): Promise<JsonObject> {
  const directory = gitDirectory(world, repository);
  const commits = after ? await readCommits(directory, before ? `${before}..${after}` : after, before ? listedCommits : 1) : [];
  const head = after ? (await readCommits(directory, after, 1))[0] : undefined;
  const forced = before !== undefined && after !== undefined && !(await isAncestor(directory, before, after));
  return {
    ref,
    before: before ?? zeroSha,
    after: after ?? zeroSha,
    created: before === undefined,
    deleted: after === undefined,
    forced,
    base_ref: null,
    compare: `${repositoryPage(world, repository)}/compare/${(before ?? zeroSha).slice(0, 12)}...${(after ?? zeroSha).slice(0, 12)}`,
    commits: await Promise.all(commits.toReversed().map((commit) => pushedCommit(world, repository, directory, commit))),
    head_commit: head ? await pushedCommit(world, repository, directory, head) : null,
    pusher: { name: pusher.login, email: pusher.email },
  };
}

async function pushedCommit(world: World, repository: RepositoryRow, directory: string, commit: CommitFacts): Promise<JsonObject> {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: timestamp(commit.author.at),
    url: `${repositoryPage(world, repository)}/commit/${commit.sha}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    ...(await changedPaths(directory, commit.sha)),
  };
}
