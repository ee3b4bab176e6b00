import { existsSync } from "node:fs";
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join, posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { create, extract, list, type ReadEntry } from "tar";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

const sessions = "sessions";

/**
 * Packs `sessions/` of a Codex home as tar.gz. Nothing else: the configuration names a gateway of this attempt, and credentials stay where they are. A copy is
 * packed, because Codex may be writing: an archive cannot hold a file that grows under it.
 */
export async function packSession(codexHome: string): Promise<Uint8Array | undefined> {
  if (!existsSync(join(codexHome, sessions))) return undefined;
  const still = await mkdtemp(join(codexHome, ".snapshot-"));
  try {
    await cp(join(codexHome, sessions), join(still, sessions), { recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink() });
    const chunks: Buffer[] = [];
    for await (const chunk of create({ gzip: true, cwd: still, portable: true }, [sessions]) as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    await rm(still, { recursive: true, force: true });
  }
}

/**
 * Unpacks what {@link packSession} made. The whole archive is looked through before anything is written: one entry that is not a plain file or directory
 * under `sessions/` refuses all of it.
 */
export async function unpackSession(codexHome: string, snapshot: Uint8Array): Promise<void> {
  const refused: string[] = [];
  await readArchive(snapshot, list({ strict: true, onReadEntry: (entry) => void (isOurs(entry) || refused.push(entry.path)) }));
  if (refused.length > 0) {
    throw new InfrastructureError("invalid-response", `the session snapshot holds an entry that does not belong there: ${JSON.stringify(refused[0])}`, {
      remedy: "Start the run again from its stage; this snapshot cannot be used.",
    });
  }
  await mkdir(codexHome, { recursive: true });
  await readArchive(snapshot, extract({ cwd: codexHome, strict: true, preserveOwner: false }));
  await trimRollouts(join(codexHome, sessions));
}

/**
 * A snapshot that was taken in the middle of a turn may end in half a line. Codex reads past it, but would write its next line behind it and lose that one too.
 */
async function trimRollouts(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((each) => each.endsWith(".jsonl"))) {
    const path = join(folder, name);
    const content = await readFile(path);
    const end = content.lastIndexOf(10) + 1;
    if (end < content.length) await truncate(path, end);
  }
}

function isOurs(entry: ReadEntry): boolean {
  const plain = entry.type === "File" || entry.type === "Directory" || entry.type === "OldFile";
  const path = entry.path.replace(/\/$/, "");
  const clean = posix.normalize(path) === path && !path.includes("\\") && !path.includes("\0");
  return plain && clean && (path === sessions || path.startsWith(`${sessions}/`));
}

async function readArchive(snapshot: Uint8Array, sink: NodeJS.WritableStream): Promise<void> {
  try {
    await pipeline(Readable.from([Buffer.from(snapshot)]), sink);
  } catch (cause) {
    if (cause instanceof InfrastructureError) throw cause;
    throw new InfrastructureError("invalid-response", "the session snapshot cannot be unpacked", {
      cause,
      remedy: "Start the run again from its stage; this snapshot cannot be used.",
    });
  }
}
