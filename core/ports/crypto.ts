import type { Digest } from "../domain/kernel/values.ts";

/** The public half of a key that may sign decisions. Trusted keys come from the installation's configuration, never from the database. */
export interface TrustedSigner {
  readonly keyId: string;
  /** Login of the person who holds the private half. */
  readonly person: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
}

export interface Hasher {
  /** Lower-case hex SHA-256 of the UTF-8 bytes. */
  sha256(text: string): Digest;
  /** For a text that comes in pieces: the same as {@link sha256} of all of them together. */
  start(): RunningHash;
}

export interface RunningHash {
  update(text: string): void;
  /** Ends it. */
  digest(): Digest;
}

export interface SignatureVerifier {
  /** Whether `signature` (base64url Ed25519) over the UTF-8 bytes of `text` was made with the trusted key `keyId` of `person`. Unknown key: false. */
  verify(text: string, signature: string, keyId: string, person: string): boolean;
}

/** Lives only in the host process of an owner (desktop, command line), never in the gateway and never in a slot. */
export interface DecisionSigner {
  readonly keyId: string;
  readonly person: string;
  /** Base64url Ed25519 signature over the UTF-8 bytes of `text`. */
  sign(text: string): string;
}

export interface Randomness {
  /** A new id: time-ordered (UUIDv7), unique. */
  id(): string;
  /** 32 random bytes, base64url: for tokens. */
  token(): string;
}
