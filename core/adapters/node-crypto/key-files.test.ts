import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyPair, loadSigner, loadTrustedSigners } from "./key-files.ts";
import { createSignatureVerifier } from "./signatures.ts";

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "signalbox-keys-"))));
afterEach(async () => await rm(directory, { recursive: true, force: true }));

describe("key files", () => {
  it("make a signer whose signatures only its own trusted key verifies", async () => {
    const olga = await createKeyPair(directory, "olga");
    await createKeyPair(directory, "ivan");
    const signer = await loadSigner(olga.privatePath);
    const trusted = await loadTrustedSigners(directory);
    const verifier = createSignatureVerifier(trusted);
    const ivan = trusted.find((one) => one.person === "ivan")!;

    const signature = signer.sign("approve ё");

    expect(trusted).toHaveLength(2);
    expect(verifier.verify("approve ё", signature, signer.keyId, "olga")).toBe(true);
    expect(verifier.verify("approve е", signature, signer.keyId, "olga")).toBe(false);
    expect(verifier.verify("approve ё", signature, signer.keyId, "ivan")).toBe(false);
    expect(verifier.verify("approve ё", signature, ivan.keyId, "ivan")).toBe(false);
    expect(verifier.verify("approve ё", signature, "unknown", "olga")).toBe(false);
    for (const broken of ["", "ü", `${signature}=`, `${signature}\n`, signature.slice(1)])
      expect(verifier.verify("approve ё", broken, signer.keyId, "olga")).toBe(false);
  });

  it("are readable by their owner only, in the private half", async () => {
    const { privatePath, publicPath } = await createKeyPair(directory, "olga");

    expect((await stat(privatePath)).mode & 0o777).toBe(0o600);
    expect(await readFile(publicPath, "utf8")).not.toContain("PRIVATE");
  });

  it("are never overwritten", async () => {
    const { privatePath, publicPath } = await createKeyPair(directory, "olga");
    const before = await readFile(privatePath, "utf8");

    await expect(createKeyPair(directory, "olga")).rejects.toMatchObject({ code: "conflict", retryable: false });
    await rm(privatePath);
    await expect(createKeyPair(directory, "olga")).rejects.toMatchObject({ code: "conflict" });

    expect(await readFile(publicPath, "utf8")).toContain(JSON.parse(before).keyId);
  });

  it.each(["", "../olga", "a/b", "a b", ".hidden"])("are not made for %j", async (person) => {
    await expect(createKeyPair(directory, person)).rejects.toMatchObject({ code: "invalid-response" });
  });

  it("are refused when others can read the private half", async () => {
    const { privatePath } = await createKeyPair(directory, "olga");
    await chmod(privatePath, 0o640);

    await expect(loadSigner(privatePath)).rejects.toMatchObject({ code: "unauthorised", remedy: expect.stringContaining("chmod 600") });
  });

  it("end in a clear error when they are missing or malformed, which never quotes the key", async () => {
    const { privatePath, publicPath } = await createKeyPair(directory, "olga");
    const secret = JSON.parse(await readFile(privatePath, "utf8"));

    await expect(loadSigner(join(directory, "nobody"))).rejects.toMatchObject({ code: "not-found" });
    await expect(loadTrustedSigners(join(directory, "nobody"))).rejects.toMatchObject({ code: "not-found" });
    for (const content of [
      "",
      "{",
      "[]",
      "null",
      "{}",
      JSON.stringify({ ...secret, privateKey: "x" }),
      JSON.stringify({ ...secret, keyId: "other" }),
      `x${JSON.stringify(secret)}`,
    ]) {
      await writeFile(privatePath, content);
      const error = await loadSigner(privatePath).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "InfrastructureError", code: "invalid-response" });
      expect((error as Error).message).not.toContain(secret.privateKey.slice(40, 60));
    }
    await writeFile(publicPath, JSON.stringify({ keyId: secret.keyId, person: "olga", publicKey: secret.privateKey.replaceAll("PRIVATE", "PUBLIC") }));
    await expect(loadTrustedSigners(publicPath)).rejects.toMatchObject({ code: "invalid-response" });
  });

  it("end in a clear error where the directory cannot be made", async () => {
    await writeFile(join(directory, "file"), "");

    await expect(createKeyPair(join(directory, "file", "keys"), "olga")).rejects.toMatchObject({ code: "unwritable" });
  });
});
