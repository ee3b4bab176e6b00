import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freshPostgres } from "../../core/testing/databases.ts";
import { startCompanion } from "../world/processes.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { memoryOf, watchFootprint } from "./footprint.ts";
import { createInstallation, webhookSecret, type Installation } from "./installation.ts";
import { median } from "./results.ts";
import { showNumber } from "./words.ts";

/** How long and how hard a server is kept busy, where nothing else was asked for: minutes, and deliveries a second. */
const load = { minutes: Number(process.env["BENCH_LOAD_MINUTES"] ?? 5), perSecond: Number(process.env["BENCH_LOAD_RATE"] ?? 100) };

/** The warm-up round counts for nothing, so it need not last. */
const sizes = (bench: Bench, round: number) =>
  bench.quick || round === 0 ? { settle: 3, watch: 5, minutes: 0.2, perSecond: 20, rest: 3 } : { settle: 10, watch: 60, ...load, rest: 30 };
/** How often the memory is read while the load is on. */
const readEvery = 1_000;

/** What a server takes that has nothing to do. */
export const idleBenchmark: Benchmark = {
  id: "idle",
  title: "Idle, and after load",
  method:
    "`signalbox serve all`, started by its own program as its users start it, with its compiled code in place from an earlier start. Killed and started again: the time until it serves. " +
    "After ten seconds its processor time is taken over a minute, and its resident memory at the end of it. Then a steady load of " +
    `${load.perSecond} deliveries of 8 KB a second for ${load.minutes} minutes (\`BENCH_LOAD_RATE\`, \`BENCH_LOAD_MINUTES\`), ` +
    "all processed, half a minute of rest, and its memory again. *Growth* is the median memory of the last fifth of the load less that of its second fifth: the first " +
    "fifth is for caches and compiled code. *An hour of it* is a straight line laid on from there, which overstates what levels off.",
  figures: [
    { key: "memory", label: "Resident memory, idle", unit: "MB", better: "lower" },
    { key: "cpu", label: "Of one core, idle", unit: "%", better: "lower" },
    { key: "growth", label: "Growth from the second to the last fifth of the load", unit: "MB", better: "lower" },
    { key: "hourly", label: "An hour of it, as a straight line", unit: "MB", better: "lower" },
    { key: "highest", label: "Resident memory under load, at its highest", unit: "MB", better: "lower" },
    { key: "loaded", label: "Resident memory after the load", unit: "MB", better: "lower" },
    { key: "serving", label: "From a kill until it serves again", unit: "ms", better: "lower" },
  ],
  limits: [
    { figure: "memory", of: "ours", must: "at-most", value: 150 },
    { figure: "cpu", of: "ours", must: "at-most", value: 1 },
    { figure: "growth", of: "ours", must: "at-most", value: 5 },
  ],
  ours: { name: "signalbox serve all", prepare: prepareOurs },
  partner: { name: "Node, HTTP, pg and pg-boss", prepare: preparePartner },
  difference:
    "The partner is the floor of what we are built on: Node 24 with an HTTP server, a pool of connections, and pg-boss working on two queues with its own settings. It loads no schema library, no forge client, no MCP server, and none of our code.",
  chart: { kind: "bars", figures: ["memory", "loaded", "cpu"] },
  finding: ({ ours }: Results) =>
    `Idle, all parts in one process take ${showNumber(ours.median["memory"] ?? 0)} MB and ${showNumber(ours.median["cpu"] ?? 0)} % of a core; under steady load they grow by ${showNumber(ours.median["growth"] ?? 0)} MB`,
  tried:
    "203 MB and 0.8 % at first. Kept compiled code saves the transpiler's 25 MB and half of the start; a young generation of 2 MB instead of 16 saves another 20 to 35 MB, one of 1 MB nothing more; a heap that is collected whenever it has grown by a quarter keeps what a burst leaves from staying for hours; " +
    "`--optimize-for-size` makes everything slower to load and saves less; limits on malloc's arenas save 1.5 MB and were left out.",
  rounds: { count: 1, because: `a round has the server under load for ${load.minutes} minutes` },
};

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const installation = await createInstallation(bench.postgresUrl);
  try {
    const server = await installation.start("all", "as-served");
    return {
      async measure({ number }) {
        const { settle, watch, minutes, perSecond, rest } = sizes(bench, number);
        await server.down();
        const killed = performance.now();
        await server.start();
        const serving = performance.now() - killed;
        await watchFootprint([server.pid], settle);
        const { megabytes, cpu } = await watchFootprint([server.pid], watch);
        const idle = { memory: megabytes, cpu, serving };
        const readings = await deliverSteadily(installation, server.pid, { perSecond, seconds: minutes * 60 });
        await watchFootprint([server.pid], rest);
        return { figures: { ...idle, ...growthOf(readings, minutes), highest: Math.max(...readings), loaded: await memoryOf([server.pid]) } };
      },
      close: () => installation.close(),
    };
  } catch (error) {
    await installation.close();
    throw error;
  }
}

