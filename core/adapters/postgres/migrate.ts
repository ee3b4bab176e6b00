import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { SqlDriver, SqlSession } from "../../ports/sql-driver.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file's text. */
  readonly checksum: string;
}

interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/** Serialises migrators of one database; the number means nothing. */
const migrationLock = 7_316_402_218;

const fileName = /^(\d{6})_[a-z0-9_]+\.sql$/;

/** Reads migration files in order. Default: the repository's `migrations/`. Files are numbered 000001, 000002, … without gaps. */
export async function readMigrations(directory: URL = new URL("../../../migrations/", import.meta.url)): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).toSorted();
  const migrations: Migration[] = [];
  for (const name of names) {
    const version = Number(fileName.exec(name)?.[1] ?? Number.NaN);
    if (version !== migrations.length + 1)
      throw new InfrastructureError("internal", `${name} is not migration ${migrations.length + 1}: files are named NNNNNN_what_it_does.sql, without gaps.`);
    // A checkout with CRLF line ends is still the same migration.
    const sql = (await readFile(new URL(name, directory), "utf8")).replaceAll("\r\n", "\n");
    migrations.push({ version, name, sql, checksum: createHash("sha256").update(sql).digest("hex") });
  }
  return migrations;
}

/**
 * Brings a database to the newest schema, each file in a transaction of its own. Several processes may do it at once; each file is applied once.
 *
 * @returns the names of the files that this call applied.
 * @throws InfrastructureError `newer-schema` when a newer program has migrated the database; `internal` when a file that was applied has changed since.
 */
export async function migrate(driver: SqlDriver, migrations?: readonly Migration[]): Promise<readonly string[]> {
  const known = migrations ?? (await readMigrations());
  const applied = await driver.transaction(async (session) => {
    await lock(session);
    await session.query(createRegister);
    return await readRegister(session);
  });
  assertCompatible(known, applied);
  const names: string[] = [];
  for (const migration of known.slice(applied.length)) {
    if (await apply(driver, migration)) names.push(migration.name);
  }
  return names;
}

/**
 * Makes sure that a database has exactly the schema that this program knows, without touching it: for who uses a database that others migrate.
 * @throws InfrastructureError `newer-schema` when it has not, with which of the two is to be updated.
 */
export async function assertSchema(driver: SqlDriver): Promise<void> {
  const [known, applied] = [await readMigrations(), await readRegister(driver)];
  assertCompatible(known, applied);
  if (applied.length < known.length)
    throw new InfrastructureError("newer-schema", `The database has schema ${applied.length}; this program needs schema ${known.length}.`, {
      remedy: "Update the server, which migrates its database at its start, or use the version of Signalbox that the server has.",
    });
}

async function apply(driver: SqlDriver, migration: Migration): Promise<boolean> {
  return await driver.transaction(async (session) => {
    await lock(session);
    const present = (await readRegister(session)).find((row) => row.version === migration.version);
    if (present) {
      assertUnchanged(migration, present);
      return false;
    }
    await session.query(migration.sql);
    await session.query("insert into schema_migrations (version, name, checksum) values ($1, $2, $3)", [migration.version, migration.name, migration.checksum]);
    return true;
  });
}

const createRegister = `
  create table if not exists schema_migrations (
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint
  )`;

async function lock(session: SqlSession): Promise<void> {
  await session.query("select pg_advisory_xact_lock($1)", [migrationLock]);
}

async function readRegister(session: SqlSession): Promise<AppliedMigration[]> {
  return await session.query<AppliedMigration>("select version, name, checksum from schema_migrations order by version");
}

function assertCompatible(known: readonly Migration[], applied: readonly AppliedMigration[]): void {
  const newest = applied.at(-1);
  if (newest !== undefined && newest.version > known.length) {
    throw new InfrastructureError(
      "newer-schema",
      `The database has schema ${newest.version} (${newest.name}); this program knows schemas up to ${known.length}.`,
      {
        remedy: "Update Signalbox, or open a copy of the database from before the update.",
      },
    );
  }
  applied.forEach((row, index) => assertUnchanged(known[index], row));
}

function assertUnchanged(migration: Migration | undefined, applied: AppliedMigration): void {
  if (migration?.version === applied.version && migration.checksum === applied.checksum) return;
  throw new InfrastructureError("internal", `Migration ${applied.name} was applied to this database with another content than this program has.`, {
    remedy: "Restore the file as it was released, and put the change into a new migration.",
  });
}
