import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHasher } from "../adapters/node-crypto/hashing.ts";
import { createPgliteDriver } from "../adapters/pglite/driver.ts";
import { createPostgresDriver } from "../adapters/postgres/driver.ts";
import { migrate, readMigrations } from "../adapters/postgres/migrate.ts";
import { createStore } from "../adapters/postgres/store.ts";
import { createPgBossQueue } from "../adapters/queue-pg-boss/queue.ts";
import type { SqlDriver } from "../ports/sql-driver.ts";
import type { Store } from "../ports/store.ts";
import packageFile from "../../package.json" with { type: "json" };
import { createRecordingQueue, type RecordingQueue } from "./recording-queue.ts";

/** A database of the newest schema for one test or suite, with a store whose jobs are only recorded. A real queue can be started on `driver`. */
export interface FreshDatabase {
  readonly driver: SqlDriver;
  readonly store: Store;
  readonly queue: RecordingQueue;
  /** Ends the connections and removes the database. */
  close(): Promise<void>;
}

/** A new embedded database in memory: a copy of a template that is made once per machine and schema, and kept in the temporary directory. */
export async function freshPglite(): Promise<FreshDatabase> {
  const driver = await createPgliteDriver({ restoreFrom: await pgliteTemplate() });
  return withStore(driver, () => driver.close());
}

let template: Promise<Blob> | undefined;

function pgliteTemplate(): Promise<Blob> {
  return (template ??= readOrMakeTemplate());
}

async function readOrMakeTemplate(): Promise<Blob> {
  const path = join(tmpdir(), `signalbox-pglite-${await schemaId()}.tar`);
  const present = await readFile(path).catch(() => undefined);
  if (present) return new Blob([present]);
  const driver = await createPgliteDriver();
  await prepare(driver);
  const dump = await driver.dump();
  await driver.close();
  // Complete under another name first, so that no other process reads half of it.
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, new Uint8Array(await dump.arrayBuffer()), { mode: 0o600 });
  await rename(unfinished, path);
  return dump;
}

/** A new database on a real server: a copy of a template that is made once per server and schema. */
export async function freshPostgres(serverUrl: string): Promise<FreshDatabase & { readonly url: string }> {
  const admin = createPostgresDriver({ url: serverUrl, maxConnections: 1 });
  const name = `signalbox_test_${randomUUID().replaceAll("-", "")}`;
  try {
    const source = await postgresTemplate(admin, serverUrl);
    await admin.query(`create database ${name} template ${source}`);
  } finally {
    await admin.close();
  }
  const url = databaseUrl(serverUrl, name);
  const driver = createPostgresDriver({ url });
  const database = withStore(driver, async () => {
    await driver.close();
    await dropDatabase(serverUrl, name);
  });
  return { ...database, url };
}

/** A name and address for a database that does not exist yet, dropped by `close`; for tests that migrate by themselves. */
export async function emptyPostgres(serverUrl: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const name = `signalbox_test_${randomUUID().replaceAll("-", "")}`;
  const admin = createPostgresDriver({ url: serverUrl, maxConnections: 1 });
  await admin.query(`create database ${name}`);
  await admin.close();
  return { url: databaseUrl(serverUrl, name), close: () => dropDatabase(serverUrl, name) };
}

async function postgresTemplate(admin: SqlDriver, serverUrl: string): Promise<string> {
  const name = `signalbox_template_${await schemaId()}`;
  // Held by the one connection of `admin` until it closes: one process makes the template, the others wait for it.
  await admin.query("select pg_advisory_lock(hashtext($1))", [name]);
  const [present] = await admin.query("select from pg_database where datname = $1", [name]);
  if (!present) {
    const unfinished = `${name}_unfinished`;
    await admin.query(`drop database if exists ${unfinished} with (force)`);
    await admin.query(`create database ${unfinished}`);
    const driver = createPostgresDriver({ url: databaseUrl(serverUrl, unfinished) });
    await prepare(driver);
    await driver.close();
    await admin.query(`alter database ${unfinished} rename to ${name}`);
  }
  await admin.query("select pg_advisory_unlock(hashtext($1))", [name]);
  return name;
}

async function prepare(driver: SqlDriver): Promise<void> {
  await migrate(driver);
  const queue = createPgBossQueue({ driver, onError: () => undefined });
  await queue.start();
  await queue.stop();
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const admin = createPostgresDriver({ url: serverUrl, maxConnections: 1 });
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.close();
}

/** Changes with the migrations and with the versions of what else makes tables. */
async function schemaId(): Promise<string> {
  const { dependencies } = packageFile;
  const parts = [
    ...(await readMigrations()).map((migration) => migration.checksum),
    dependencies["pg-boss"],
    dependencies["@electric-sql/pglite"],
    dependencies["@electric-sql/pglite-pgvector"],
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

function withStore(driver: SqlDriver, close: () => Promise<void>): FreshDatabase {
  const queue = createRecordingQueue();
  return { driver, queue, store: createStore(driver, { hasher: createHasher(), queue }), close };
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
