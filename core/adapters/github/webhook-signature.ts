import { createHmac, timingSafeEqual } from "node:crypto";

const shape = /^sha256=([0-9a-f]{64})$/;

/**
 * Whether `header` (`X-Hub-Signature-256`) is GitHub's HMAC-SHA256 of exactly these bytes under one of the secrets. Several secrets are active while one is rotated. Every
 * secret is tried, each compared in constant time, so the time tells neither where a signature differs nor which secret matched. Nothing throws: a missing or
 * malformed header is just not a signature. No secret, or an empty one, verifies nothing.
 */
export function verifySignature(secret: string | readonly string[], rawBytes: Uint8Array, header: string | null | undefined): boolean {
  const given = shape.exec(header ?? "")?.[1];
  if (given === undefined) return false;
  const signature = Buffer.from(given, "hex");
  const secrets = (typeof secret === "string" ? [secret] : secret).filter((candidate) => candidate !== "");
  const matches = secrets.map((candidate) => timingSafeEqual(createHmac("sha256", candidate).update(rawBytes).digest(), signature));
  return matches.includes(true);
}

/** The header value for these bytes; what tests and the local composition send. */
export function signBytes(secret: string, rawBytes: Uint8Array): string {
  return `sha256=${createHmac("sha256", secret).update(rawBytes).digest("hex")}`;
}
