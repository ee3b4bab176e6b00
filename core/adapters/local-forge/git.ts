import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/** Git said no. `stderr` is for the log and for tests, never compared. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
  readonly exitCode: number;

  constructor(args: readonly string[], exitCode: number, stderr: string) {
    super(`git ${args[0] ?? ""} ended with ${exitCode}: ${stderr.trim()}`);
    this.exitCode = exitCode;
  }
}

export interface GitIdentity {
  readonly name: string;
  readonly email: string;
  /** Milliseconds. */
  readonly at: number;
}

/** The environment of every git process: nothing of the machine's own configuration may change what the forge does. */
export const gitEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

/** Runs git in `directory` and returns its output. @throws GitFailure on a non-zero exit. */
export async function runGit(
  directory: string,
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return (await runGitBytes(directory, args, options)).toString("utf8");
}

/** Like runGit, for content that need not be text. */
export function runGitBytes(
  directory: string,
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { cwd: directory, env: { ...gitEnvironment, ...options.env }, stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.stdin.on("error", () => undefined); // git may end before it has read everything; its exit code says why
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(Buffer.concat(out)) : reject(new GitFailure(args, code ?? -1, Buffer.concat(errors).toString("utf8")))));
    child.stdin.end(options.input ?? "");
  });
}

/** Makes an empty bare repository that `git http-backend` may serve. */
export async function createBareRepository(directory: string, defaultBranch: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await runGit(directory, ["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`]);
  await allowHttp(directory);
}

/** Settings that every served repository needs: pushes over HTTP, nobody writes the forge's own pull refs. */
export async function allowHttp(directory: string): Promise<void> {
  await runGit(directory, ["config", "http.receivepack", "true"]);
  await runGit(directory, ["config", "receive.hideRefs", "refs/pull"]);
  await runGit(directory, ["config", "gc.auto", "0"]);
}

/** Branches and tags with the commit they point at. */
export async function readRefs(directory: string): Promise<ReadonlyMap<string, string>> {
  const output = await runGit(directory, ["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"]);
  return new Map(
    output
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ", 2) as [string, string]),
  );
}

/** The commit a revision names, or undefined. */
export async function resolveCommit(directory: string, revision: string): Promise<string | undefined> {
  if (revision.startsWith("-")) return undefined;
  try {
    return (await runGit(directory, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`])).trim();
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

export interface DiffFile {
  readonly path: string;
  readonly previousPath?: string | undefined;
  readonly status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
  readonly additions: number;
  readonly deletions: number;
}

export interface DiffStats {
  readonly commits: number;
  readonly files: readonly DiffFile[];
}

const statusNames: Readonly<Record<string, DiffFile["status"]>> = { A: "added", D: "removed", M: "modified", R: "renamed", C: "copied", T: "changed" };

/** What `head` brings beyond its common ancestor with `base`. */
export async function diffStats(directory: string, base: string, head: string): Promise<DiffStats> {
  const [count, numbers, names] = await Promise.all([
    runGit(directory, ["rev-list", "--count", `${base}..${head}`]),
    runGit(directory, ["diff", "-z", "--no-renames", "--numstat", `${base}...${head}`]),
    runGit(directory, ["diff", "-z", "--no-renames", "--name-status", `${base}...${head}`]),
  ]);
  const fields = names.split("\0");
  const statusOf = new Map<string, DiffFile["status"]>();
  for (let i = 0; i + 1 < fields.length; i += 2) statusOf.set(fields[i + 1] ?? "", statusNames[(fields[i] ?? "").charAt(0)] ?? "changed");
  const files = numbers
    .split("\0")
    .filter(Boolean)
    .map((line): DiffFile => {
      const [added = "0", removed = "0", ...path] = line.split("\t");
      const name = path.join("\t");
      // A binary file counts "-" lines: zero, as GitHub shows it.
      return { path: name, status: statusOf.get(name) ?? "modified", additions: Number(added) || 0, deletions: Number(removed) || 0 };
    });
  return { commits: Number(count.trim()), files };
}

/** The hunk of the pull request's diff that shows `line` of the new file, or undefined when the diff does not show it. */
export async function hunkAt(directory: string, base: string, head: string, path: string, line: number | undefined): Promise<string | undefined> {
  const diff = await runGit(directory, ["diff", "--no-renames", "--no-color", `${base}...${head}`, "--", path]);
  const hunks = diff.split(/^(?=@@ )/m).slice(1);
  if (line === undefined) return hunks[0];
  return hunks.find((hunk) => {
    const range = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(hunk);
    const start = Number(range?.[1] ?? 0);
    return line >= start && line < start + Number(range?.[2] ?? 1);
  });
}

/** The tree that merging both sides gives, or undefined on a conflict. */
export async function mergedTree(directory: string, base: string, head: string): Promise<string | undefined> {
  try {
    return (await runGit(directory, ["merge-tree", "--write-tree", "--no-messages", base, head])).split("\n", 1)[0];
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** Whether `descendant` contains `commit`. */
export async function isAncestor(directory: string, commit: string, descendant: string): Promise<boolean> {
  try {
    await runGit(directory, ["merge-base", "--is-ancestor", commit, descendant]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure) return false;
    throw error;
  }
}

/** Paths that one commit added, removed and changed against its first parent. */
export async function changedPaths(
  directory: string,
  sha: string,
): Promise<{ readonly added: readonly string[]; readonly removed: readonly string[]; readonly modified: readonly string[] }> {
  const fields = (
    await runGit(directory, ["diff-tree", "-z", "--no-commit-id", "--root", "-r", "--no-renames", "--name-status", "-m", "--first-parent", sha])
  ).split("\0");
  const paths: { added: string[]; removed: string[]; modified: string[] } = { added: [], removed: [], modified: [] };
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const path = fields[i + 1] ?? "";
    if (fields[i] === "A") paths.added.push(path);
    else if (fields[i] === "D") paths.removed.push(path);
    else paths.modified.push(path);
  }
  return paths;
}

/** Writes a commit object and returns its id; no reference is moved. */
export async function commitTree(
  directory: string,
  commit: { readonly tree: string; readonly parents: readonly string[]; readonly message: string; readonly author: GitIdentity },
): Promise<string> {
  const { name, email, at } = commit.author;
  const date = `${Math.floor(at / 1000)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
  return (await runGit(directory, ["commit-tree", commit.tree, ...commit.parents.flatMap((parent) => ["-p", parent])], { input: commit.message, env })).trim();
}

/** Moves a reference from exactly `expected` (40 zeros: it must not exist). @throws GitFailure when somebody else was first. */
export async function moveRef(directory: string, ref: string, to: string, expected: string): Promise<void> {
  await runGit(directory, ["update-ref", ref, to, expected]);
}

export const zeroSha = "0".repeat(40);

export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitIdentity;
  readonly committer: GitIdentity;
  readonly message: string;
}

const commitFormat = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x01";

/** Commits reachable from a revision (or in a range), newest first. */
export async function readCommits(directory: string, revision: string, limit: number, skip = 0): Promise<readonly CommitFacts[]> {
  const output = await runGit(directory, ["log", `--format=${commitFormat}`, `--max-count=${limit}`, `--skip=${skip}`, "--end-of-options", revision, "--"]);
  return output
    .split("\x01")
    .map((record) => record.replace(/^\n/, ""))
    .filter(Boolean)
    .map((record) => {
      const [
        sha = "",
        tree = "",
        parents = "",
        authorName = "",
        authorEmail = "",
        authored = "0",
        committerName = "",
        committerEmail = "",
        committed = "0",
        ...message
      ] = record.split("\0");
      return {
        sha,
        tree,
        parents: parents.split(" ").filter(Boolean),
        author: { name: authorName, email: authorEmail, at: Number(authored) * 1000 },
        committer: { name: committerName, email: committerEmail, at: Number(committed) * 1000 },
        message: message.join("\0").trimEnd(),
      };
    });
}

/** Files to become the first commit of an empty bare repository. */
export async function commitFiles(
  directory: string,
  branch: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  message: string,
  author: GitIdentity,
): Promise<string> {
  const env = { GIT_INDEX_FILE: join(directory, `index-${process.pid}-seed`) };
  for (const [path, content] of files) {
    const blob = (await runGit(directory, ["hash-object", "-w", "--stdin"], { input: content })).trim();
    await runGit(directory, ["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`], { env });
  }
  const tree = (await runGit(directory, ["write-tree"], { env })).trim();
  const commit = await commitTree(directory, { tree, parents: [], message, author });
  await moveRef(directory, `refs/heads/${branch}`, commit, zeroSha);
  return commit;
}
