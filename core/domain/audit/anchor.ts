import { canonicalJson } from "../kernel/canonical-json.ts";
import type { Digest, Instant } from "../kernel/values.ts";
import type { ChainHead } from "./chain.ts";

/**
 * A place in the chain of flow events that its owner has vouched for, remembered outside of the database. Each names the signature of the one before it, so that none can be
 * taken out of the middle or exchanged.
 */
export interface AuditAnchor extends ChainHead {
  /** The signer's clock. */
  readonly at: Instant;
  /** Login of the person whose key signed it. */
  readonly by: string;
  readonly keyId: string;
  /** Signature of the anchor before; empty for the first, and for one that stands alone. */
  readonly previous: string;
  /** Base64url Ed25519 over {@link anchorText}. */
  readonly signature: string;
}

/** The text that an anchor's signature covers. */
export function anchorText({ sequence, hash, at, by, previous }: Omit<AuditAnchor, "keyId" | "signature">): string {
  return canonicalJson({ type: "signalbox-audit-anchor", sequence, hash, at, by, previous });
}

/** What a key signs anchors with; a person's own, in their own process. */
export interface AnchorSigner {
  readonly keyId: string;
  readonly person: string;
  sign(text: string): string;
}

/** Vouches for a place in the chain, after the anchor before it. */
export function signAnchor(signer: AnchorSigner, head: ChainHead, at: Instant, previous = ""): AuditAnchor {
  const content = { sequence: head.sequence, hash: head.hash, at, by: signer.person, previous };
  return { ...content, keyId: signer.keyId, signature: signer.sign(anchorText(content)) };
}

/** Verifies a text's signature by the trusted key of a person. */
export type VerifySignature = (text: string, signature: string, keyId: string, person: string) => boolean;

/** Whether a trusted key has signed the anchor. One that holds what nobody signs is not. */
export function anchorVerifies(anchor: AuditAnchor, verify: VerifySignature): boolean {
  try {
    return verify(anchorText(anchor), anchor.signature, anchor.keyId, anchor.by);
  } catch {
    return false;
  }
}

/** Where tags that carry anchors live, without `refs/tags/`. */
export const anchorTagPrefix = "signalbox/audit/";

/** The name of an anchor's tag. The same place in the same chain has the same name; two chains cannot meet in one. */
export function anchorTagName({ sequence, hash }: ChainHead): string {
  return `${anchorTagPrefix}${sequence}-${hash.slice(0, 12)}`;
}

const opening = "Signalbox audit anchor: the record of everything that happened, up to here.";

/** An anchor as the message of a tag: for people, and for {@link parseAnchorMessage}. */
export function anchorMessage(anchor: AuditAnchor): string {
  const { sequence, hash, at, by, keyId, previous, signature } = anchor;
  const lines = Object.entries({ sequence, hash, at, by, key: keyId, previous, signature }).map(([name, value]) => `${name}: ${value}`.trimEnd());
  return `${opening}\n\n${lines.join("\n")}\n`;
}

/** The anchor in a tag's message; undefined for any other text. It is not verified here. */
export function parseAnchorMessage(message: string): AuditAnchor | undefined {
  const [first, , ...rest] = message.replaceAll("\r\n", "\n").trimEnd().split("\n");
  if (first !== opening) return undefined;
  const facts = new Map(rest.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const));
  const fact = (name: string): string => facts.get(name) ?? "";
  return readAnchor({
    sequence: Number(fact("sequence")),
    hash: fact("hash"),
    at: Number(fact("at")),
    by: fact("by"),
    keyId: fact("key"),
    previous: fact("previous"),
    signature: fact("signature"),
  });
}

/** An anchor from what was read somewhere; undefined when it has not the form of one. */
export function readAnchor(value: Readonly<Record<string, unknown>>): AuditAnchor | undefined {
  const { sequence, hash, at, by, keyId, previous, signature } = value;
  if (typeof sequence !== "number" || !Number.isSafeInteger(sequence) || sequence < 1) return undefined;
  if (typeof at !== "number" || !Number.isSafeInteger(at)) return undefined;
  if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
  if (typeof by !== "string" || typeof keyId !== "string" || typeof previous !== "string" || typeof signature !== "string") return undefined;
  return { sequence, hash: hash as Digest, at: at as Instant, by, keyId, previous, signature };
}
