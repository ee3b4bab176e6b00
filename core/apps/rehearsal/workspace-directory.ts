import { accessSync, constants } from "node:fs";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** Everything of one workspace lives under one directory; nothing is kept elsewhere. */
export interface WorkspaceDirectory {
  readonly root: string;
  readonly owner: string;
  readonly database: string;
  readonly forge: string;
  readonly mirrors: string;
  readonly attempts: string;
  readonly keys: string;
  readonly secrets: string;
  readonly anchors: string;
  /** What can be read without the database, and the owner's drafts. */
  readonly copy: string;
  /** What the owner is told of on this machine. */
  readonly notifications: string;
  /** What leads to the server that this workspace is about, where that was set up in the window. */
  readonly connection: string;
  readonly log: string;
}

/** `--workspace`, then `SIGNALBOX_WORKSPACE`, then the user's data directory. */
export function workspaceRoot(chosen: string | undefined, env: NodeJS.ProcessEnv, kind: "rehearsal" | "server" = "rehearsal"): string {
  const data = env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share");
  return resolve(chosen ?? env["SIGNALBOX_WORKSPACE"] ?? join(data, "signalbox", kind));
}

export function layoutOf(root: string): WorkspaceDirectory {
  return {
    root,
    owner: join(root, "owner.json"),
    database: join(root, "database"),
    forge: join(root, "forge"),
    mirrors: join(root, "mirrors"),
    attempts: join(root, "attempts"),
    keys: join(root, "keys"),
    secrets: join(root, "secrets.json"),
    anchors: join(root, "audit-anchors.jsonl"),
    copy: join(root, "offline.sqlite"),
    notifications: join(root, "notifications.json"),
    connection: join(root, "connection.json"),
    log: join(root, "signalbox.log"),
  };
}

/**
 * Makes the directory, for this user only.
 * @throws InfrastructureError `unwritable` with what to do.
 */
export async function prepareDirectory(root: string): Promise<WorkspaceDirectory> {
  try {
    await makeDirectory(root);
    await chmod(root, 0o700);
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new InfrastructureError("unwritable", `the workspace directory ${root} cannot be written`, {
      cause,
      remedy: "Make it writable for your user, or choose another with --workspace DIR.",
    });
  }
  return layoutOf(root);
}

/** One level after the other: where nothing can be made (`/proc`), Node's own recursive form never returns. */
async function makeDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory()) return;
  const parent = dirname(directory);
  if (parent !== directory) await makeDirectory(parent);
  await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
}

const secretsSchema = z.object({
  version: z.literal(1),
  webhookSecret: z.string().min(20),
  bootstrapSecret: z.string().min(20),
  ownerToken: z.string().min(20),
  botToken: z.string().min(20),
  hostToken: z.string().min(20),
});
/** The workspace's own generated secrets: none of them is worth anything outside it. */
export type WorkspaceSecrets = z.infer<typeof secretsSchema>;

/** Reads the workspace's secrets, or makes them at first use. */
export async function loadSecrets(file: string, newToken: () => string): Promise<WorkspaceSecrets> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) {
    const secrets: WorkspaceSecrets = {
      version: 1,
      webhookSecret: newToken(),
      bootstrapSecret: newToken(),
      ownerToken: newToken(),
      botToken: newToken(),
      hostToken: newToken(),
    };
    await writeFile(`${file}.new`, JSON.stringify(secrets, undefined, 2), { mode: 0o600 });
    await rename(`${file}.new`, file);
    return secrets;
  }
  const parsed = secretsSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new InfrastructureError("invalid-response", `${file} does not hold this workspace's secrets`, {
      remedy: "Restore the file, or start a new workspace with --workspace DIR.",
    });
  return parsed.data;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
