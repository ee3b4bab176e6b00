import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPgliteDriver } from "./driver.ts";

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "signalbox-pglite-"))));
afterEach(async () => await rm(directory, { recursive: true, force: true }));

describe("the embedded database", () => {
  it("has everything that was committed after kill -9, again and again", async () => {
    for (const rounds of [30, 1, 60]) {
      const acknowledged = await writeUntilKilled(directory, rounds);

      const driver = await createPgliteDriver({ directory });
      const [row] = await driver.query<{ count: number; last: number; damaged: number }>(
        "select count(*) as count, max(number) as last, count(*) filter (where filling <> repeat(md5(number::text), 40) || case when number = (select max(number) from numbers) then '' else '!' end) as damaged from numbers",
      );
      await driver.close();

      expect(row).toMatchObject({ damaged: 0, count: row!.last });
      expect(row!.last).toBeGreaterThanOrEqual(acknowledged);
      // The one that was being committed when the process died may be there or not.
      expect(row!.last).toBeLessThanOrEqual(acknowledged + 1);
    }
  });

  it("keeps its content when it is closed and opened again", async () => {
    const first = await createPgliteDriver({ directory: join(directory, "new", "deep") });
    await first.execute("create table t (n bigint); insert into t values (1763695571123)");
    await first.close();

    const second = await createPgliteDriver({ directory: join(directory, "new", "deep") });

    expect(await second.query("select n from t")).toStrictEqual([{ n: 1_763_695_571_123 }]);
    await second.close();
  });

  it("starts anew where a first start was killed before the database was complete", async () => {
    await mkdir(join(directory, "unfinished", "base"), { recursive: true });
    await writeFile(join(directory, "unfinished", "PG_VERSION"), "18\n");

    const driver = await createPgliteDriver({ directory });

    expect(await driver.query("select 1 as one")).toStrictEqual([{ one: 1 }]);
    await driver.close();
  });

  it("runs transactions one after another", async () => {
    const driver = await createPgliteDriver();
    await driver.execute("create table t (n integer); insert into t values (0)");

    await Promise.all(
      Array.from({ length: 20 }, () =>
        driver.transaction(async (session) => {
          const [row] = await session.query<{ n: number }>("select n from t");
          await session.query("update t set n = $1", [row!.n + 1]);
        }),
      ),
    );

    expect(await driver.query("select n from t")).toStrictEqual([{ n: 20 }]);
    await driver.close();
  });

  it("is usable after a text of several statements failed in a transaction of its own", async () => {
    const driver = await createPgliteDriver();

    await expect(driver.execute("begin; select 1/0; commit")).rejects.toMatchObject({ code: "internal" });

    expect(await driver.query("select 1 as one")).toStrictEqual([{ one: 1 }]);
    await driver.close();
  });

  it("gives all rows of several statements", async () => {
    const driver = await createPgliteDriver();

    expect(await driver.query("select 1 as n; select 2 as n")).toStrictEqual([{ n: 1 }, { n: 2 }]);
    await driver.close();
  });

  describe("refuses a directory", () => {
    const refused = async (path: string): Promise<unknown> =>
      await createPgliteDriver({ directory: path }).then(
        async (driver) => await driver.close(),
        (error: unknown) => error,
      );

    it("that cannot be made", async () => {
      await writeFile(join(directory, "file"), "");

      expect(await refused(join(directory, "file", "database"))).toMatchObject({ code: "unwritable", remedy: expect.any(String) });
    });

    it("of another PostgreSQL", async () => {
      await mkdir(join(directory, "data"));
      await writeFile(join(directory, "data", "PG_VERSION"), "15\n");

      expect(await refused(directory)).toMatchObject({ code: "unwritable", message: expect.stringContaining("PostgreSQL 15") });
    });

    it("that is damaged", async () => {
      const database = join(directory, "damaged");
      await (await createPgliteDriver({ directory: database })).close();
      await truncate(join(database, "data", "global", "pg_control"), 0);

      expect(await refused(database)).toMatchObject({ code: "unwritable", remedy: expect.any(String) });
    });

    it("whose database has lost its parts", async () => {
      await mkdir(join(directory, "data", "base"), { recursive: true });

      expect(await refused(directory)).toMatchObject({ code: "unwritable", remedy: expect.any(String) });
    });
  });
});

/** Starts the writer, kills it when it has committed `count` more rows, and returns the number of the last row that it said was committed. */
async function writeUntilKilled(database: string, count: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "killed-writer.fixture.ts"), database], { stdio: ["ignore", "pipe", "inherit"] });
  let last = 0;
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    lines += 1;
    if (lines === count) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return last;
}
