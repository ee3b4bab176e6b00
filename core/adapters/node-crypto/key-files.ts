import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { access, chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DecisionSigner, TrustedSigner } from "../../ports/crypto.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { SecretSealer } from "../../ports/secret-sealer.ts";
import { createDecisionSigner, keyIdOf, readPublicKey } from "./signatures.ts";

export interface KeyPairFiles {
  /** Stays with its person; mode 0600. For `loadSigner`. */
  readonly privatePath: string;
  /** Goes to the installation. For `loadTrustedSigners`. */
  readonly publicPath: string;
  readonly signer: TrustedSigner;
}

const publicSuffix = ".public-key.json";
const privateSuffix = ".signing-key.json";

/** A forge's login; it becomes part of a file name. */
const login = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Whose private keys lie in this directory; nobody's where there is none. */
export async function signingPeople(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((): string[] => []);
  return names.filter((name) => name.length > privateSuffix.length && name.endsWith(privateSuffix)).map((name) => name.slice(0, -privateSuffix.length));
}

/** Where the public half of a person's key lies. */
export function publicKeyFile(directory: string, person: string): string {
  return join(directory, person + publicSuffix);
}

/**
 * Makes an Ed25519 key pair for a person: `<person>.signing-key.json` and `<person>.public-key.json`.
 *
 * @throws InfrastructureError `conflict` when one of the files is there (nothing is ever overwritten), `unwritable` when they cannot be written.
 */
export async function createKeyPair(directory: string, person: string): Promise<KeyPairFiles> {
  if (!login.test(person))
    throw new InfrastructureError("invalid-response", `"${person}" is no login: letters, digits, dots, hyphens and underscores only.`, {
      remedy: "Give the person's login on the forge.",
    });
  const [privatePath, publicPath] = [join(directory, person + privateSuffix), publicKeyFile(directory, person)];
  for (const path of [privatePath, publicPath]) {
    if (await isThere(path)) throw present(path);
  }
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signer: TrustedSigner = { keyId: keyIdOf(publicKey), person, publicKey: publicKey.export({ type: "spki", format: "pem" }) as string };
  const secret = { version: 1, keyId: signer.keyId, person, privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) };
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw cannotWrite(directory, cause);
  });
  await writeNew(privatePath, secret, 0o600);
  try {
    await writeNew(publicPath, { version: 1, ...signer }, 0o644);
  } catch (error) {
    // Half a pair is of no use, and would be in the way of the next try.
    await rm(privatePath, { force: true });
    throw error;
  }
  return { privatePath, publicPath, signer };
}

/** What a file says of the signing key in it, whether or not the key itself can be opened. */
export interface SigningKeyFile {
  readonly person: string;
  readonly keyId: string;
  readonly secret: { readonly kind: "plain"; readonly pem: string } | { readonly kind: "sealed"; readonly sealed: string };
}

/**
 * Reads the file of a person's signing key: version 1 holds the key as it is, version 2 sealed (docs/adr/0033-packaging.md).
 *
 * @throws InfrastructureError `not-found`, `unauthorised` (others can read the file, or we cannot) or `invalid-response` (malformed).
 */
export async function readSigningKeyFile(path: string): Promise<SigningKeyFile> {
  const content = await readJson(path);
  const { mode } = await stat(path);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new InfrastructureError("unauthorised", `Others can read the signing key ${path}.`, {
      remedy: `Run: chmod 600 ${path}. If others had access to it, make a new key.`,
    });
  }
  const { person, keyId, privateKey, sealed } = content;
  if (typeof person !== "string" || typeof keyId !== "string") throw malformed(path, "it lacks person or keyId");
  if (typeof sealed === "string") return { person, keyId, secret: { kind: "sealed", sealed } };
  if (typeof privateKey !== "string") throw malformed(path, "it lacks privateKey");
  return { person, keyId, secret: { kind: "plain", pem: privateKey } };
}

/**
 * Loads a person's private key.
 *
 * @param sealer opens a sealed one; without it that is refused, with what to do.
 * @throws InfrastructureError as {@link readSigningKeyFile}, and what the sealer throws.
 */
