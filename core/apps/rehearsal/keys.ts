import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createKeyPair, loadSigner, loadTrustedSigners, readSigningKeyFile, sealedAway } from "../../adapters/node-crypto/key-files.ts";
import { sealSigningKey, unsealSigningKey } from "../../adapters/node-crypto/sealed-keys.ts";
import { createSignatureVerifier } from "../../adapters/node-crypto/signatures.ts";
import type { DecisionSigner, SignatureVerifier, TrustedSigner } from "../../ports/crypto.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { SecretSealer } from "../../ports/secret-sealer.ts";
import type { SigningKeyPlace } from "../host/dependencies.ts";

export interface WorkspaceKeys {
  readonly signer: DecisionSigner;
  readonly signatures: SignatureVerifier;
  /** Whose signatures those are. */
  readonly trusted: readonly TrustedSigner[];
  readonly place: SigningKeyPlace;
}

export interface KeyOpening {
  /** Opens a sealed key; absent where there is no desktop. */
  readonly sealer?: SecretSealer | undefined;
  /** Whether something will be signed; true when absent. Where not, a sealed key that cannot be opened is no reason not to look. */
  readonly signs?: boolean | undefined;
}

/** The owner's signing key of a workspace, made at first use, and the keys that the workspace trusts: all public keys in the same folder. */
export async function openKeys(directory: string, person: string, { sealer, signs = true }: KeyOpening = {}): Promise<WorkspaceKeys> {
  const file = `${person}.signing-key.json`;
  const present = await readdir(directory).catch((): string[] => []);
  if (!present.includes(file)) await createKeyPair(directory, person);
  const path = join(directory, file);
  const signer = sealer === undefined && !signs ? await lookOnly(path) : await loadSigner(path, sealer);
  const trusted = await loadTrustedSigners(directory);
  return { signer, trusted, signatures: createSignatureVerifier(trusted), place: placeOf(path, sealer) };
}

/** The key's name without the key, where it is sealed. */
async function lookOnly(path: string): Promise<DecisionSigner> {
  const { person, keyId, secret } = await readSigningKeyFile(path);
  if (secret.kind === "plain") return loadSigner(path);
  return {
    person,
    keyId,
    sign() {
      throw sealedAway(path);
    },
  };
}

function placeOf(path: string, sealer: SecretSealer | undefined): SigningKeyPlace {
  // One change at a time: each reads the file, and writes what the other would not know.
  let last: Promise<unknown> = Promise.resolve();
  const change = (how: (path: string, sealer: SecretSealer) => Promise<void>): Promise<void> => {
    if (sealer === undefined) return Promise.reject(noDesktop());
    const done = last.then(() => how(path, sealer));
    last = done.catch(() => undefined);
    return done;
  };
  return {
    canSeal: sealer !== undefined,
    isSealed: async () => (await readSigningKeyFile(path)).secret.kind === "sealed",
    seal: () => change(sealSigningKey),
    unseal: () => change(unsealSigningKey),
  };
}

function noDesktop(): InfrastructureError {
  return new InfrastructureError("unauthorised", "Only the desktop reaches the keyring, and this workspace was not opened by it.", {
    remedy: "End what has the workspace open, run `signalbox desktop`, and do it there.",
  });
}
