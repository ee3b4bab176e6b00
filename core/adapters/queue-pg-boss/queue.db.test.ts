import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshPglite, freshPostgres, type FreshDatabase } from "../../testing/databases.ts";
import { describeOnPostgres } from "../../testing/postgres-server.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { SqlDriver } from "../../ports/sql-driver.ts";
import { queueConformance, type QueueUnderTest } from "../../testing/queue.conformance.ts";
import { createPgBossQueue } from "./queue.ts";

async function on(opening: Promise<FreshDatabase>): Promise<QueueUnderTest> {
  const database = await opening;
  return { driver: database.driver, createQueue: (onError) => createPgBossQueue({ driver: database.driver, onError }), close: () => database.close() };
}

queueConformance("pg-boss on PGlite", () => on(freshPglite()));

describe("pg-boss on PGlite", () => {
  it("leaves nothing running when it could not be started", async () => {
    const database = await freshPglite();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const driver: SqlDriver = {
      ...database.driver,
      query: async (text, values) => {
        if (/from pgboss[.]queue q/iu.test(text)) throw new InfrastructureError("unavailable", "gone while it was started");
        return database.driver.query(text, values);
      },
    };

    await expect(createPgBossQueue({ driver, onError: () => undefined }).start()).rejects.toThrow("gone while it was started");

    expect(timers()).toBe(before);
    await database.close();
  });

  it("brings queues back to their settings where they are others, and leaves them alone where they are not", async () => {
    const database = await freshPglite();
    const [was] = await database.driver.query("select * from pgboss.queue where name = 'reconcile'");
    await database.driver.query("update pgboss.queue set retry_delay_max = 99, heartbeat_seconds = 60 where name = 'reconcile'");
    const statements: string[] = [];
    const driver: SqlDriver = { ...database.driver, query: (text, values) => (statements.push(text), database.driver.query(text, values)) };
    const start = async (): Promise<void> => {
      statements.length = 0;
      const queue = createPgBossQueue({ driver, onError: () => undefined });
      await queue.start();
      await queue.stop();
    };

    await start();
    const [is] = await database.driver.query("select retry_delay_max, heartbeat_seconds from pgboss.queue where name = 'reconcile'");
    expect(is).toEqual({ retry_delay_max: (was as Record<string, unknown>)["retry_delay_max"], heartbeat_seconds: 6 });
    await start();
    expect(statements.filter((text) => /update pgboss[.]queue|create_queue/iu.test(text))).toEqual([]);
    await database.close();
  });

  it("gives a dead process's job to the next owner of the database at once", async () => {
    const database = await freshPglite();
    const dying = createPgBossQueue({ driver: database.driver, onError: () => undefined });
    await dying.start();
    const begun = Promise.withResolvers<void>();
    const never = Promise.withResolvers<void>();
    await dying.work("process-delivery", 1, async () => {
      begun.resolve();
      await never.promise;
    });
    await dying.enqueue("process-delivery", { deliveryId: "d1" });
    await begun.promise;
    const next = createPgBossQueue({ driver: database.driver, onError: () => undefined });
    const again = Promise.withResolvers<string>();

    await next.start();
    await next.work("process-delivery", 1, async ({ deliveryId }) => again.resolve(deliveryId));

    expect(await again.promise).toBe("d1");
    never.resolve();
    await next.stop();
    await dying.stop();
    await database.close();
  });
});

describeOnPostgres("PostgreSQL", (serverUrl) => {
  queueConformance("pg-boss on PostgreSQL", () => on(freshPostgres(serverUrl)));

  it("leaves a job with whoever works on it, however much longer than a silent one is waited for that takes", async () => {
    const database = await freshPostgres(serverUrl);
    const queue = createPgBossQueue({ driver: database.driver, onError: () => undefined });
    await queue.start();
    await queue.enqueue("process-delivery", { deliveryId: "d1" });
    const worked = Promise.withResolvers<void>();
    let times = 0;
    await queue.work("process-delivery", 2, () => {
      times += 1;
      return worked.promise;
    });
    const beats =
      "select heartbeat_on > started_on + heartbeat_seconds * interval '1 second' as yes, retry_count from pgboss.job where name = 'process-delivery'";

    await expect.poll(async () => (await database.driver.query(beats))[0], { timeout: 20_000 }).toMatchObject({ yes: true, retry_count: 0 });
    worked.resolve();
    expect(times).toBe(1);
    await queue.stop();
    await database.close();
  });

  it("gives a killed worker's job to another one, while that one has been running all along", async () => {
    const database = await freshPostgres(serverUrl);
    const queue = createPgBossQueue({ driver: database.driver, onError: () => undefined });
    await queue.start();
    await queue.enqueue("process-delivery", { deliveryId: "d1" });
    const worker = spawn(process.execPath, [join(import.meta.dirname, "../../testing/killed-worker.fixture.ts"), database.url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(String(await once(worker.stdout, "data"))).toBe("d1\n");
    const again = Promise.withResolvers<string>();
    await queue.work("process-delivery", 1, async ({ deliveryId }) => again.resolve(deliveryId));

    worker.kill("SIGKILL");

    expect(await again.promise).toBe("d1");
    await queue.stop();
    await database.close();
  });
});
