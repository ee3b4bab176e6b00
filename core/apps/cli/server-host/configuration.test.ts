import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findConfiguration, ownerOfKeys } from "./configuration.ts";

describe("how an owner's machine reaches a server", () => {
  const kept = { database: "postgres://kept.example/signalbox", forge: "https://forge.example/api", token: "kept-token" };
  const nothing = async (): Promise<undefined> => undefined;

  it("is told by three variables, of which two are needed", async () => {
    const env = { SIGNALBOX_DATABASE_URL: "postgres://db.example/signalbox", SIGNALBOX_OWNER_GITHUB_TOKEN: "token" };

    expect(await findConfiguration(env, nothing)).toEqual({
      databaseUrl: "postgres://db.example/signalbox",
      githubUrl: "https://api.github.com",
      ownerToken: "token",
      trustedSigners: undefined,
    });
  });

  it("is what was set up on this machine, where the environment says nothing of it", async () => {
    expect(await findConfiguration({ SIGNALBOX_TRUSTED_SIGNERS: "/keys" }, async () => kept)).toEqual({
      databaseUrl: kept.database,
      githubUrl: kept.forge,
      ownerToken: kept.token,
      trustedSigners: "/keys",
    });
  });

  it("is what the environment says, where both say something: what is kept is not even opened", async () => {
    const env = { SIGNALBOX_DATABASE_URL: "postgres://db.example/signalbox", SIGNALBOX_OWNER_GITHUB_TOKEN: "token" };
    const locked = (): Promise<never> => Promise.reject(new Error("the keyring is locked"));

    expect(await findConfiguration(env, locked)).toMatchObject({ databaseUrl: "postgres://db.example/signalbox" });
    await expect(findConfiguration({}, locked)).rejects.toThrow("the keyring is locked");
  });

  it("names every variable that is missing or wrong", async () => {
    await expect(findConfiguration({ SIGNALBOX_DATABASE_URL: "mysql://x" }, async () => kept)).rejects.toMatchObject({
      code: "invalid-response",
      message: expect.stringMatching(/SIGNALBOX_DATABASE_URL: must be a postgres.*SIGNALBOX_OWNER_GITHUB_TOKEN/u),
      remedy: expect.stringContaining("Your own server"),
    });
    await expect(findConfiguration({}, nothing)).rejects.toMatchObject({ code: "invalid-response" });
  });
});

describe("whose key signs", () => {
  let directory = "";
  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "signalbox-keys-"))));
  afterEach(() => rm(directory, { recursive: true }));

  it("is in the name of the one key that is there", async () => {
    for (const name of ["olga.signing-key.json", "olga.public-key.json", "pavel.public-key.json"]) await writeFile(join(directory, name), "");

    expect(await ownerOfKeys(directory)).toBe("olga");
  });

  it("is not guessed: without a key, or with two, it is said what to do", async () => {
    await expect(ownerOfKeys(join(directory, "nowhere"))).rejects.toMatchObject({ remedy: expect.stringContaining("init-keys") });

    for (const name of ["olga.signing-key.json", "pavel.signing-key.json"]) await writeFile(join(directory, name), "");
    await expect(ownerOfKeys(directory)).rejects.toMatchObject({ remedy: expect.stringContaining("Leave the one") });
  });
});