export async function loadSigner(path: string, sealer?: SecretSealer): Promise<DecisionSigner> {
  const { person, keyId, secret } = await readSigningKeyFile(path);
  if (secret.kind === "sealed" && sealer === undefined) throw sealedAway(path);
  const pem = secret.kind === "plain" ? secret.pem : ((await sealer?.unseal(secret.sealed)) ?? "");
  const signer = createDecisionSigner(person, readPrivateKey(path, pem));
  if (signer.keyId !== keyId) throw malformed(path, "its id is not that of its key");
  return signer;
}

/** Why a sealed key is of no use here. */
export function sealedAway(path: string): InfrastructureError {
  return new InfrastructureError(
    "unauthorised",
    `The signing key ${path} is sealed: only the desktop can open it, with the keyring of whoever has sealed it.`,
    {
      remedy:
        "Run `signalbox desktop` and decide there; while it has the workspace open, the command line signs through it. It can also keep the key in a plain file again: Settings, Keys.",
    },
  );
}

/**
 * Loads public keys: one file (an object, or an array of them), or a directory, of which every `*.public-key.json` counts.
 * @throws InfrastructureError `not-found`, `unauthorised` or `invalid-response`.
 */
export async function loadTrustedSigners(path: string): Promise<readonly TrustedSigner[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  if (!found.isDirectory()) return trustedIn(path, await readJson(path));
  const names = (await readdir(path)).filter((name) => name.endsWith(publicSuffix)).toSorted();
  const files = await Promise.all(names.map(async (name) => trustedIn(join(path, name), await readJson(join(path, name)))));
  return files.flat();
}

function trustedIn(path: string, content: unknown): readonly TrustedSigner[] {
  const entries: readonly unknown[] = Array.isArray(content) ? content : [content];
  return entries.map((entry) => {
    const { keyId, person, publicKey } = (entry ?? {}) as Record<string, unknown>;
    if (typeof keyId !== "string" || typeof person !== "string" || typeof publicKey !== "string") throw malformed(path, "it lacks keyId, person or publicKey");
    try {
      if (keyIdOf(readPublicKey(publicKey)) === keyId) return { keyId, person, publicKey };
    } catch (cause) {
      throw malformed(path, "its public key cannot be read", cause);
    }
    throw malformed(path, "its id is not that of its key");
  });
}

function readPrivateKey(path: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw malformed(path, "its private key cannot be read", cause);
  }
  if (key.asymmetricKeyType !== "ed25519") throw malformed(path, "its key is not Ed25519");
  return key;
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === "object" && content !== null) return content as Record<string, unknown>;
  } catch {
    // The parser's message may quote the key; what is said below must not.
  }
  throw malformed(path, "it is not JSON");
}

async function writeNew(path: string, content: object, mode: number): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(content, null, 2)}\n`, { flag: "wx", mode });
    // The mode above is subject to the umask, which may only take rights away; this one is exact.
    await chmod(path, mode);
  } catch (cause) {
    throw errorCode(cause) === "EEXIST" ? present(path) : cannotWrite(path, cause);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

function present(path: string): InfrastructureError {
  return new InfrastructureError("conflict", `${path} exists; a key is never overwritten.`, {
    retryable: false,
    remedy: "Use the key that is there, or choose another directory.",
  });
}

function cannotWrite(path: string, cause: unknown): InfrastructureError {
  return new InfrastructureError("unwritable", `${path} cannot be written (${errorCode(cause) ?? "unknown reason"}).`, {
    cause,
    remedy: "Choose another directory, or correct its owner and permissions.",
  });
}

function cannotRead(path: string, cause: unknown): InfrastructureError {
  if (errorCode(cause) === "ENOENT")
    return new InfrastructureError("not-found", `There is no key file ${path}.`, {
      cause,
      remedy: "Make a key with `signalbox init-keys`, or correct the path.",
    });
  return new InfrastructureError("unauthorised", `The key file ${path} cannot be read (${errorCode(cause) ?? "unknown reason"}).`, {
    cause,
    remedy: "Correct its owner and permissions.",
  });
}

function malformed(path: string, why: string, cause?: unknown): InfrastructureError {
  return new InfrastructureError("invalid-response", `The key file ${path} is malformed: ${why}.`, {
    cause,
    remedy: "Restore it from a copy, or make a new key with `signalbox init-keys`.",
  });
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
