import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signBytes, verifySignature } from "./webhook-signature.ts";

const bytes = new TextEncoder().encode("Hello, World!");
/** The example of GitHub's documentation. https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
const secret = "It's a Secret to Everybody";
const header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

describe("the signature of a webhook", () => {
  it("is accepted when GitHub made it over these bytes with our secret", () => {
    expect(verifySignature(secret, bytes, header)).toBe(true);
  });

  it("is refused when it is missing or malformed", () => {
    const malformed = [
      undefined,
      null,
      "",
      "sha256=",
      header.slice(7),
      header.slice(0, -1),
      `${header}0`,
      header.toUpperCase(),
      header.replace("sha256", "sha1"),
      `${header}, ${header}`,
      ` ${header}`,
    ];

    expect(malformed.filter((candidate) => verifySignature(secret, bytes, candidate))).toEqual([]);
  });

  it("is accepted under any of the active secrets, so that a secret can be rotated", () => {
    expect(verifySignature(["new", secret], bytes, header)).toBe(true);
    expect(verifySignature([secret, "new"], bytes, header)).toBe(true);
    expect(verifySignature(["new", "newer"], bytes, header)).toBe(false);
  });

  it("is refused without a secret, even when it was made with the empty one", () => {
    expect(verifySignature([], bytes, header)).toBe(false);
    expect(verifySignature("", bytes, signBytes("", bytes))).toBe(false);
  });

  it("is accepted for exactly the signed bytes, text or not, and for no others", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.string({ minLength: 1 }), fc.nat(), (body, key, at) => {
        const signature = signBytes(key, body);
        const changed = body.with(at % body.length, (body[at % body.length] ?? 0) ^ 1);
        expect(verifySignature(key, body, signature)).toBe(true);
        expect(verifySignature(key, changed, signature)).toBe(false);
        expect(verifySignature(`${key}x`, body, signature)).toBe(false);
      }),
    );
  });
});
