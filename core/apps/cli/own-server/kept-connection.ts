import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { KeptIn } from "../../../contract/own-server.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { SecretSealer } from "../../../ports/secret-sealer.ts";
import type { OwnConnection } from "../../host/dependencies.ts";
import { parseJson } from "../../rehearsal/workspace-directory.ts";

/** What may be shown of a connection that is kept. */
export interface KeptConnection {
  /** Host, port and name of the database. */
  readonly database: string;
  readonly forge: string;
  readonly keptIn: KeptIn;
}

const secrets = z.object({ database: z.string().min(1), token: z.string().min(1) });
const keptFile = z.object({
  version: z.literal(1),
  database: z.string(),
  forge: z.string(),
  secret: z.union([z.object({ plain: secrets }), z.object({ sealed: z.string().min(1) })]),
});
type KeptFile = z.infer<typeof keptFile>;

/** What is kept in this file, without what is secret. @throws InfrastructureError as {@link openConnection}; undefined when nothing is kept. */
export async function keptConnection(path: string): Promise<KeptConnection | undefined> {
  const file = await readKept(path);
  return file && { database: file.database, forge: file.forge, keptIn: "sealed" in file.secret ? "keyring" : "file" };
}

/**
 * The connection that is kept in this file.
 *
 * @param sealer opens a sealed one; without it that is refused, with what to do.
 * @throws InfrastructureError `unauthorised` (others can read it, or it cannot be opened here), `invalid-response` (malformed); undefined when nothing is kept.
 */
export async function openConnection(path: string, sealer: SecretSealer | undefined): Promise<OwnConnection | undefined> {
  const file = await readKept(path);
  if (!file) return undefined;
  const { forge, secret } = file;
  if ("plain" in secret) return { ...secret.plain, forge };
  if (!sealer) throw sealedAway();
  const opened = secrets.safeParse(parseJson(await sealer.unseal(secret.sealed)));
  if (!opened.success) throw malformed(path);
  return { ...opened.data, forge };
}

/**
 * Keeps a connection, for this user only, in the place of what was there; whatever fails leaves that as it was.
 *
 * @throws InfrastructureError `unavailable` when a keyring is wanted and there is none here, `unwritable`, and what the sealer throws.
 */
export async function keepConnection(path: string, connection: OwnConnection, keptIn: KeptIn, sealer: SecretSealer | undefined): Promise<void> {
  const { database, forge, token } = connection;
  if (keptIn === "keyring" && !sealer) throw noKeyring();
  const plain = { database, token };
  const secret = keptIn === "keyring" && sealer ? { sealed: await sealer.seal(JSON.stringify(plain)) } : { plain };
  const file: KeptFile = { version: 1, database: placeOfDatabase(database), forge, secret };
  const beside = `${path}.new`;
  try {
    // What an interrupted attempt has left may have other rights.
    await rm(beside, { force: true });
    await writeFile(beside, `${JSON.stringify(file, undefined, 2)}\n`, { flag: "wx", mode: 0o600 });
    await rename(beside, path);
  } catch (cause) {
    throw new InfrastructureError("unwritable", `${path} cannot be written.`, {
      cause,
      remedy: "Correct the owner and the rights of its directory, then keep it again.",
    });
  }
}

/** Where a database is, without user and password. */
export function placeOfDatabase(address: string): string {
  const { host, pathname } = new URL(address);
  return `${host}${pathname}`;
}

async function readKept(path: string): Promise<KeptFile | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new InfrastructureError("unauthorised", `${path} cannot be read (${error.code ?? "unknown reason"}).`, {
      cause: error,
      remedy: "Correct its owner and rights.",
    });
  });
  if (text === undefined) return undefined;
  const { mode } = await stat(path);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new InfrastructureError("unauthorised", `Others can read the connection to the server in ${path}.`, {
      remedy: `Run: chmod 600 ${path}. If others had access to it, make a new token and another password.`,
    });
  }
  const parsed = keptFile.safeParse(parseJson(text));
  if (!parsed.success) throw malformed(path);
  return parsed.data;
}

function malformed(path: string): InfrastructureError {
  return new InfrastructureError("invalid-response", `${path} does not hold a connection to a server.`, {
    remedy: "Connect again in the rehearsal workspace's window (Settings, Your own server), which writes it anew.",
  });
}

function sealedAway(): InfrastructureError {
  return new InfrastructureError(
    "unauthorised",
    "The connection to the server is sealed: only the desktop can open it, with the keyring of whoever has sealed it.",
    {
      remedy: "Run `signalbox --server desktop`, or set SIGNALBOX_DATABASE_URL and SIGNALBOX_OWNER_GITHUB_TOKEN for this command.",
    },
  );
}

function noKeyring(): InfrastructureError {
  return new InfrastructureError("unavailable", "Only the desktop reaches the keyring, and this workspace was not opened by it.", {
    retryable: false,
    remedy: "Open the desktop (signalbox desktop) and do it there, or keep the connection in a file that only you can read.",
  });
}
