import pg from "pg";
import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres.ts";
import { Unavailable } from "./unavailable.ts";

/**
 * Gives the `db` project a real PostgreSQL with pgvector: the one in SIGNALBOX_TEST_POSTGRES_URL, or one of this run's own. Where neither can be
 * had the run goes on, and the suites against PostgreSQL skip with the reason that is printed here. A server that was named but does not answer is
 * a failure, never a skip.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const named = process.env["SIGNALBOX_TEST_POSTGRES_URL"];
  if (named !== undefined && named !== "") {
    await requirePgvector(named);
    project.provide("postgresUrl", named);
    console.log("PostgreSQL: the server in SIGNALBOX_TEST_POSTGRES_URL");
    return undefined;
  }
  try {
    const server = await startPostgres();
    project.provide("postgresUrl", server.url);
    console.log(`PostgreSQL: ${server.origin}, on port ${new URL(server.url).port}`);
    return () => server.stop();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    project.provide("postgresSkipReason", error.message);
    console.log(`PostgreSQL: not to be had, its suites are skipped: ${error.message}`);
    return undefined;
  }
}

async function requirePgvector(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_available_extensions where name = 'vector'");
    if (rowCount !== 1) throw new Error("the server in SIGNALBOX_TEST_POSTGRES_URL has no pgvector");
  } finally {
    await client.end();
  }
}
