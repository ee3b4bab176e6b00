import type { GitOptions } from "./git-process.ts";
import { git, runGit } from "./git-process.ts";

/** What one push may bring. A document stage brings a few dozen files; what is larger than this is not somebody's work but a weapon or an accident. */
export const largestPush = {
  commits: 500,
  objects: 50_000,
  file: 10 * 1024 * 1024,
  bytes: 256 * 1024 * 1024,
  changes: 5_000,
  paths: 200_000,
  depth: 100,
} as const;

interface NewObject {
  readonly sha: string;
  readonly type: string;
  readonly size: number;
}

/**
 * Counts what is new and weighs it unpacked, before anything walks it: a small pack can hold objects of any size, and a few trees that share subtrees can name
 * billions of paths.
 * @returns what is too much, in words; undefined when nothing is.
 */
export async function weighPush(cwd: string, commit: string, known: readonly string[]): Promise<string | undefined> {
  const wanted = [commit, ...known.map((tip) => `^${tip}`)].join("\n");
  const shas = (await git(["rev-list", "--objects", "--no-object-names", "--stdin"], { cwd, input: `${wanted}\n` })).split("\n").filter(Boolean);
  if (shas.length > largestPush.objects) return `it has more than ${largestPush.objects} objects`;
  const objects = await describe(shas, { cwd });
  const large = objects.find((object) => object.size > largestPush.file);
  if (large) return `a file has ${large.size} bytes, at most ${largestPush.file} are taken`;
  const bytes = objects.reduce((sum, object) => sum + object.size, 0);
  if (bytes > largestPush.bytes) return `unpacked it has ${bytes} bytes, at most ${largestPush.bytes} are taken`;
  const commits = objects.filter((object) => object.type === "commit").length;
  if (commits > largestPush.commits) return `it has ${commits} commits, at most ${largestPush.commits} are taken`;
  return multiplies(
    objects.filter((object) => object.type === "tree"),
    { cwd },
  );
}

async function describe(shas: readonly string[], options: GitOptions): Promise<readonly NewObject[]> {
  const printed = await git(["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", "--buffer"], { ...options, input: `${shas.join("\n")}\n` });
  return printed
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [sha = "", type = "", size = ""] = line.split(" ");
      return { sha, type, size: Number(size) };
    });
}

/** Whether new trees nest or multiply beyond measure. Trees that the forge has already count as one path: they are what the repository is. */
async function multiplies(trees: readonly NewObject[], options: GitOptions): Promise<string | undefined> {
  const subtrees = await readTrees(trees, options);
  const paths = new Map<string, number>();
  let tooDeep = false;
  const count = (sha: string, depth: number): number => {
    const entries = subtrees.get(sha);
    if (!entries) return 1;
    tooDeep ||= depth > largestPush.depth;
    if (tooDeep) return 0;
    const seen = paths.get(sha);
    if (seen !== undefined) return seen;
    const total = entries.files + entries.trees.reduce((sum, tree) => sum + count(tree, depth + 1), 0);
    paths.set(sha, total);
    return total;
  };
  for (const { sha } of trees) {
    const total = count(sha, 0);
    if (tooDeep) return `its folders nest deeper than ${largestPush.depth} levels`;
    if (total > largestPush.paths) return `its folders name more than ${largestPush.paths} paths`;
  }
  return undefined;
}

interface TreeEntries {
  readonly files: number;
  readonly trees: readonly string[];
}

async function readTrees(trees: readonly NewObject[], options: GitOptions): Promise<ReadonlyMap<string, TreeEntries>> {
  const found = new Map<string, TreeEntries>();
  if (trees.length === 0) return found;
  const { stdout } = await runGit(["cat-file", "--batch=%(objectsize)", "--buffer"], { ...options, input: `${trees.map((tree) => tree.sha).join("\n")}\n` });
  let at = 0;
  for (const { sha } of trees) {
    const line = stdout.indexOf(10, at);
    const size = Number(stdout.toString("latin1", at, line));
    found.set(sha, readTree(stdout.subarray(line + 1, line + 1 + size)));
    at = line + size + 2;
  }
  return found;
}

/** A tree object: for each entry its mode, a space, its name, NUL, and twenty bytes of hash. */
function readTree(content: Buffer): TreeEntries {
  const trees: string[] = [];
  let files = 0;
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(0, at);
    if (content.toString("latin1", at, at + 6) === "40000 ") trees.push(content.toString("hex", end + 1, end + 21));
    else files += 1;
    at = end + 21;
  }
  return { files, trees };
}
