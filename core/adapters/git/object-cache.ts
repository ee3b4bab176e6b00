import { runGit } from "./git-process.ts";

/** A file in a commit's tree. */
interface TreeFile {
  readonly id: string;
  readonly size: number;
}

/** Trees of whole repositories are large; a few commits are what a run looks at. */
const mostTrees = 32;
const mostBlobBytes = 32 * 1024 * 1024;
const textLimit = 8 * 1024 * 1024;
/** What is read together with a file that somebody asked for: its neighbours are what is asked for next, and each process of git costs more than all of them. */
const neighbourLimit = { files: 100, bytes: 4 * 1024 * 1024 } as const;

/** What commits hold. A commit never changes, so what was read of it once is never read again. */
export interface ObjectCache {
  /** All paths of a commit, in git's order. */
  paths(cwd: string, commit: string): Promise<readonly string[]>;
  /** The regular files of a commit, with the id of what each holds. */
  blobs(cwd: string, commit: string): Promise<readonly { readonly path: string; readonly id: string }[]>;
  /** A regular file's text; undefined when it is not there, too large, or no UTF-8 text. */
  text(cwd: string, commit: string, file: string): Promise<string | undefined>;
}

export function createObjectCache(): ObjectCache {
  const trees = new Map<string, Promise<Tree>>();
  const blobs = new Map<string, string | undefined>();
  let blobBytes = 0;

  function tree(cwd: string, commit: string): Promise<Tree> {
    const key = `${cwd}\0${commit}`;
    const known = trees.get(key) ?? readTree(cwd, commit);
    // Set anew, so that the map's order is that of the last use.
    trees.delete(key);
    trees.set(key, known);
    void known.then((found) => (found === noTree ? trees.delete(key) : undefined));
    for (const oldest of trees.keys()) if (trees.size > mostTrees) trees.delete(oldest);
    return known;
  }

  function remember(key: string, text: string | undefined, size: number): void {
    blobs.set(key, text);
    blobBytes += size;
    if (blobBytes <= mostBlobBytes) return;
    blobs.clear();
    blobBytes = 0;
  }

  /** The file, and those of its folder that were not read yet, as far as they are small. */
  async function wantedWith(cwd: string, commit: string, file: string, found: TreeFile): Promise<readonly TreeFile[]> {
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    const wanted = new Map([[found.id, found]]);
    let bytes = 0;
    for (const [path, neighbour] of (await tree(cwd, commit)).files) {
      if (!path.startsWith(folder) || path.includes("/", folder.length) || blobs.has(`${cwd}\0${neighbour.id}`)) continue;
      bytes += neighbour.size;
      if (wanted.size >= neighbourLimit.files || bytes > neighbourLimit.bytes) break;
      wanted.set(neighbour.id, neighbour);
    }
    return [...wanted.values()];
  }

  async function read(cwd: string, wanted: readonly TreeFile[]): Promise<ReadonlyMap<string, string | undefined>> {
    const { stdout } = await runGit(["cat-file", "--batch"], { cwd, input: `${wanted.map(({ id }) => id).join("\n")}\n` });
    const texts = new Map<string, string | undefined>();
    let at = 0;
    for (const { id, size } of wanted) {
      // `<id> blob <size>`, the content, and a line's end; or `<id> missing`, which a broken clone says.
      const content = stdout.indexOf(10, at) + 1;
      const isThere = content > 0 && stdout.toString("latin1", at, content).startsWith(`${id} blob ${size}`);
      texts.set(id, isThere ? decode(stdout.subarray(content, content + size)) : undefined);
      if (isThere) remember(`${cwd}\0${id}`, texts.get(id), size);
      at = isThere ? content + size + 1 : content;
    }
    return texts;
  }

  return {
    paths: async (cwd, commit) => (await tree(cwd, commit)).paths,
    blobs: async (cwd, commit) => [...(await tree(cwd, commit)).files].map(([path, { id }]) => ({ path, id })),
    async text(cwd, commit, file) {
      const found = (await tree(cwd, commit)).files.get(file);
      if (!found || found.size > textLimit) return undefined;
      const key = `${cwd}\0${found.id}`;
      if (blobs.has(key)) return blobs.get(key);
      return (await read(cwd, await wantedWith(cwd, commit, file, found))).get(found.id);
    },
  };
}

interface Tree {
  readonly paths: readonly string[];
  /** Regular files only: a symlink's or submodule's entry has no text. */
  readonly files: ReadonlyMap<string, TreeFile>;
}

/** Of a commit that is not there, or not yet: it may come with the next fetch. */
const noTree: Tree = { paths: [], files: new Map() };

async function readTree(cwd: string, commit: string): Promise<Tree> {
  const listed = await runGit(["ls-tree", "-r", "-l", "-z", "--full-tree", commit], { cwd });
  if (listed.code !== 0) return noTree;
  const entries = listed.stdout
    .toString("utf8")
    .split("\0")
    .flatMap((entry) => {
      const match = /^(\d+) (\w+) ([0-9a-f]{40}) +(\d+|-)\t([\s\S]*)$/.exec(entry);
      return match ? [{ mode: match[1] ?? "", id: match[3] ?? "", size: Number(match[4]), path: match[5] ?? "" }] : [];
    });
  const files = entries.filter((entry) => entry.mode.startsWith("100"));
  return { paths: entries.map((entry) => entry.path), files: new Map(files.map(({ path, id, size }) => [path, { id, size }])) };
}

function decode(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
