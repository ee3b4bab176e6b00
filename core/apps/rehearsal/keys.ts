import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createKeyPair, loadSigner, loadTrustedSigners } from "../../adapters/node-crypto/key-files.ts";
import { createSignatureVerifier } from "../../adapters/node-crypto/signatures.ts";
import type { DecisionSigner, SignatureVerifier } from "../../ports/crypto.ts";

/** The owner's signing key of a workspace, made at first use, and the keys that the workspace trusts: all public keys in the same folder. */
export async function openKeys(directory: string, person: string): Promise<{ readonly signer: DecisionSigner; readonly signatures: SignatureVerifier }> {
  const file = `${person}.signing-key.json`;
  const present = await readdir(directory).catch((): string[] => []);
  if (!present.includes(file)) await createKeyPair(directory, person);
  const signer = await loadSigner(join(directory, file));
  return { signer, signatures: createSignatureVerifier(await loadTrustedSigners(directory)) };
}
