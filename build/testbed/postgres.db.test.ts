import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import pg from "pg";
import { describe, expect, inject, it, vi } from "vitest";

const reason = inject("postgresSkipReason") ?? "";
const ownServer = process.env["SIGNALBOX_TEST_POSTGRES_URL"] === undefined && reason === "";

describe.skipIf(!ownServer)(`the PostgreSQL of a test run ${reason}`, () => {
  it("has pgvector and lets many sessions in", async () => {
    const pool = new pg.Pool({ connectionString: inject("postgresUrl"), max: 50 });

    const sessions = await Promise.all(Array.from({ length: 50 }, () => pool.query<{ pid: number }>("select pg_backend_pid() as pid, pg_sleep(0)")));
    const { rows } = await pool.query("select name from pg_available_extensions where name = 'vector'");

    await pool.end();
    expect(new Set(sessions.map((session) => session.rows[0]?.pid)).size).toBeGreaterThan(1);
    expect(rows).toEqual([{ name: "vector" }]);
  });

  it("ends with the run, even with one that is killed", async () => {
    const script = `import { startPostgres } from ${JSON.stringify(import.meta.resolve("./postgres.ts"))}; console.log((await startPostgres()).url);`;
    const owner = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [url] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
    const before = await connects(url);

    owner.kill("SIGKILL");

    expect(before).toBe(true);
    await vi.waitUntil(async () => !(await connects(url)), { timeout: 30_000 });
  });
});

async function connects(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  // A server that ends between the connection and its end says so here.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
