import { PgBoss, type Db } from "pg-boss";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { JobName, JobTypes, Queue } from "../../ports/queue.ts";
import type { SqlDriver, SqlSession } from "../../ports/sql-driver.ts";

export interface PgBossQueueOptions {
  /** Both the embedded database and PostgreSQL; the queue never closes it. */
  readonly driver: SqlDriver;
  /** Told about what fails outside any call: a poll, the supervision, a job whose handler threw. The queue goes on. */
  readonly onError: (error: unknown) => void;
}

/** Every kind of job and its queue. `Record` makes a new kind without a queue fail to compile. */
const queues: Readonly<Record<JobName, { readonly retryDelayMax: number }>> = {
  "process-delivery": { retryDelayMax: 60 },
  "dispatch-effect": { retryDelayMax: 300 },
};
const jobNames = Object.keys(queues) as readonly JobName[];

/** A worker that was killed stops its heartbeat; its jobs come back after this, at most two seconds later. pg-boss allows no less. */
const heartbeatSeconds = 10;

/**
 * The queue on pg-boss, in schema `pgboss` of the same database, so that a job can be part of a transaction. Jobs wake workers by NOTIFY; polling finds what a
 * lost notice left. A failed job comes again after 1, 2, 4, … seconds, without an end: the outbox and the reconciler decide when to give up.
 */
export function createPgBossQueue(options: PgBossQueueOptions): Queue {
  const { driver, onError } = options;
  const boss = new PgBoss({
    db: databaseOver(driver),
    backend: driver.kind,
    schema: "pgboss",
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    // Nothing is said about slow queries, queue sizes or vacuum; bloat is not an embedded database's problem.
    reindex: driver.kind === "postgres",
    monitorVacuum: false,
  });
  boss.on("error", onError);
  let started = false;

  function assertStarted(): void {
    if (!started) throw new InfrastructureError("unavailable", "The queue has not been started.", { retryable: false });
  }

  return {
    async start() {
      await boss.start();
      await Promise.all(jobNames.map((name) => ensureQueue(boss, name)));
      if (driver.kind === "pglite") await reclaim(driver);
      started = true;
    },
    async enqueue(name, payload, { session, notBefore } = {}) {
      assertStarted();
      const payloads = Array.isArray(payload) ? payload : [payload];
      if (payloads.length === 0) return;
      const later = notBefore === undefined || notBefore <= 0 ? {} : { startAfter: new Date(Date.now() + notBefore) };
      await boss.insert(
        name,
        payloads.map((data: object) => ({ data, ...later })),
        session === undefined ? {} : { db: { executeSql: async (text: string, values?: unknown[]) => ({ rows: await session.query(text, values) }) } },
      );
    },
    async work(name, concurrency, handler) {
      assertStarted();
      await boss.work<JobTypes[typeof name]>(
        name,
        { localConcurrency: concurrency, batchSize: 1, pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 },
        async ([job]) => {
          if (!job) return;
          try {
            await handler(job.data);
          } catch (error) {
            onError(error);
            throw error;
          }
        },
      );
    },
    async stop() {
      started = false;
      await boss.stop({ graceful: true, timeout: 30_000 });
    },
  };
}

async function ensureQueue(boss: PgBoss, name: JobName): Promise<void> {
  const settings = {
    notify: true,
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    ...queues[name],
    heartbeatSeconds,
    expireInSeconds: 900,
    deleteAfterSeconds: 3_600,
  };
  await boss.createQueue(name, settings);
  await boss.updateQueue(name, settings);
  // A look for no job makes pg-boss remember the queue: later, inside a transaction, it must not ask the database outside of it.
  await boss.findJobs(name, { id: "00000000-0000-0000-0000-000000000000" });
}

/** The embedded database has one owner at a time, so a job that is active before anybody works is a dead process's: it need not wait for its heartbeat to go stale. */
async function reclaim(session: SqlSession): Promise<void> {
  await session.query("update pgboss.job set state = 'retry', start_after = now() where state = 'active'");
}

function databaseOver(driver: SqlDriver): Db {
  return {
    executeSql: async (text, values) => ({ rows: await driver.query(text, values) }),
    async listen(channel, onNotification, onReconnect) {
      const stop = await driver.listen(channel, onNotification);
      onReconnect();
      return { close: stop };
    },
  };
}
