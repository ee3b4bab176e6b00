import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskSecrets } from "./secrets.ts";

const token = `ghp_${"a1B2".repeat(9)}`;
const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ\n-----END PRIVATE KEY-----";

describe("a text with what looks like a secret", () => {
  it.each([
    ["a forge's token", `{"token":"${token}"}`, token],
    ["a token of a service", `run with sk-${"x9".repeat(16)} please`, `sk-${"x9".repeat(16)}`],
    ["an access key of a cloud", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"],
    ["a signed token", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N`, "dozjgNryP4J3jVmNHl0w5N"],
    ["a private key", key, "MC4CAQAwBQYDK2VwBCIEIJ"],
    ["a password in an address", "postgres://olga:tide-and-time@db.example:5432/shop", "tide-and-time"],
    ["a member whose name says so", '{"client_secret": "quiet-harbour"}', "quiet-harbour"],
    ["a variable whose name says so", "export DB_PASSWORD=quiet-harbour", "quiet-harbour"],
    ["a header", "Authorization: Bearer abcdef0123456789", "abcdef0123456789"],
  ])("does not show %s, and says that there is one", (_what, text, secret) => {
    const masked = maskSecrets(text);

    expect(masked.masked).toBe(1);
    expect(masked.text).not.toContain(secret);
    expect(masked.text).toHaveLength(text.length);
  });

  it("shows everything else as it is", () => {
    const { text, masked } = maskSecrets(`before ${token} between postgres://olga:word@db/x after`);

    expect(masked).toBe(2);
    expect(text).toMatch(/^before •+ between postgres:\/\/olga:••••@db\/x after$/u);
  });

  it.each([
    "The password is asked for at the first start.",
    "secret: no",
    "https://example.com:8080/path",
    '{"add":["run:vision"],"number":12,"reason":"token budget reached"}',
    "a commit 7f3a9c1e5b2d4f6a8c0e1b3d5f7a9c1e3b5d7f90",
    "the key of the map",
    "pip install sk-learn-contrib-helpers",
  ])("leaves %j alone", (text) => {
    expect(maskSecrets(text)).toEqual({ text, masked: 0 });
  });

  it("is hidden once and for all: another look finds nothing more, and neither changes lines nor length", () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom(token, key, "password=hunter22", "ssh://a:bcdef@c", "\n", " "));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join(" ");
        const once = maskSecrets(text).text;
        expect(maskSecrets(once)).toEqual({ text: once, masked: 0 });
        expect([once.length, once.split("\n").length]).toEqual([text.length, text.split("\n").length]);
      }),
    );
  });

  it("takes no long time over long texts without one", () => {
    const text = `${"a:b@c password ".repeat(20_000)}${"x".repeat(200_000)}${"postgres://".repeat(5_000)}`;

    expect(maskSecrets(text).text).toHaveLength(text.length);
  });
});
