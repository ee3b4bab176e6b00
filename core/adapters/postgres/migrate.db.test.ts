import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SqlDriver } from "../../ports/sql-driver.ts";
import { emptyPostgres } from "../../testing/databases.ts";
import { describeOnPostgres } from "../../testing/postgres-server.ts";
import { createPostgresDriver } from "./driver.ts";
import { migrate, readMigrations, type Migration } from "./migrate.ts";

const one: Migration = { version: 1, name: "000001_one.sql", sql: "create table one (n integer); insert into one values (1)", checksum: "c1" };
const two: Migration = { version: 2, name: "000002_two.sql", sql: "create table two (n integer)", checksum: "c2" };

describe("the migration files", () => {
  it("are numbered without gaps", async () => {
    const migrations = await readMigrations();

    expect(migrations.map((migration) => migration.version)).toStrictEqual(migrations.map((_, index) => index + 1));
  });
});

describeOnPostgres("migrate", (serverUrl) => {
  let database: Awaited<ReturnType<typeof emptyPostgres>>;
  let driver: SqlDriver;
  beforeEach(async () => {
    database = await emptyPostgres(serverUrl);
    driver = createPostgresDriver({ url: database.url });
  });
  afterEach(async () => {
    await driver.close();
    await database.close();
  });

  it("applies each file once, also when the program gains one", async () => {
    expect(await migrate(driver, [one])).toStrictEqual([one.name]);
    expect(await migrate(driver, [one, two])).toStrictEqual([two.name]);
    expect(await migrate(driver, [one, two])).toStrictEqual([]);
    expect(await driver.query("select n from one")).toStrictEqual([{ n: 1 }]);
  });

  it("applies each file once however many processes do it at the same time", async () => {
    const drivers = Array.from({ length: 6 }, () => createPostgresDriver({ url: database.url, maxConnections: 1 }));

    const applied = await Promise.all(drivers.map((each) => migrate(each, [one, two])));

    expect(applied.flat().toSorted()).toStrictEqual([one.name, two.name]);
    expect(await driver.query("select n from one")).toStrictEqual([{ n: 1 }]);
    await Promise.all(drivers.map((each) => each.close()));
  });

  it("leaves nothing of a file that fails, and keeps those before it", async () => {
    const broken: Migration = { ...two, sql: "create table two (n integer); select nonsense" };

    await expect(migrate(driver, [one, broken])).rejects.toMatchObject({ code: "internal" });

    expect(await driver.query("select to_regclass('two') as two")).toStrictEqual([{ two: null }]);
    expect(await migrate(driver, [one, two])).toStrictEqual([two.name]);
  });

  it("refuses a database of a newer program, with a remedy", async () => {
    await migrate(driver, [one, two]);

    await expect(migrate(driver, [one])).rejects.toMatchObject({ code: "newer-schema", retryable: false, remedy: expect.stringContaining("Update") });
  });

  it("refuses a file that changed after it was applied", async () => {
    await migrate(driver, [one]);

    await expect(migrate(driver, [{ ...one, checksum: "other" }, two])).rejects.toMatchObject({ code: "internal", message: expect.stringContaining(one.name) });
    expect(await driver.query("select to_regclass('two') as two")).toStrictEqual([{ two: null }]);
  });

  it("brings an empty database to the schema of the repository", async () => {
    await migrate(driver);

    expect(await driver.query("select sequence from chain_head")).toStrictEqual([{ sequence: 0 }]);
  });
});
