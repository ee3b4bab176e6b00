import { randomUUID } from "node:crypto";
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
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
 * Takes the workspace for this process. The record appears complete or not at all (hard link), and a dead owner's record is moved away by exactly one
 * taker (rename), so that two processes never both believe that they own it.
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

async function removeStale(file: string): Promise<void> {
  const aside = `${file}.stale-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  // Between looking and renaming another taker may have put its own, living record there: then it goes back.
  const moved = await currentOwner(aside);
  if (moved) await link(aside, file).catch(() => undefined);
  await unlink(aside);
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
