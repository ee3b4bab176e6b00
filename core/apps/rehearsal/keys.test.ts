import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SecretSealer } from "../../ports/secret-sealer.ts";
import { openKeys } from "./keys.ts";

const sealer: SecretSealer = {
  seal: async (secret) => Buffer.from(secret).toString("base64"),
  unseal: async (sealed) => Buffer.from(sealed, "base64").toString(),
};

let directory = "";
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "signalbox-workspace-keys-"))));
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("the keys of a workspace", () => {
  it("are made in a plain file, and sealed on the owner's word by a host that the desktop has started", async () => {
    const { place, signer } = await openKeys(directory, "olga", { sealer, signs: true });
    expect([place.canSeal, await place.isSealed()]).toEqual([true, false]);

    await place.seal();

    expect(await place.isSealed()).toBe(true);
    const again = await openKeys(directory, "olga", { sealer, signs: true });
    expect(again.signer.keyId).toBe(signer.keyId);
    expect(again.signatures.verify("text", again.signer.sign("text"), signer.keyId, "olga")).toBe(true);
  });

  it("let a command look without a desktop when the key is sealed, but neither sign nor set anything going", async () => {
    const { place, signer } = await openKeys(directory, "olga", { sealer, signs: true });
    await place.seal();

    const looking = await openKeys(directory, "olga", { signs: false });

    expect([looking.signer.person, looking.signer.keyId]).toEqual(["olga", signer.keyId]);
    expect(() => looking.signer.sign("text")).toThrow("only the desktop can open it");
    await expect(openKeys(directory, "olga", { signs: true })).rejects.toMatchObject({
      code: "unauthorised",
      remedy: expect.stringContaining("signalbox desktop"),
    });
  });

  it("are neither sealed nor unsealed without a desktop", async () => {
    const { place } = await openKeys(directory, "olga", { signs: true });
    const before = await readFile(join(directory, "olga.signing-key.json"), "utf8");

    expect(place.canSeal).toBe(false);
    await expect(place.seal()).rejects.toMatchObject({ code: "unauthorised", remedy: expect.stringContaining("signalbox desktop") });
    expect(await readFile(join(directory, "olga.signing-key.json"), "utf8")).toBe(before);
  });

  it("change one after the other, also when the owner asks for both at once", async () => {
    const { place } = await openKeys(directory, "olga", { sealer, signs: true });

    await Promise.all([place.seal(), place.unseal(), place.seal()]);

    expect(await place.isSealed()).toBe(true);
    expect((await openKeys(directory, "olga", { sealer, signs: true })).signer.person).toBe("olga");
  });
});
