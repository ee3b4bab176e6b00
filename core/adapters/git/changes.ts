import type { ChangedFile } from "../../ports/repository-mirror.ts";
import { git, type GitOptions } from "./git-process.ts";

const modes: Readonly<Record<string, ChangedFile["mode"]>> = {
  "100644": "regular",
  "100664": "regular",
  "100755": "executable",
  "120000": "symlink",
  "160000": "submodule",
};

/** A path that differs between two trees, with the blob that the newer one has. */
export interface TreeDifference extends ChangedFile {
  /** All zeros where the path is gone. */
  readonly blob: string;
}

/**
 * Every path that any of the commits `from..to` touches, each commit against its parents; what was added and removed again on the way is in it. Renames count as
 * a removal and an addition, so that both names are judged. A merge is compared with all parents at once: only what it changes itself counts.
 * @param excluded commits whose history is not ours to judge (the base branch).
 */
export async function changesOfCommits(to: string, excluded: readonly string[], options: GitOptions): Promise<ChangedFile[]> {
  const range = [to, ...excluded.map((commit) => `^${commit}`)].join("\n");
  const commits = (await git(["rev-list", "--stdin"], { ...options, input: `${range}\n` })).split("\n").filter((line) => line !== "");
  const found = new Map<string, ChangedFile>();
  if (commits.length === 0) return [];
  const raw = await git(["diff-tree", "--stdin", "--root", "-r", "-c", "-z", "--raw", "--no-renames", "--no-commit-id"], {
    ...options,
    input: `${commits.join("\n")}\n`,
  });
  for (const change of parseRaw(raw)) found.set(`${change.status}${change.mode}${change.path}`, withoutBlob(change));
  return [...found.values()];
}

/** How one tree differs from another. */
export async function differences(from: string, to: string, options: GitOptions): Promise<TreeDifference[]> {
  return parseRaw(await git(["diff-tree", "-r", "-z", "--raw", "--no-renames", from, to], options));
}

/** Reads `--raw -z` of plain (`:old new blob blob S`) and combined diffs (`::old old new blob blob blob SS`). The mode is that of the result, or of what was there before a deletion. */
export function parseRaw(raw: string): TreeDifference[] {
  const fields = raw.split("\0");
  const found: TreeDifference[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const header = fields[index] ?? "";
    const parents = header.match(/^:+/)?.[0].length ?? 0;
    if (parents === 0) break;
    const parts = header.slice(parents).split(" ");
    const status = (parts.at(-1) ?? "").at(0) ?? "M";
    found.push({
      path: fields[index + 1] ?? "",
      status: /^[AMDT]$/.test(status) ? (status as ChangedFile["status"]) : "M",
      mode: modes[parts[status === "D" ? 0 : parents] ?? ""] ?? "regular",
      blob: parts[2 * parents + 1] ?? "",
    });
  }
  return found;
}

function withoutBlob(change: TreeDifference): ChangedFile {
  return { path: change.path, status: change.status, mode: change.mode };
}

/**
 * What a push brings: the commits' own changes, and what a merge could smuggle past them (a merge that keeps our side reverts the base branch's work without
 * touching a file of its own). What differed from the base before this push and was left alone had been accepted already.
 */
export async function changesOfPush(before: string | undefined, after: string, base: string | undefined, options: GitOptions): Promise<ChangedFile[]> {
  const excluded = [before, base].filter((commit) => commit !== undefined);
  const touched = await changesOfCommits(after, excluded, options);
  if (base === undefined) return touched;
  const accepted = before === undefined ? [] : await sinceFork(base, before, options);
  const known = new Set(accepted.map((change) => `${change.blob} ${change.mode} ${change.path}`));
  const remaining = (await sinceFork(base, after, options)).filter((change) => !known.has(`${change.blob} ${change.mode} ${change.path}`)).map(withoutBlob);
  const seen = new Set(touched.map((change) => change.path));
  return [...touched, ...remaining.filter((change) => !seen.has(change.path))];
}

async function sinceFork(base: string, tip: string, options: GitOptions): Promise<TreeDifference[]> {
  const fork = (await git(["merge-base", "--all", base, tip], options).catch(() => "")).split("\n")[0];
  return fork ? differences(fork, tip, options) : differences(await emptyTree(options), tip, options);
}

async function emptyTree(options: GitOptions): Promise<string> {
  return git(["hash-object", "-t", "tree", "--stdin"], { ...options, input: "" });
}
