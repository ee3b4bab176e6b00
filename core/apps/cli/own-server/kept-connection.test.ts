import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { SecretSealer } from "../../../ports/secret-sealer.ts";
import { keepConnection, keptConnection, openConnection } from "./kept-connection.ts";

const connection = { database: "postgres://olga:secret-word@db.example:5433/signalbox", forge: "https://api.github.com", token: "token-of-olga" };
/** Seals nothing really: what was sealed can be told from what was not. */
const sealer: SecretSealer = {
  seal: async (secret) => Buffer.from(secret).toString("hex"),
  unseal: async (sealed) => Buffer.from(sealed, "hex").toString(),
};

describe("a connection to a server that is kept on the owner's machine", () => {
  let directory = "";
  const file = (): string => join(directory, "connection.json");
  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "signalbox-connection-"))));
  afterEach(() => rm(directory, { recursive: true }));

  it("is opened as it was kept, from a file for its owner only", async () => {
    await keepConnection(file(), connection, "file", undefined);

    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await openConnection(file(), undefined)).toEqual(connection);
    expect(await openConnection(file(), sealer)).toEqual(connection);
  });

  it("is sealed with the keyring where the owner wants that: neither password nor token is in the file", async () => {
    await keepConnection(file(), connection, "keyring", sealer);

    expect(await readFile(file(), "utf8")).not.toMatch(/secret-word|token-of-olga/u);
    expect(await openConnection(file(), sealer)).toEqual(connection);
    await expect(openConnection(file(), undefined)).rejects.toMatchObject({ code: "unauthorised", remedy: expect.stringContaining("desktop") });
  });

  it.each(["file", "keyring"] as const)("shows of itself where it leads, and nothing secret (%s)", async (keptIn) => {
    await keepConnection(file(), connection, keptIn, sealer);

    expect(await keptConnection(file())).toEqual({ database: "db.example:5433/signalbox", forge: "https://api.github.com", keptIn });
  });

  it("is not there before anything was kept", async () => {
    expect(await keptConnection(file())).toBeUndefined();
    expect(await openConnection(file(), undefined)).toBeUndefined();
  });

  it("stays as it was when a keyring is wanted and there is none, or it fails", async () => {
    await keepConnection(file(), connection, "file", undefined);
    const other = { ...connection, token: "another" };
    const locked: SecretSealer = { ...sealer, seal: () => Promise.reject(new InfrastructureError("unauthorised", "The keyring is locked.")) };

    await expect(keepConnection(file(), other, "keyring", undefined)).rejects.toMatchObject({
      code: "unavailable",
      remedy: expect.stringContaining("desktop"),
    });
    await expect(keepConnection(file(), other, "keyring", locked)).rejects.toThrow("The keyring is locked.");
    expect(await openConnection(file(), undefined)).toEqual(connection);
  });

  it("takes the place of the one before, whatever an interrupted attempt has left", async () => {
    await keepConnection(file(), connection, "keyring", sealer);
    await writeFile(`${file()}.new`, "half", { mode: 0o644 });

    await keepConnection(file(), { ...connection, token: "another" }, "file", undefined);

    expect(await openConnection(file(), undefined)).toEqual({ ...connection, token: "another" });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it("is not used when others can read it, and it is said what to do", async () => {
    await keepConnection(file(), connection, "file", undefined);
    await chmod(file(), 0o644);

    await expect(openConnection(file(), undefined)).rejects.toMatchObject({ code: "unauthorised", remedy: expect.stringContaining("chmod 600") });
  });

  it.each(["", "{}", '{"version":1,"database":"x","forge":"y","secret":{}}', "null"])("is not guessed from %j", async (text) => {
    await writeFile(file(), text, { mode: 0o600 });

    await expect(keptConnection(file())).rejects.toMatchObject({ code: "invalid-response", remedy: expect.stringContaining("Connect again") });
  });

  it("says so when what was sealed is not a connection", async () => {
    await writeFile(file(), JSON.stringify({ version: 1, database: "x", forge: "y", secret: { sealed: await sealer.seal("{}") } }), { mode: 0o600 });

    await expect(openConnection(file(), sealer)).rejects.toMatchObject({ code: "invalid-response" });
  });

  it("cannot be kept where nothing can be written", async () => {
    await expect(keepConnection(join(directory, "nowhere", "connection.json"), connection, "file", undefined)).rejects.toMatchObject({ code: "unwritable" });
  });
});
