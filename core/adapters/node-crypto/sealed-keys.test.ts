import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { SecretSealer } from "../../ports/secret-sealer.ts";
import { createKeyPair, loadSigner, loadTrustedSigners, readSigningKeyFile } from "./key-files.ts";
import { sealSigningKey, unsealSigningKey } from "./sealed-keys.ts";
import { createSignatureVerifier } from "./signatures.ts";

/** A keyring that holds one user's key; another user's opens nothing of it. */
function keyringOf(user: string): SecretSealer {
  return {
    seal: async (secret) => Buffer.from(`${user}:${secret}`).toString("base64"),
    async unseal(sealed) {
      const opened = Buffer.from(sealed, "base64").toString();
      if (!opened.startsWith(`${user}:`)) throw new InfrastructureError("unauthorised", "sealed by somebody else");
      return opened.slice(user.length + 1);
    },
  };
}

const keyring = keyringOf("olga");
let directory = "";
let path = "";
let plain = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "signalbox-sealed-"));
  path = (await createKeyPair(directory, "olga")).privatePath;
  plain = await readFile(path, "utf8");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const keyFiles = async (): Promise<readonly string[]> => (await readdir(directory)).toSorted();
const untouched = ["olga.public-key.json", "olga.signing-key.json"];

describe("a signing key that is sealed", () => {
  it("signs as before through the keyring, and nothing of it is readable in the file", async () => {
    await sealSigningKey(path, keyring);

    const file = await readFile(path, "utf8");
    expect(JSON.parse(file)).toEqual({ version: 2, keyId: expect.any(String), person: "olga", sealed: expect.any(String) });
    expect(file).not.toContain("PRIVATE KEY");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await keyFiles()).toEqual(untouched);
    const signer = await loadSigner(path, keyring);
    const verifier = createSignatureVerifier(await loadTrustedSigners(directory));
    expect(verifier.verify("approve", signer.sign("approve"), signer.keyId, "olga")).toBe(true);
  });

  it("is of no use without a desktop, and says what to do", async () => {
    await sealSigningKey(path, keyring);

    await expect(loadSigner(path)).rejects.toMatchObject({
      code: "unauthorised",
      message: expect.stringContaining("sealed"),
      remedy: expect.stringContaining("signalbox desktop"),
    });
    expect(await readSigningKeyFile(path)).toMatchObject({ person: "olga", secret: { kind: "sealed" } });
  });

  it("is not opened by somebody else's keyring", async () => {
    await sealSigningKey(path, keyring);

    await expect(loadSigner(path, keyringOf("mallory"))).rejects.toMatchObject({ code: "unauthorised" });
  });

  it("can be kept in a plain file again, the same as before", async () => {
    await sealSigningKey(path, keyring);
    await unsealSigningKey(path, keyring);

    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(JSON.parse(plain));
    expect((await loadSigner(path)).person).toBe("olga");
    expect(await keyFiles()).toEqual(untouched);
  });

  it("is not sealed twice, nor unsealed twice", async () => {
    await expect(unsealSigningKey(path, keyring)).rejects.toMatchObject({ code: "conflict", retryable: false });
    await sealSigningKey(path, keyring);
    const sealed = await readFile(path, "utf8");

    await expect(sealSigningKey(path, keyring)).rejects.toMatchObject({ code: "conflict", retryable: false });
    expect(await readFile(path, "utf8")).toBe(sealed);
  });
});

describe("a signing key that cannot be sealed stays as it was", () => {
  const refused = new InfrastructureError("unavailable", "There is no keyring.");

  it.each<{ readonly what: string; readonly sealer: SecretSealer; readonly code: string }>([
    { what: "the keyring refuses", sealer: { seal: () => Promise.reject(refused), unseal: keyring.unseal }, code: "unavailable" },
    { what: "what was sealed cannot be opened again", sealer: { seal: keyring.seal, unseal: () => Promise.reject(refused) }, code: "unavailable" },
    {
      what: "what was sealed opens to something else",
      sealer: { seal: keyring.seal, unseal: async () => "-----BEGIN NOTHING-----" },
      code: "invalid-response",
    },
    { what: "the keyring has lost what it was given", sealer: { seal: async () => "", unseal: async () => "" }, code: "invalid-response" },
  ])("when $what", async ({ sealer, code }) => {
    await expect(sealSigningKey(path, sealer)).rejects.toMatchObject({ code });

    expect(await readFile(path, "utf8")).toBe(plain);
    expect(await keyFiles()).toEqual(untouched);
  });

  it("when what was sealed opens to another person's key", async () => {
    const other = await createKeyPair(directory, "ivan");
    const { privateKey } = JSON.parse(await readFile(other.privatePath, "utf8")) as { readonly privateKey: string };

    await expect(sealSigningKey(path, { seal: keyring.seal, unseal: async () => privateKey })).rejects.toMatchObject({ code: "invalid-response" });

    expect(await readFile(path, "utf8")).toBe(plain);
  });

  it("when it is damaged, or others can read it", async () => {
    const damaged = plain.replace(/"privateKey": ".*"/u, '"privateKey": "x"');
    await writeFile(path, damaged);
    await expect(sealSigningKey(path, keyring)).rejects.toMatchObject({ code: "invalid-response" });
    expect(await readFile(path, "utf8")).toBe(damaged);

    await chmod(path, 0o644);
    await expect(sealSigningKey(path, keyring)).rejects.toMatchObject({ code: "unauthorised" });
  });

  it("and what one that was interrupted has left is not in the way of the next", async () => {
    await writeFile(`${path}.new`, "half of");

    await sealSigningKey(path, keyring);

    expect(await keyFiles()).toEqual(untouched);
  });
});
