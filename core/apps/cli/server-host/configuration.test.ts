import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownerOfKeys, readServerHostConfiguration } from "./configuration.ts";

describe("how an owner's machine reaches a server", () => {
  it("is told by three variables, of which two are needed", () => {
    const env = { SIGNALBOX_DATABASE_URL: "postgres://db.example/signalbox", SIGNALBOX_OWNER_GITHUB_TOKEN: "token" };

    expect(readServerHostConfiguration(env)).toEqual({
      databaseUrl: "postgres://db.example/signalbox",
      githubUrl: "https://api.github.com",
      ownerToken: "token",
      trustedSigners: undefined,
    });
  });

  it("names every variable that is missing or wrong", () => {
    expect(() => readServerHostConfiguration({ SIGNALBOX_DATABASE_URL: "mysql://x" })).toThrow(
      expect.objectContaining({
        code: "invalid-response",
        message: expect.stringMatching(/SIGNALBOX_DATABASE_URL: must be a postgres.*SIGNALBOX_OWNER_GITHUB_TOKEN/u),
      }),
    );
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
