import { createHash, hash, randomBytes } from "node:crypto";
import type { Digest } from "../../domain/kernel/values.ts";
import type { Hasher, Randomness } from "../../ports/crypto.ts";

export function createHasher(): Hasher {
  return {
    // In one call: several times as fast as an object for each of a million short texts.
    sha256: (text) => hash("sha256", text, "hex") as Digest,
    start() {
      const running = createHash("sha256");
      return { update: (text) => void running.update(text, "utf8"), digest: () => running.digest("hex") as Digest };
    },
  };
}

/** Ids are UUIDv7 (RFC 9562): they sort by the time of their making, also within one millisecond of one process. */
export function createRandomness(): Randomness {
  let lastTime = 0;
  let counter = 0;
  return {
    id() {
      const now = Date.now();
      // The 12 bits after the version count up within a millisecond; a clock that steps back, or a full counter, borrows from the next one.
      if (now > lastTime) {
        lastTime = now;
        counter = randomBytes(2).readUInt16BE() & 0x7ff;
      } else if (counter < 0xfff) {
        counter += 1;
      } else {
        lastTime += 1;
        counter = 0;
      }
      return formatUuid7(lastTime, counter, randomBytes(8));
    },
    token: () => randomBytes(32).toString("base64url"),
  };
}

function formatUuid7(milliseconds: number, counter: number, random: Buffer): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  random.copy(bytes, 8);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
