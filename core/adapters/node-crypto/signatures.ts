import { createHash, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import type { DecisionSigner, SignatureVerifier, TrustedSigner } from "../../ports/crypto.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** The id of a public key: the first 32 hex digits of the SHA-256 of its SPKI DER. Two people cannot have the same by chance, and nobody can choose one. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 32);
}

/** Reads a public key and checks that it is Ed25519. @throws what `node:crypto` throws, or a TypeError for another kind of key. */
export function readPublicKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError(`expected an Ed25519 key, found ${key.asymmetricKeyType}`);
  return key;
}

/** Verifies against these keys only. @throws InfrastructureError `invalid-response` when a key cannot be read or its id is not its own. */
export function createSignatureVerifier(trusted: readonly TrustedSigner[]): SignatureVerifier {
  const keys = new Map(trusted.map((signer) => [signer.keyId, { person: signer.person, key: trustedKey(signer) }] as const));
  return {
    verify(text, signature, keyId, person) {
      const known = keys.get(keyId);
      if (!known || known.person !== person) return false;
      const bytes = Buffer.from(signature, "base64url");
      // Decoding skips what is no base64url; only the exact text of 64 bytes is a signature.
      if (bytes.length !== 64 || bytes.toString("base64url") !== signature) return false;
      return verify(null, Buffer.from(text, "utf8"), known.key, bytes);
    },
  };
}

/** Signs with a private key that is already in memory. */
export function createDecisionSigner(person: string, privateKey: KeyObject): DecisionSigner {
  return {
    keyId: keyIdOf(createPublicKey(privateKey)),
    person,
    sign: (text) => sign(null, Buffer.from(text, "utf8"), privateKey).toString("base64url"),
  };
}

function trustedKey(signer: TrustedSigner): KeyObject {
  let key: KeyObject;
  try {
    key = readPublicKey(signer.publicKey);
  } catch (cause) {
    throw new InfrastructureError("invalid-response", `The trusted key ${signer.keyId} of ${signer.person} cannot be read.`, {
      cause,
      remedy: "Write its public key file again with `signalbox init-keys`.",
    });
  }
  if (keyIdOf(key) === signer.keyId) return key;
  throw new InfrastructureError("invalid-response", `The trusted key ${signer.keyId} of ${signer.person} has another id than its key: ${keyIdOf(key)}.`, {
    remedy: "Use the public key file as `signalbox init-keys` wrote it.",
  });
}
