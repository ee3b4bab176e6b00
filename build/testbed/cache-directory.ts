import { mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Unavailable } from "./unavailable.ts";

/** The user's cache, or, when other users cannot reach that (a home of mode 700), a directory of this user's own under /var/tmp. */
export async function cacheDirectory(): Promise<string> {
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
