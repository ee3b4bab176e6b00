import { createHmac, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { freshPostgres } from "../../core/testing/databases.ts";
import { startCompanion } from "../world/processes.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { memoryOf, watchFootprint } from "./footprint.ts";
import { createInstallation, webhookSecret, type Installation } from "./installation.ts";
import { showNumber } from "./words.ts";

const sizes = (bench: Bench) => (bench.quick ? { settle: 3, watch: 5, deliveries: 100, rest: 3 } : { settle: 10, watch: 60, deliveries: 10_000, rest: 30 });
const connections = 16;

/** What a server takes that has nothing to do. */
export const idleBenchmark: Benchmark = {
  id: "idle",
  title: "Idle, and after load",
  method:
    "`signalbox serve all`, started by its own program as its users start it, with its compiled code in place from an earlier start. Killed and started again: the time until it serves. " +
    "After ten seconds its processor time is taken over a minute, and its resident memory at the end of it. Then 10,000 deliveries of 8 KB on 16 connections, all processed, half a minute of rest, and its memory again.",
  figures: [
    { key: "memory", label: "Resident memory, idle", unit: "MB", better: "lower" },
    { key: "cpu", label: "Of one core, idle", unit: "%", better: "lower" },
    { key: "loaded", label: "Resident memory after 10,000 deliveries", unit: "MB", better: "lower" },
    { key: "serving", label: "From a kill until it serves again", unit: "ms", better: "lower" },
  ],
  limits: [
    { figure: "memory", of: "ours", must: "at-most", value: 150 },
    { figure: "cpu", of: "ours", must: "at-most", value: 1 },
  ],
  ours: { name: "signalbox serve all", prepare: prepareOurs },
  partner: { name: "Node, HTTP, pg and pg-boss", prepare: preparePartner },
  difference:
    "The partner is the floor of what we are built on: Node 24 with an HTTP server, a pool of connections, and pg-boss working on two queues with its own settings. It loads no schema library, no forge client, no MCP server, and none of our code.",
  chart: { kind: "bars", figures: ["memory", "loaded", "cpu"] },
  finding: ({ ours }: Results) =>
    `Idle, all parts in one process take ${showNumber(ours.median["memory"] ?? 0)} MB and ${showNumber(ours.median["cpu"] ?? 0)} % of a core`,
  tried:
    "203 MB and 0.8 % at first. Kept compiled code saves the transpiler's 25 MB and half of the start; a young generation of 2 MB instead of 16 saves another 20 to 35 MB, one of 1 MB nothing more; " +
    "`--optimize-for-size` makes everything slower to load and saves less; limits on malloc's arenas save 1.5 MB and were left out.",
};

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const installation = await createInstallation(bench.postgresUrl);
  try {
    const server = await installation.start("all", "as-served");
    const { settle, watch, deliveries, rest } = sizes(bench);
    return {
      async measure() {
        await server.down();
        const killed = performance.now();
        await server.start();
        const serving = performance.now() - killed;
        await watchFootprint([server.pid], settle);
        const { megabytes, cpu } = await watchFootprint([server.pid], watch);
        await deliver(installation, deliveries);
        await watchFootprint([server.pid], rest);
        return { figures: { memory: megabytes, cpu, loaded: await memoryOf([server.pid]), serving } };
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
  const { settle, watch } = sizes(bench);
  return {
    async measure() {
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

/** Deliveries of 8 KB that start nothing, until all of them are processed. */
async function deliver({ relayUrl, repository, database }: Installation, count: number): Promise<void> {
  const body = JSON.stringify({ action: "created", repository: { full_name: repository }, sender: { login: "owner" }, comment: { body: "x".repeat(8_000) } });
  const signature = `sha256=${createHmac("sha256", webhookSecret).update(body).digest("hex")}`;
  let left = count;
  const send = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const headers = {
        "content-type": "application/json",
        "x-github-event": "issue_comment",
        "x-github-delivery": randomUUID(),
        "x-hub-signature-256": signature,
      };
      const response = await fetch(`${relayUrl}/webhooks/github`, { method: "POST", headers, body });
      if (!response.ok) throw new Error(`a delivery was answered with ${response.status}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
  for (;;) {
    const [waiting] = await database.driver.query<{ readonly count: number }>("select count(*) as count from webhook_deliveries where state = 'received'");
    if (waiting?.count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
