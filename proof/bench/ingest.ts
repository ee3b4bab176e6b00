import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { freshPostgres, type FreshDatabase } from "../../core/testing/databases.ts";
import { freePort } from "../../core/testing/free-port.ts";
import { createPart, type SupervisedPart } from "../world/part.ts";
import type { Bench, Benchmark, Prepared, Results, Sample } from "./benchmark.ts";
import { drive, signDeliveries, type LoadTarget } from "./delivery-load.ts";
import { quantile } from "./results.ts";
import { showNumber } from "./words.ts";

const secret = "webhook-secret-0123456789";
const connections = 32;
const deliveries = (bench: Bench): number => (bench.quick ? 500 : 20_000);

/** The relay as it is served, with a database that writes through, beside a framework for GitHub apps that stores nothing. */
export const ingestBenchmark: Benchmark = {
  id: "ingest",
  title: "Ingest of deliveries",
  method:
    "20,000 distinct, signed deliveries of 8,192 bytes over 32 kept-alive connections, each with one under way. Ours is `signalbox serve relay` in a process of its own; answered " +
    "202 means that the delivery, its job and its flow event are committed and on the disk (`fsync` and `synchronous_commit` are on), and what is stored is counted after each round. " +
    "The database and the client are on the same two cores. No orchestrator runs: jobs pile up. The client is our own and does nothing else.",
  figures: [
    { key: "rate", label: "Deliveries answered", unit: "/s", better: "higher" },
    { key: "p50", label: "Latency, median", unit: "ms", better: "lower" },
    { key: "p99", label: "Latency, 99 of 100", unit: "ms", better: "lower" },
    { key: "cpu", label: "Processor time of the server's process", unit: "µs", better: "lower" },
  ],
  limits: [
    { figure: "rate", of: "ours", must: "at-least", value: 2_000 },
    { figure: "p99", of: "ours", must: "at-most", value: 50 },
    { figure: "rate", of: "ratio", must: "at-least", value: 2 },
  ],
  ours: { name: "Signalbox relay", prepare: prepareOurs },
  partner: { name: "probot", prepare: preparePartner },
  difference:
    "Both verify the signature over the raw bytes and parse the body. probot then calls a handler that does nothing and answers; what it was told is gone if its process dies. The relay answers " +
    "after the delivery, the job that will process it and its link in the audit chain are on the disk, and knows a delivery that comes twice.",
  chart: { kind: "bars", figures: ["rate", "p99"] },
  finding: describeFinding,
  why:
    "probot has a core to itself for everything that it does: HTTP, the HMAC and the parsing. The relay does the same on one core, and the same machine's other core carries PostgreSQL, " +
    "which spends on the delivery (8 KB of text in five pieces, one index), the job (three indexes) and the flow event (four indexes) processor time of the same order, and shares the core with the client. " +
    "To be twice as fast as probot, relay, database and client together would have to do with less processor time than probot's process alone takes for its work.",
  tried:
    "One transaction per delivery, as before: 300 to 360 deliveries per second, since each waited for the disk and for the end of the audit chain in turn. Now deliveries that arrive while a commit is under way share the next one. " +
    "The body is no longer compressed by the database (from 180 to 50 µs of its processor time per delivery); each body is a parameter of its own and no element of an array or of a JSON text; " +
    "statements are prepared (for the queue's insertion in groups of 16 from 116 to 50 µs); the chain's head is updated by the statement that appends; a body that came in one piece is not copied; a relay by itself keeps Node's young generation, since bodies that wait for a commit outlive a small one (1,937 deliveries per second with 2 MB); nothing is logged for what was stored. " +
    "Not done: one job for many deliveries, since then one delivery's trouble would hold up its neighbours; a parser of our own for HTTP at the only public door.",
};

function describeFinding({ ours, partner, ratio }: Results): string {
  const theirs = partner ? `, ${showNumber(ratio["rate"] ?? 0)} times ${partner.name}, which stores nothing` : "";
  return `${showNumber(ours.median["rate"] ?? 0)} deliveries of 8 KB per second are on the disk when they are answered, 99 of 100 within ${showNumber(ours.median["p99"] ?? 0)} ms${theirs}`;
}

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const database = await freshPostgres(bench.postgresUrl);
  const port = await freePort();
  const environment = { SIGNALBOX_DATABASE_URL: database.url, SIGNALBOX_WEBHOOK_SECRET: secret, SIGNALBOX_RELAY_PORT: String(port) };
  const part = createPart({ name: "relay", kind: "relay", environment });
  await part.start();
  return {
    async measure({ number }) {
      const before = await countStored(database);
      const sample = await load(bench, part, `ours-${number}`, { port, path: "/webhooks/github", secret, accepted: 202 });
      const stored = (await countStored(database)).map((count, table) => count - (before[table] ?? 0));
      if (stored.some((count) => count !== deliveries(bench)))
        throw new Error(`stored deliveries, jobs and flow events: ${stored.join(", ")}, not ${deliveries(bench)} each`);
      return sample;
    },
    async close() {
      await part.stop();
      await database.close();
    },
  };
}

async function countStored({ driver }: FreshDatabase): Promise<readonly number[]> {
  const rows = await driver.query<{ n: number }>(
    `select count(*) as n from webhook_deliveries
     union all select count(*) from pgboss.job where name = 'process-delivery' union all select count(*) from flow_events where type = 'delivery.received'`,
  );
  return rows.map(({ n }) => n);
}

async function preparePartner(bench: Bench): Promise<Prepared> {
  const port = await freePort();
  const entry = fileURLToPath(new URL("ingest-probot.fixture.ts", import.meta.url));
  const part = createPart({ name: "probot", kind: "relay", entry, environment: { WEBHOOK_SECRET: secret, PORT: String(port), NODE_ENV: "production" } });
  await part.start();
  return {
    measure: ({ number }) => load(bench, part, `theirs-${number}`, { port, path: "/api/github/webhooks", secret, accepted: 200 }),
    close: () => part.stop(),
  };
}

async function load(bench: Bench, part: SupervisedPart, series: string, target: LoadTarget & { readonly accepted: number }): Promise<Sample> {
  const requests = signDeliveries(deliveries(bench), series, target);
  const before = await processorTime(part.pid);
  const { accepted, refused, seconds, latencies } = await drive(requests, target, connections, target.accepted);
  if (accepted !== requests.length) throw new Error(`${part.name} refused some: ${JSON.stringify(refused)}`);
  const used = (await processorTime(part.pid)) - before;
  return { figures: { rate: accepted / seconds, p50: quantile([...latencies], 0.5), p99: quantile([...latencies], 0.99), cpu: (used * 1_000) / accepted } };
}

/** Milliseconds of processor time, the system's part included; Linux counts in hundredths of a second. */
async function processorTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
