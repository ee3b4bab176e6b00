import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { isAlive, startOf } from "../../adapters/local-process/processes.ts";
import { parseJson } from "./workspace-directory.ts";

/** Who holds a workspace. The embedded database has one owner at a time; everybody else talks to it at `endpoint`. */
const ownerRecord = z.object({
  pid: z.int().positive(),
  started: z.string(),
  /** Absent while the owner is starting or ending. With `read` nothing moves there: whoever wants work done waits until it has ended. */
  endpoint: z.object({ hostUrl: z.url(), hostToken: z.string(), forgeUrl: z.url(), purpose: z.enum(["read", "work"]) }).optional(),
});
export type OwnerRecord = z.infer<typeof ownerRecord>;
export type Endpoint = NonNullable<OwnerRecord["endpoint"]>;

const takeoverPause = 20;
const abandonedAfter = 10_000;

export interface OwnerLock {
  /** Tells others where the owner can be reached. */
  publish(endpoint: Endpoint): Promise<void>;
  /** Takes the endpoint back: nobody new comes, the workspace is still owned. */
  withdraw(): Promise<void>;
  release(): Promise<void>;
}

/** The living owner of a workspace, if there is one. A record of a process that is gone counts as none. */
export async function currentOwner(file: string): Promise<OwnerRecord | undefined> {
  const record = await readOwner(file);
  return record && (await isAlive(record.pid, record.started)) ? record : undefined;
}

/**
 * Takes the workspace for this process. The record appears complete or not at all (hard link), and a dead owner's record is removed
 * by one taker at a time, so that two processes never both believe that they own it.
 * @returns the lock, or the owner that is in the way.
 */
export async function acquireOwnership(file: string): Promise<{ readonly lock: OwnerLock } | { readonly owner: OwnerRecord }> {
  const own: OwnerRecord = { pid: process.pid, started: (await startOf(process.pid)) ?? "" };
  for (;;) {
    if (await claim(file, own)) return { lock: lockOf(file, own) };
    const owner = await currentOwner(file);
    if (owner) return { owner };
    await removeStale(file);
  }
}

async function claim(file: string, own: OwnerRecord): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

/**
 * Moves a dead owner's record out of the way. One process at a time, and it looks again when it is its turn: what is there then is either still the dead one's,
 * which nobody else may remove, or a living one's, which stays.
 */
async function removeStale(file: string): Promise<void> {
  const turn = `${file}.takeover`;
  try {
    await mkdir(turn);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
    await clearAbandonedTurn(turn);
    await delay(takeoverPause);
    return;
  }
  try {
    if (!(await currentOwner(file))) await unlink(file).catch(ignoreMissing);
  } finally {
    await rmdir(turn).catch(ignoreMissing);
  }
}

/** A turn takes milliseconds; one that is older was left by a process that died in it. */
async function clearAbandonedTurn(turn: string): Promise<void> {
  const found = await stat(turn).catch(() => undefined);
  if (found && Date.now() - found.mtimeMs > abandonedAfter) await rmdir(turn).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (!isCode(error, "ENOENT")) throw error;
}

function lockOf(file: string, own: OwnerRecord): OwnerLock {
  const write = async (record: OwnerRecord): Promise<void> => {
    await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  return {
    publish: (endpoint) => write({ ...own, endpoint }),
    withdraw: () => write(own),
    async release() {
      const record = await readOwner(file);
      if (record?.pid === own.pid && record.started === own.started) await unlink(file).catch(() => undefined);
    },
  };
}

async function readOwner(file: string): Promise<OwnerRecord | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  const parsed = ownerRecord.safeParse(text === undefined ? undefined : parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
