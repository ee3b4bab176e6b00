import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPostgresDriver } from "../../../adapters/postgres/driver.ts";
import type { Check } from "../../../contract/connection.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import { emptyPostgres, freshPostgres, type FreshDatabase } from "../../../testing/databases.ts";
import { freePort } from "../../../testing/free-port.ts";
import { createLocalForgeStage, type LocalForgeStage } from "../../../testing/local-forge-stage.ts";
import { postgresSkipReason, postgresUrl } from "../../../testing/test-postgres.ts";
import { checkDatabase, checkForge } from "./connection-checks.ts";
import { openConnection } from "./kept-connection.ts";
import { createOwnServer, serverWorkspaceOf } from "./own-server.ts";

const shop = "acme/shop" as RepositoryName;
const statuses = (checks: readonly Check[]) => Object.fromEntries(checks.map(({ id, status }) => [id, status]));
/** The one check that failed, which is the last: what comes after it cannot be looked at. */
const failure = (checks: readonly Check[]): Check => {
  expect(checks.slice(0, -1).filter(({ status }) => status === "fail")).toEqual([]);
  expect(checks.at(-1)).toMatchObject({ status: "fail", remedy: expect.any(String) });
  return checks.at(-1)!;
};

describe.skipIf(!postgresUrl())(`the database of a server to connect to ${postgresSkipReason() ?? ""}`, () => {
  const server = postgresUrl() ?? "";
  let database: FreshDatabase & { readonly url: string };
  beforeAll(async () => void (database = await freshPostgres(server)));
  afterAll(() => database.close());

  it("is well when it answers, is of this version, can be decided in and has repositories", async () => {
    expect(statuses((await checkDatabase(database.url)).checks)).toEqual({
      "own-database": "pass",
      "own-schema": "pass",
      "own-rights": "pass",
      "own-repositories": "warn",
    });

    await database.store.transaction((tx) =>
      tx.repositories.save({ name: shop, project: "shop", defaultBranch: "main" as never, hookId: 1, reconciledUntil: 0 as never }),
    );
    const { checks, repositories } = await checkDatabase(database.url);

    expect(statuses(checks)).toEqual({ "own-database": "pass", "own-schema": "pass", "own-rights": "pass", "own-repositories": "pass" });
    expect(repositories).toEqual([shop]);
    expect(JSON.stringify(checks)).not.toContain(new URL(database.url).password || "no password at all");
  });

  it("is told from one that the server has never started with, and from one of another version", async () => {
    const empty = await emptyPostgres(server);
    try {
      expect(failure((await checkDatabase(empty.url)).checks)).toMatchObject({ id: "own-schema", detail: expect.stringContaining("no Signalbox") });
    } finally {
      await empty.close();
    }
    const older = await freshPostgres(server);
    try {
      await older.driver.query("delete from schema_migrations where version = (select max(version) from schema_migrations)");
      expect(failure((await checkDatabase(older.url)).checks)).toMatchObject({ id: "own-schema", remedy: expect.stringContaining("Update the server") });
    } finally {
      await older.close();
    }
  });

  it("is no database to decide in for a user who may only read", async () => {
    const [name, driver] = [`reader_${process.pid}_${Date.now()}`, createPostgresDriver({ url: database.url, maxConnections: 1 })];
    await driver.execute(`create role ${name} login password 'reading'; grant select on all tables in schema public to ${name}`);
    const address = new URL(database.url);
    [address.username, address.password] = [name, "reading"];
    try {
      const { checks } = await checkDatabase(address.href);
      expect(failure(checks)).toMatchObject({ id: "own-rights", detail: expect.stringMatching(/decision_requests.*flow_events/u) });
    } finally {
      await driver.execute(`drop owned by ${name}; drop role ${name}`);
      await driver.close();
    }
  });

  it.each([
    ["another name", (url: URL) => (url.pathname = "/nothing_of_that_name"), "Create the database, or correct its name"],
    ["another user", (url: URL) => (url.username = "nobody_of_that_name"), "Check the user, the password"],
    ["nothing that listens", async (url: URL) => (url.port = String(await freePort())), "database"],
  ])("says what is wrong with an address that leads to %s", async (_what, change, remedy) => {
    const address = new URL(database.url);
    await change(address);

    const { checks, repositories } = await checkDatabase(address.href);

    expect(failure(checks)).toMatchObject({ id: "own-database", remedy: expect.stringContaining(remedy) });
    expect(repositories).toEqual([]);
  });
});

