import { generateKeyPairSync } from "node:crypto";
import { createHasher, createRandomness } from "../adapters/node-crypto/hashing.ts";
import { createDecisionSigner, createSignatureVerifier } from "../adapters/node-crypto/signatures.ts";
import type { DecisionSigner, Hasher, Randomness, SignatureVerifier, TrustedSigner } from "../ports/crypto.ts";

/** Cryptography is not faked: the real one is pure and fast. */
export const testHasher: Hasher = createHasher();

export const testRandomness: Randomness = createRandomness();

/** A new key of a person, in memory. */
export function testKey(person: string): { readonly signer: DecisionSigner; readonly trusted: TrustedSigner } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signer = createDecisionSigner(person, privateKey);
  return { signer, trusted: { keyId: signer.keyId, person, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() } };
}

export function testVerifier(...trusted: readonly TrustedSigner[]): SignatureVerifier {
  return createSignatureVerifier(trusted);
}
