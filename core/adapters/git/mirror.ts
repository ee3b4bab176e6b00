import type { BranchName, CommitSha, Instant, RepositoryName } from "../../domain/kernel/values.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { FileVersion, RepositoryMirror } from "../../ports/repository-mirror.ts";
import { changesOfCommits } from "./changes.ts";
import type { GitClones } from "./clones.ts";
import { createObjectCache } from "./object-cache.ts";
import { git, gitFailure, runGit } from "./git-process.ts";

interface Author {
  readonly name: string;
  readonly email: string;
}

export interface GitMirrorOptions {
  readonly clones: GitClones;
  /** Author and committer of what the gateway writes. */
  readonly author: Author;
}

const commitAttempts = 5;

/** The forge's repositories as the server reads and writes them, without the agent. See {@link RepositoryMirror}. */
export function createGitMirror({ clones, author }: GitMirrorOptions): RepositoryMirror {
  const objects = createObjectCache();
  async function commitAt(repository: RepositoryName, ref: string): Promise<{ readonly cwd: string; readonly commit: string } | undefined> {
    const cwd = await clones.open(repository);
    if (isCommit(ref)) return { cwd, commit: ref };
    const found = await runGit(["rev-parse", "--verify", "--quiet", `${revision(ref)}^{commit}`], { cwd });
    return found.code === 0 ? { cwd, commit: found.stdout.toString("utf8").trim() } : undefined;
  }
  return {
    fetch: async (repository, branch) => {
      await clones.update(repository);
      return clones.tip(repository, branch);
    },
    async contains(repository, branch, commit) {
      const cwd = await clones.update(repository);
      const looked = await runGit(["merge-base", "--is-ancestor", revision(commit), `refs/heads/${branch}`], { cwd });
      // 1: it is not an ancestor; 128: there is no such commit or no such branch here, and here is what the forge has.
      return looked.code === 0;
    },
    async readFile(repository, ref, file) {
      const at = await commitAt(repository, ref);
      return at && objects.text(at.cwd, at.commit, file);
    },
    async fileVersions(repository, ref, file, limit) {
      const at = await commitAt(repository, ref);
      return at ? versionsOf(await git(["log", `--max-count=${limit}`, "-z", "--format=%H%n%ct%n%an%n%s", at.commit, "--", file], { cwd: at.cwd })) : [];
    },
    async listFiles(repository, ref, prefix) {
      const at = await commitAt(repository, ref);
      return at ? (await objects.paths(at.cwd, at.commit)).filter((name) => name.startsWith(prefix)) : [];
    },
    async listBlobs(repository, ref, prefix) {
      const at = await commitAt(repository, ref);
      return at ? (await objects.blobs(at.cwd, at.commit)).filter(({ path }) => path.startsWith(prefix)) : [];
    },
    changes: async (repository, from, to) => {
      const cwd = await clones.open(repository);
      return changesOfCommits(revision(to), [revision(from)], { cwd });
    },
    commitFiles: async (repository, branch, files, message) => {
      for (let attempt = 1; ; attempt += 1) {
        await clones.update(repository);
        const outcome = await clones.exclusively(repository, () => commitOnce(clones, repository, branch, files, message, author));
        if (outcome !== "moved") return outcome;
        if (attempt === commitAttempts)
          throw new InfrastructureError("conflict", `the branch ${branch} of ${repository} moved at every attempt to commit to it`);
      }
    },
  };
}

function versionsOf(log: string): readonly FileVersion[] {
  return log
    .split("\0")
    .filter(Boolean)
    .map((entry) => {
      const [commit = "", seconds = "", author = "", ...subject] = entry.split("\n");
      return { commit: commit as CommitSha, at: (Number(seconds) * 1_000) as Instant, author, subject: subject.join(" ") };
    });
}

/** A commit as it is, a branch by its full name: an agent's branch called like an option or a commit must not be read as one. */
function revision(ref: string): string {
  return isCommit(ref) ? ref : `refs/heads/${ref}`;
}

function isCommit(ref: string): boolean {
  return /^[0-9a-f]{40}$/.test(ref);
}

async function commitOnce(
  clones: GitClones,
  repository: RepositoryName,
  branch: BranchName,
  files: ReadonlyMap<string, string>,
  message: string,
  author: Author,
): Promise<CommitSha | "moved"> {
  const cwd = await clones.open(repository);
  const tip = await clones.tip(repository, branch);
  if (!tip) throw new InfrastructureError("not-found", `there is no branch ${branch} in ${repository}`);
  const commit = await importCommit(cwd, tip, files, message, author);
  const [before, after] = (await git(["rev-parse", `${tip}^{tree}`, `${commit}^{tree}`], { cwd })).split("\n");
  if (before === after) return tip;
  const remote = await clones.remote(repository);
  const ref = `refs/heads/${branch}`;
  const args = ["push", "--porcelain", "--quiet", `--force-with-lease=${ref}:${tip}`, remote.url, `${commit}:${ref}`];
  const pushed = await runGit(args, { cwd, remote });
  if (pushed.code === 0) {
    await git(["update-ref", ref, commit], { cwd });
    return commit as CommitSha;
  }
  if (
    /^!\t/m.test(pushed.stdout.toString("utf8")) &&
    /stale info|fetch first|non-fast-forward|failed to lock|cannot lock/.test(`${pushed.stdout.toString("utf8")}${pushed.stderr}`)
  )
    return "moved";
  throw gitFailure(args, pushed);
}

/** Nobody reads it: git's import has to say where its commit goes. Each process has its own, since two of them may share a clone. */
const importRef = `refs/signalbox/import-${process.pid}`;

/** A commit on `tip` with `files` put into its tree, made by one process of git however many files there are. @returns its id. */
async function importCommit(cwd: string, tip: string, files: ReadonlyMap<string, string>, message: string, { name, email }: Author): Promise<string> {
  const who = `${name.replaceAll(/[<>\n]/g, "")} <${email.replaceAll(/[<>\n]/g, "")}> now`;
  const stream = [
    `feature done\ncommit ${importRef}\nmark :1\nauthor ${who}\ncommitter ${who}\n${data(`${message}\n`)}from ${tip}\n`,
    ...[...files].map(([file, content]) => `M 100644 inline ${quoted(file)}\n${data(content)}`),
    "get-mark :1\ndone\n",
  ];
  return git(["fast-import", "--quiet", "--force", "--date-format=now"], { cwd, input: stream.join("") });
}

/** Counted in bytes, so that nothing within it is read as a command. */
function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function quoted(file: string): string {
  return `"${file
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", String.raw`\n`)}"`;
}