describe("the forge of a server to connect to", () => {
  let stage: LocalForgeStage;
  beforeAll(async () => void (stage = await createLocalForgeStage()));
  afterAll(() => stage.dispose());

  it("says whom the token stands for, and what that person may do in each repository", async () => {
    const { checks, login } = await checkForge(stage.forge.apiUrl, stage.tokens.owner, [shop, "acme/nowhere" as RepositoryName]);

    expect(login).toBe("olga");
    expect(statuses(checks)).toEqual({ "own-forge": "pass", "own-right:acme/shop": "pass", "own-right:acme/nowhere": "fail" });
  });

  it("tells one who may only look what is missing", async () => {
    const { checks, login } = await checkForge(stage.forge.apiUrl, stage.tokens.stranger, [shop]);

    expect(login).toBe("stan");
    expect(checks.at(-1)).toMatchObject({ id: "own-right:acme/shop", title: shop, status: "fail", remedy: expect.any(String) });
  });

  it("does not know a token that is none, and asks for nothing more then", async () => {
    const { checks, login } = await checkForge(stage.forge.apiUrl, "no-such-token", [shop]);

    expect(failure(checks).id).toBe("own-forge");
    expect(login).toBeUndefined();
    expect(JSON.stringify(checks)).not.toContain("no-such-token");
  });

  it("cannot be reached where nothing listens", async () => {
    expect(failure((await checkForge(`http://127.0.0.1:${await freePort()}`, "token", [])).checks).id).toBe("own-forge");
  });
});

describe("the way to a server", () => {
  let directory = "";
  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "signalbox-own-server-"))));
  afterEach(() => rm(directory, { recursive: true }));
  const connection = { database: "postgres://olga:word@db.example/signalbox", forge: "https://api.github.com", token: "token-of-olga" };

  it("leaves a workspace of its own with key and connection, and tells what opens it, without what is secret", async () => {
    const root = serverWorkspaceOf(join(directory, "rehearsal"));
    const own = createOwnServer({ root, isUsual: true });
    expect(await own.state()).toEqual({ canSeal: false, canOpen: false, command: "signalbox --server desktop" });

    await own.makeKey("olga");
    await own.keep(connection, "file");
    const state = await own.state();

    expect(root).toBe(join(directory, "server"));
    expect(state).toMatchObject({ kept: { database: "db.example/signalbox", forge: connection.forge, keptIn: "file" }, key: { person: "olga" } });
    expect(JSON.parse(state.key?.publicKey ?? "")).toMatchObject({ person: "olga", keyId: state.key?.keyId });
    expect(JSON.stringify(state)).not.toMatch(/word@|token-of-olga|PRIVATE/u);
    expect(await openConnection(join(root, "connection.json"), undefined)).toEqual(connection);
  });

  it("makes one key only, however often it is asked, and never another person's over it", async () => {
    const own = createOwnServer({ root: join(directory, "chosen", "server"), isUsual: false });
    await own.makeKey("olga");
    const first = await readFile((await own.state()).key?.publicFile ?? "", "utf8");

    await own.makeKey("olga");
    await expect(own.makeKey("pavel")).rejects.toMatchObject({ code: "conflict", remedy: expect.stringContaining("olga's token") });
    await expect(createOwnServer({ root: join(directory, "other"), isUsual: false }).makeKey("../olga")).rejects.toMatchObject({ code: "invalid-response" });

    const { key, command } = await own.state();
    expect(key?.publicKey).toBe(first);
    expect(command).toContain(`--workspace ${join(directory, "chosen", "server")}`);
  });

  it("forgets the connection on the owner's word, and keeps the key", async () => {
    const own = createOwnServer({ root: directory, isUsual: true });
    await own.makeKey("olga");
    await own.keep(connection, "file");

    await own.forget();
    await own.forget();

    expect(await own.state()).toMatchObject({ key: { person: "olga" } });
    expect(await own.state()).not.toHaveProperty("kept");
  });

  it("says what is wrong with a connection that somebody has edited, instead of showing none", async () => {
    await writeFile(join(directory, "connection.json"), "{", { mode: 0o600 });

    await expect(createOwnServer({ root: directory, isUsual: true }).state()).rejects.toMatchObject({ code: "invalid-response" });
  });
});
