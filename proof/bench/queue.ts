import { Logger, run, runMigrations } from "graphile-worker";
import { createPostgresDriver } from "../../core/adapters/postgres/driver.ts";
import { createPgBossQueue } from "../../core/adapters/queue-pg-boss/queue.ts";
import type { Queue } from "../../core/ports/queue.ts";
import type { SqlDriver } from "../../core/ports/sql-driver.ts";
import { emptyPostgres, freshPostgres } from "../../core/testing/databases.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { median } from "./results.ts";
import { showNumber } from "./words.ts";

/** As many at once as the orchestrator dispatches effects. */
const concurrency = 4;
const pool = 10;
const sizes = (bench: Bench): { readonly jobs: number; readonly singles: number } => (bench.quick ? { jobs: 200, singles: 5 } : { jobs: 10_000, singles: 200 });

/** Our queue and one that does nothing else, on databases of the same server, with the same number of jobs that do nothing. */
export const queueBenchmark: Benchmark = {
  id: "queue",
  title: "Queue: claim to done",
  method:
    "10,000 jobs that do nothing wait in the table, which is analysed; a worker with four at a time begins. Counted is from the first job's start until the " +
    "database has every job as done. Then 200 jobs, one after another: how long from the call that adds it until its work begins.",
  figures: [
    { key: "rate", label: "Jobs claimed, run and done", unit: "/s", better: "higher" },
    { key: "wake", label: "From added to begun, one at a time, median", unit: "ms", better: "lower" },
  ],
  limits: [{ figure: "rate", of: "ratio", must: "at-least", value: 0.5 }],
  ours: { name: "Signalbox on pg-boss", prepare: prepareOurs },
  partner: { name: "graphile-worker", prepare: prepareGraphile },
  difference:
    "graphile-worker deletes a job that is done, and locks a killed worker's jobs for four hours. Ours keeps jobs for an hour, gives every claim a number, so that a worker that " +
    "was believed dead cannot finish what another one does by now, and a heartbeat, so that a killed worker's jobs are back after about ten seconds; and it also runs embedded, on PGlite.",
  chart: { kind: "bars", figures: ["rate", "wake"] },
  finding: describeFinding,
  tried:
    "pg-boss's own worker claims and completes jobs one by one, two statements for each, and waits for its poll after each unless a notice came meanwhile: a queue that had grown was worked " +
    "off at one job a second for each of its places. Ours claims as many at once as it has hands free, and completes at once whatever was finished " +
    "while the last completion was under way. Each job still succeeds, fails and comes again alone, and a slow one holds up none but itself.",
};

function describeFinding({ ours, partner, ratio }: Results): string {
  const theirs = partner ? `, ${showNumber(ratio["rate"] ?? 0)} times bare ${partner.name}` : "";
  return `${showNumber(ours.median["rate"] ?? 0)} jobs per second from claim to done${theirs}`;
}

/** What both sides are asked: the rest is the same for both. */
interface Worker {
  /** Adds jobs 0 to count - 1. */
  fill(count: number): Promise<void>;
  add(job: number): Promise<void>;
  begin(handle: (job: number) => void): Promise<void>;
  unfinished(): Promise<number>;
  end(): Promise<void>;
}

async function measure(worker: Worker, bench: Bench): Promise<{ readonly rate: number; readonly wake: number }> {
  const { jobs, singles } = sizes(bench);
  const seen = new Set<number>();
  let first = 0;
  let arrived: ((job: number) => void) | undefined;
  const all = Promise.withResolvers<void>();
  await worker.fill(jobs);
  await worker.begin((job) => {
    first ||= performance.now();
    if (seen.size < jobs && seen.add(job).size === jobs) all.resolve();
    else arrived?.(job);
  });
  await all.promise;
  while ((await worker.unfinished()) > 0);
  const rate = jobs / ((performance.now() - first) / 1_000);
  const waits: number[] = [];
  for (let job = jobs; job < jobs + singles; job += 1) {
    const begun = new Promise<void>((resolve) => (arrived = (which) => which === job && resolve()));
    const asked = performance.now();
    await Promise.all([worker.add(job), begun]);
    waits.push(performance.now() - asked);
  }
  await worker.end();
  return { rate, wake: median(waits) };
}

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const database = await freshPostgres(bench.postgresUrl);
  return {
    measure: async () => ({ figures: await measure(await ourWorker(database.driver), bench) }),
    close: () => database.close(),
  };
}

async function ourWorker(driver: SqlDriver): Promise<Worker> {
  const queue: Queue = createPgBossQueue({
    driver,
    onError: (error) => {
      throw error;
    },
  });
  await queue.start();
  return {
    async fill(count) {
      await queue.enqueue(
        "dispatch-effect",
        Array.from({ length: count }, (_, job) => ({ effectId: String(job) })),
      );
      await driver.query("analyze pgboss.job");
    },
    add: (job) => queue.enqueue("dispatch-effect", { effectId: String(job) }),
    begin: (handle) => queue.work("dispatch-effect", concurrency, async ({ effectId }) => handle(Number(effectId))),
    unfinished: () => count(driver, "select count(*) as count from pgboss.job where name = 'dispatch-effect' and state < 'completed'"),
    end: () => queue.stop(),
  };
}

async function prepareGraphile(bench: Bench): Promise<Prepared> {
  const database = await emptyPostgres(bench.postgresUrl);
  const driver = createPostgresDriver({ url: database.url, maxConnections: 2 });
  await runMigrations({ connectionString: database.url, logger: silent });
  return {
    measure: async () => ({ figures: await measure(graphileWorker(driver, database.url), bench) }),
    async close() {
      await driver.close();
      await database.close();
    },
  };
}

const silent = new Logger(() => () => undefined);

function graphileWorker(driver: SqlDriver, url: string): Worker {
  let running: { stop(): Promise<void> } | undefined;
  return {
    async fill(jobs) {
      await driver.query("select graphile_worker.add_job('nothing', json_build_object('job', job)) from generate_series(0, $1::int - 1) as job", [jobs]);
      await driver.query("analyze graphile_worker._private_jobs");
    },
    add: async (job) => void (await driver.query("select graphile_worker.add_job('nothing', json_build_object('job', $1::int))", [job])),
    async begin(handle) {
      const nothing = (payload: unknown): void => handle((payload as { readonly job: number }).job);
      running = await run({ connectionString: url, concurrency, maxPoolSize: pool, noHandleSignals: true, logger: silent, taskList: { nothing } });
    },
    unfinished: () => count(driver, "select count(*) as count from graphile_worker._private_jobs"),
    end: async () => await running?.stop(),
  };
}

async function count(driver: SqlDriver, text: string): Promise<number> {
  const [row] = await driver.query<{ count: number }>(text);
  return row?.count ?? 0;
}
