import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { BranchName, CommitSha, RepositoryName } from "../../domain/kernel/values.ts";
import type { ProposedPush, ProposedUpdate, PushedCommit } from "../../ports/push-guard.ts";
import { changesOfPush } from "./changes.ts";
import type { GitClones } from "./clones.ts";
import { git, gitFailure, runGit } from "./git-process.ts";
import { largestPush, weighPush } from "./weigh-push.ts";
import { noObject, type PushCommand, type PushHeader } from "./pkt-line.ts";

/** A push that came to nothing, in words for git's report and for the pusher. */
export interface Refusal {
  readonly reason: string;
  readonly lines: readonly string[];
}

export interface Quarantine {
  /** Takes the objects in. They lie beside the clone's and are seen by nobody else. */
  unpack(packFile: string, offset: number): Promise<Refusal | undefined>;
  propose(header: PushHeader, base: BranchName): Promise<ProposedPush | Refusal>;
  /** Sends the updates to the forge, each only if its ref is still where it was. */
  forward(push: ProposedPush): Promise<Refusal | undefined>;
  dispose(): Promise<void>;
}

/** A bare repository of its own for one push, whose missing objects come from the clone. Nothing that is refused ever enters the clone. */
export async function createQuarantine(clones: GitClones, repository: RepositoryName, clone: string, largestPack: number): Promise<Quarantine> {
  const cwd = await mkdtemp(path.join(clones.directory, "quarantine-"));
  await git(["init", "--quiet", "--bare", cwd]);
  await writeFile(path.join(cwd, "objects", "info", "alternates"), `${path.join(clone, "objects")}\n`);
  return {
    unpack: async (packFile, offset) => {
      const input = createReadStream(packFile, { start: offset });
      const args = ["index-pack", "--stdin", "--fix-thin", "--strict", `--max-input-size=${largestPack}`];
      // Large objects are streamed to the disk, and no single one may take more memory than this, whatever a pack claims of its contents.
      const env = { GIT_ALLOC_LIMIT: "256m", GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "core.bigFileThreshold", GIT_CONFIG_VALUE_0: "32m" };
      const unpacked = await runGit(args, { cwd, input, env, timeout: unpackTimeout });
      if (unpacked.code === 0) return undefined;
      return { reason: "the pack is damaged", lines: ["The pushed objects cannot be used:", ...unpacked.stderr.trim().split("\n").slice(0, 5)] };
    },
    propose: async (header, base) => {
      const heads = await git(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/"], { cwd: clone });
      const tips = new Map(
        heads
          .split("\n")
          .filter(Boolean)
          .map((line) => [line.slice(41), line.slice(0, 40)]),
      );
      const updates: ProposedUpdate[] = [];
      for (const command of header.commands) {
        const update = await proposeUpdate(cwd, command, tips, tips.get(`refs/heads/${base}`));
        if ("reason" in update) return update;
        updates.push(update);
      }
      return { repository, updates };
    },
    forward: (push) => forwardPush(clones, push, cwd),
    dispose: () => rm(cwd, { recursive: true, force: true }),
  };
}

async function proposeUpdate(
  cwd: string,
  command: PushCommand,
  tips: ReadonlyMap<string, string>,
  base: string | undefined,
): Promise<ProposedUpdate | Refusal> {
  const before = tips.get(command.ref);
  const expected = command.before === noObject ? undefined : command.before;
  if (before !== expected) return { reason: "fetch first", lines: [`${command.ref} moved on the forge. Fetch, put your commits on top, and push again.`] };
  const named = { ref: command.ref, before: before as CommitSha | undefined };
  if (command.after === noObject) return { ...named, forced: false, changes: [] };
  const broken = await findBreak(cwd, command.after, [...tips.values()]);
  if (broken) return broken;
  const excess = await weighPush(cwd, command.after, [...tips.values()]);
  if (excess !== undefined) return tooLarge(excess);
  const forced = before !== undefined && (await runGit(["merge-base", "--is-ancestor", before, command.after], { cwd })).code !== 0;
  const changes = await changesOfPush(before, command.after, base, { cwd });
  if (changes.length > largestPush.changes) return tooLarge(`it touches more than ${largestPush.changes} paths`);
  return { ...named, after: command.after as CommitSha, forced, changes, commits: await readCommits(cwd, command.after, [...tips.values()]) };
}

const unpackTimeout = 120_000;

function tooLarge(why: string): Refusal {
  return { reason: "the push is too large", lines: [`The push is not taken: ${why}. Push less, or leave generated and binary files out.`] };
}

async function readCommits(cwd: string, commit: string, known: readonly string[]): Promise<readonly PushedCommit[]> {
  const wanted = [commit, ...known.map((tip) => `^${tip}`)].join("\n");
  const format = "--format=%x00%H%n%an <%ae>%n%cn <%ce>%n%B";
  const listed = await git(["log", "--no-walk=unsorted", "--stdin", "--encoding=UTF-8", format], {
    cwd,
    input: await git(["rev-list", "--stdin"], { cwd, input: `${wanted}\n` }),
  });
  return listed
    .split("\0")
    .filter((record) => record.trim() !== "")
    .map((record) => {
      const [sha = "", author = "", committer = "", ...message] = record.split("\n");
      return { sha: sha as CommitSha, author, committer, message: message.join("\n").trim() };
    });
}

/** A tip must be a commit whose whole history is here or known: the forge would refuse it, and it could not be judged. */
async function findBreak(cwd: string, commit: string, known: readonly string[]): Promise<Refusal | undefined> {
  const type = await runGit(["cat-file", "-t", commit], { cwd });
  if (type.stdout.toString("utf8").trim() !== "commit") return { reason: "not a commit", lines: ["Only commits can be pushed to a branch."] };
  const wanted = [commit, ...known.map((tip) => `^${tip}`)].join("\n");
  const walked = await runGit(["rev-list", "--objects", "--quiet", "--stdin"], { cwd, input: `${wanted}\n` });
  return walked.code === 0 ? undefined : { reason: "missing objects", lines: ["The push lacks objects that its commits need."] };
}

async function forwardPush(clones: GitClones, push: ProposedPush, cwd: string): Promise<Refusal | undefined> {
  const remote = await clones.remote(push.repository);
  const leases = push.updates.map((update) => `--force-with-lease=${update.ref}:${update.before ?? ""}`);
  const specs = push.updates.map((update) => `${update.after ?? ""}:${update.ref}`);
  const args = ["push", "--porcelain", "--atomic", ...leases, remote.url, ...specs];
  const pushed = await runGit(args, { cwd, remote, timeout: 300_000 });
  if (pushed.code === 0) return undefined;
  const rejected = /^!\t[^\t]*\t(.*)$/m.exec(pushed.stdout.toString("utf8"))?.[1];
  if (rejected === undefined) throw gitFailure(args, pushed);
  const words = pushed.stderr
    .split("\n")
    .filter((line) => line.startsWith("remote: "))
    .slice(0, 10);
  // The forge names a lost race in many ways; where its branch is now says it in one.
  await clones.update(push.repository);
  for (const update of push.updates) {
    const now = await clones.tip(push.repository, update.ref.replace(/^refs\/heads\//, "") as BranchName);
    if (now !== update.before)
      return { reason: "fetch first", lines: ["The branch moved on the forge meanwhile. Fetch, put your commits on top, and push again."] };
  }
  return { reason: "the forge refused it", lines: [`The forge refused the push: ${rejected}`, ...words.map((line) => line.slice(8))] };
}
