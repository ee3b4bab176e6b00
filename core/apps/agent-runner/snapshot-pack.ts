import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";

const packed = z.object({ version: z.literal(1), session: z.base64(), changes: z.string() });

/** Everything that lets another process go on where this one stopped: the agent's session files and what it had not committed yet. */
export interface RunSnapshot {
  readonly session: Uint8Array;
  /** A binary git patch against the branch tip. */
  readonly changes: string;
}

export function packSnapshot(snapshot: RunSnapshot): Uint8Array {
  return gzipSync(JSON.stringify({ version: 1, session: Buffer.from(snapshot.session).toString("base64"), changes: snapshot.changes }));
}

/** @throws when the bytes are no snapshot of a version that this runner knows. */
export function unpackSnapshot(bytes: Uint8Array): RunSnapshot {
  const content = packed.parse(JSON.parse(gunzipSync(bytes).toString("utf8")));
  return { session: new Uint8Array(Buffer.from(content.session, "base64")), changes: content.changes };
}
