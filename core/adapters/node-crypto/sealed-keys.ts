import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { SecretSealer } from "../../ports/secret-sealer.ts";
import { loadSigner, readSigningKeyFile } from "./key-files.ts";

/**
 * Seals the signing key in this file. The plain one is replaced only when the sealed one was read back from the disk, opened, and found to be the same key; whatever fails before leaves it as it was.
 *
 * @throws InfrastructureError `conflict` when it is sealed already, else what reading, sealing or writing throws.
 */
export async function sealSigningKey(path: string, sealer: SecretSealer): Promise<void> {
  const { person, keyId, secret } = await readSigningKeyFile(path);
  if (secret.kind === "sealed") throw alreadySo("The signing key is sealed already.");
  // A damaged key is not to be put away as a whole one.
  await loadSigner(path);
  await replace(path, { version: 2, keyId, person, sealed: await sealer.seal(secret.pem) }, keyId, sealer);
}

/** Keeps the signing key in a plain file again, with the same care. @throws InfrastructureError `conflict` when it is one already, else as {@link sealSigningKey}. */
export async function unsealSigningKey(path: string, sealer: SecretSealer): Promise<void> {
  const { person, keyId, secret } = await readSigningKeyFile(path);
  if (secret.kind === "plain") throw alreadySo("The signing key is in a plain file already.");
  await replace(path, { version: 1, keyId, person, privateKey: await sealer.unseal(secret.sealed) }, keyId, sealer);
}

async function replace(path: string, content: object, keyId: string, sealer: SecretSealer): Promise<void> {
  const beside = `${path}.new`;
  // Left by one that was interrupted before it counted.
  await rm(beside, { force: true });
  try {
    await writeThrough(beside, `${JSON.stringify(content, null, 2)}\n`);
    const readBack = await loadSigner(beside, sealer);
    if (readBack.keyId !== keyId) {
      throw new InfrastructureError("invalid-response", "The key that was read back is not the one that was written.", {
        retryable: false,
        remedy: "Nothing was changed. Check the disk and the keyring before you try again.",
      });
    }
    await rename(beside, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(beside, { force: true });
    if (error instanceof InfrastructureError) throw error;
    throw new InfrastructureError("unwritable", `${path} cannot be replaced.`, {
      cause: error,
      remedy: "Nothing was changed. Correct the owner and permissions of its directory.",
    });
  }
}

/** On the disk, not only in the system's memory, before anything relies on it. */
async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directories.
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function alreadySo(message: string): InfrastructureError {
  return new InfrastructureError("conflict", message, { retryable: false, remedy: "There is nothing to do." });
}