async function preparePartner(bench: Bench): Promise<Prepared> {
  const database = await freshPostgres(bench.postgresUrl);
  const server = await startCompanion(fileURLToPath(new URL("bare-idle.fixture.ts", import.meta.url)), { DATABASE_URL: database.url });
  return {
    async measure({ number }) {
      const { settle, watch } = sizes(bench, number);
      await watchFootprint([server.pid], settle);
      const { megabytes, cpu } = await watchFootprint([server.pid], watch);
      return { figures: { memory: megabytes, cpu } };
    },
    async close() {
      await server.close();
      await database.close();
    },
  };
}

function growthOf(readings: readonly number[], minutes: number): { readonly growth: number; readonly hourly: number } {
  const fifth = (index: number): number => median(readings.slice((readings.length * index) / 5, (readings.length * (index + 1)) / 5));
  const growth = fifth(4) - fifth(1);
  // From the middle of the second fifth to the middle of the last are three fifths.
  return { growth, hourly: growth * (60 / (minutes * 0.6)) };
}

interface Load {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Deliveries of 8 KB that start nothing, at an even pace, until all of them are processed. @returns the memory meanwhile, second by second. */
async function deliverSteadily(installation: Installation, pid: number, { perSecond, seconds }: Load): Promise<readonly number[]> {
  const readings: number[] = [];
  const sending = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const [begun, send] = [performance.now(), senderTo(installation)];
  let [sent, readAt] = [0, begun];
  for (let now = begun; now - begun < seconds * 1_000; now = performance.now()) {
    for (; sent < ((now - begun) / 1_000) * perSecond; sent += 1) {
      const one: Promise<void> = send().then(
        () => void sending.delete(one),
        (error: unknown) => void failures.push(error),
      );
      sending.add(one);
    }
    if (failures.length > 0) throw failures[0];
    if (now - readAt >= readEvery) {
      readings.push(await memoryOf([pid]));
      readAt = now;
    }
    await delay(10);
  }
  await Promise.all(sending);
  await allProcessed(installation);
  return readings;
}

function senderTo({ relayUrl, repository }: Installation): () => Promise<void> {
  const body = JSON.stringify({ action: "created", repository: { full_name: repository }, sender: { login: "owner" }, comment: { body: "x".repeat(8_000) } });
  const signature = `sha256=${createHmac("sha256", webhookSecret).update(body).digest("hex")}`;
  return async () => {
    const headers = {
      "content-type": "application/json",
      "x-github-event": "issue_comment",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": signature,
    };
    const response = await fetch(`${relayUrl}/webhooks/github`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`a delivery was answered with ${response.status}`);
    await response.arrayBuffer();
  };
}

async function allProcessed({ database }: Installation): Promise<void> {
  for (;;) {
    const [waiting] = await database.driver.query<{ readonly count: number }>("select count(*) as count from webhook_deliveries where state = 'received'");
    if (waiting?.count === 0) return;
    await delay(200);
  }
}
