import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packSnapshot, unpackSnapshot } from "./snapshot-pack.ts";

describe("a packed snapshot", () => {
  it("gives back any session and any changes as they were", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.string({ unit: "grapheme", maxLength: 2_000 }), (session, changes) => {
        expect(unpackSnapshot(packSnapshot({ session, changes }))).toStrictEqual({ session: new Uint8Array(session), changes });
      }),
    );
  });

  it.each([
    ["noise", new Uint8Array([1, 2, 3])],
    ["nothing", new Uint8Array()],
    ["another version", gzipSync(JSON.stringify({ version: 2, session: "", changes: "" }))],
    ["another shape", gzipSync(JSON.stringify({ version: 1, changes: 7 }))],
    ["no base64", gzipSync(JSON.stringify({ version: 1, session: "###", changes: "" }))],
  ])("is refused when it is %s", (_, bytes) => {
    expect(() => unpackSnapshot(bytes)).toThrow();
  });
});
