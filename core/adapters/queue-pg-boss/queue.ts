import { PgBoss, type Db } from "pg-boss";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import type { JobName, JobTypes, Queue } from "../../ports/queue.ts";
import type { SqlDriver, SqlSession } from "../../ports/sql-driver.ts";
import { startClaimLoop, type ClaimLoop, type ClaimSource } from "./claim-loop.ts";

export interface PgBossQueueOptions {
  /** Both the embedded database and PostgreSQL; the queue never closes it. */
  readonly driver: SqlDriver;
  /** Told about what fails outside any call: a poll, the supervision, a job whose handler threw. The queue goes on. */
  readonly onError: (error: unknown) => void;
}

/**
 * Every kind of job and its queue. `Record` makes a new kind without a queue fail to compile. The delays end short: what failed again and again while something was away goes on
 * within seconds when it is back.
 */
const queues: Readonly<Record<JobName, { readonly retryDelayMax: number }>> = {
  "process-delivery": { retryDelayMax: 5 },
  "dispatch-effect": { retryDelayMax: 5 },
  reconcile: { retryDelayMax: 30 },
};
const jobNames = Object.keys(queues) as readonly JobName[];

/** pg-boss takes no shorter heartbeat in its settings; what it goes by is the column, which {@link shortenHeartbeat} sets. */
const leastHeartbeatSeconds = 10;

/**
 * A worker that was killed stops its heartbeat; its jobs come back after this many seconds of silence, at most two later. It says that it is alive four times as often: a busy machine may
 * keep it from one or two of them. One that is only slow loses nothing but its work: whoever claims a job again is fenced off from it by the number of its claim.
 */
const silenceSeconds = 6;

/** Longer than any job should take: what is still under way then is given up, and comes again. */
const expireInSeconds = 900;

/** Finds what a lost notice left, and what is tried again. */
const pollEvery = 1_000;

/**
 * How often else it looks without being told. Supervision finds the jobs of workers that were killed, and ends what takes too long. An embedded database has one owner, which takes back its own
 * jobs when it starts and loses no notice; each statement costs that owner's process a millisecond of its one thread, whether anything happens or not. What happened makes the next thing
 * likely: a failed job comes again within seconds, as does a delayed one, and until then it is asked as often as any.
 */
const rhythms = {
  postgres: { superviseSeconds: 1, rest: undefined },
  pglite: { superviseSeconds: 30, rest: { after: 10_000, pollEvery: 5_000 } },
} as const satisfies Record<SqlDriver["kind"], { readonly superviseSeconds: number; readonly rest: object | undefined }>;

/**
 * The queue on pg-boss, in schema `pgboss` of the same database, so that a job can be part of a transaction. Jobs wake workers by NOTIFY; polling finds what a
 * lost notice left. A failed job comes again after 1, 2, 4, … seconds, without an end: the outbox and the reconciler decide when to give up.
 */
export function createPgBossQueue(options: PgBossQueueOptions): Queue {
  const { driver, onError } = options;
  const loops = new Map<JobName, ClaimLoop[]>();
  const { superviseSeconds, rest } = rhythms[driver.kind];
  const boss = new PgBoss({
    db: databaseOver(driver, (name) => loops.get(name as JobName)?.forEach((loop) => loop.wake())),
    backend: driver.kind,
    schema: "pgboss",
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
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
      try {
        await boss.start();
        if (!(await areQueuesCurrent(boss))) {
          await Promise.all(jobNames.map((name) => ensureQueue(boss, name)));
          await shortenHeartbeat(driver);
        }
        if (driver.kind === "pglite") await reclaim(driver);
      } catch (error) {
        // Its timers would keep a process alive that serves nothing and that nobody starts again.
        await boss.stop({ graceful: false }).catch(onError);
        throw error;
      }
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
      const source = claimSource<JobTypes[typeof name]>(boss, name);
      const times = { pollEvery, rest, touchEvery: (silenceSeconds * 1_000) / 4, giveUpAfter: expireInSeconds * 1_000 };
      loops.set(name, [...(loops.get(name) ?? []), startClaimLoop({ source, concurrency, handle: handler, onError, ...times })]);
    },
    async stop() {
      started = false;
      await Promise.all([...loops.values()].flat().map((loop) => loop.stop(30_000)));
      loops.clear();
      await boss.stop({ graceful: true, timeout: 30_000 });
    },
  };
}

/**
 * pg-boss's claims as the loop wants them. Its own worker is not used: it waits for its poll after every job unless a notice came meanwhile, so that a queue that has grown is
 * worked off at one job a second for each of its places, and it claims and completes one by one.
 */
function claimSource<Data extends object>(boss: PgBoss, name: JobName): ClaimSource<Data> {
  return {
    claim: (limit) => boss.fetch<Data>(name, { batchSize: limit }),
    complete: async (jobs) => void (await boss.complete(name, [...jobs])),
    fail: async (job, error) => void (await boss.fail(name, job, error instanceof Error ? error : { message: String(error) })),
    touch: async (jobs) => void (await boss.touch(name, [...jobs])),
  };
}

/** What pg-boss is told of a queue. */
function settingsOf(name: JobName) {
  return {
    notify: true,
    retryLimit: 1_000_000,
    retryDelay: 1,
    retryBackoff: true,
    ...queues[name],
    heartbeatSeconds: leastHeartbeatSeconds,
    expireInSeconds,
    deleteAfterSeconds: 3_600,
  };
}

/** Whether all queues are there as they should be, as they are at nearly every start: then pg-boss has read them, and a start of the desktop waits for no other statement. */
async function areQueuesCurrent(boss: PgBoss): Promise<boolean> {
  const known = new Map((await boss.getQueues([...jobNames])).map((queue) => [queue.name, new Map<string, unknown>(Object.entries(queue))]));
  return jobNames.every((name) =>
    Object.entries({ ...settingsOf(name), heartbeatSeconds: silenceSeconds }).every(([key, value]) => known.get(name)?.get(key) === value),
  );
}

async function ensureQueue(boss: PgBoss, name: JobName): Promise<void> {
  await boss.createQueue(name, settingsOf(name));
  await boss.updateQueue(name, settingsOf(name));
  // A look for no job makes pg-boss remember the queue: later, inside a transaction, it must not ask the database outside of it.
  await boss.findJobs(name, { id: "00000000-0000-0000-0000-000000000000" });
}

/** A job takes its queue's heartbeat when it is stored. */
async function shortenHeartbeat(session: SqlSession): Promise<void> {
  await session.query("update pgboss.queue set heartbeat_seconds = $1 where name = any($2)", [silenceSeconds, [...jobNames]]);
}

/** The embedded database has one owner at a time, so a job that is active before anybody works is a dead process's: it need not wait for its heartbeat to go stale. */
async function reclaim(session: SqlSession): Promise<void> {
  await session.query("update pgboss.job set state = 'retry', start_after = now() where state = 'active'");
}

/** @param wake is told the name of a queue that has a new job. */
function databaseOver(driver: SqlDriver, wake: (queue: string) => void): Db {
  return {
    executeSql: async (text, values) => ({ rows: await driver.query(text, values) }),
    listen: async (channel) => ({ close: await driver.listen(channel, wake) }),
  };
}
