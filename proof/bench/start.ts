import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Run } from "../../core/domain/run/run.ts";
import { freshPostgres } from "../../core/testing/databases.ts";
import { startCompanion } from "../world/processes.ts";
import { startRun, type StartedAgent } from "./agent-stand-in.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { createInstallation, type Installation } from "./installation.ts";
import { median, quantile } from "./results.ts";
import { showNumber } from "./words.ts";

const sizes = (bench: Bench): { readonly labels: number } => ({ labels: bench.quick ? 3 : 20 });

/** What goes by between the forge's webhook and the agent's process. */
export const startBenchmark: Benchmark = {
  id: "start",
  title: "Label to agent start",
  method:
    "The owner puts `run:intake` on an issue, 20 times, one after another; relay, orchestrator and forge are processes of their own. Measured is from the relay's receipt of the webhook " +
    "until the agent's process runs: delivery and job stored, job claimed, issue, label history, variables and pull request read from the forge, admission with run, flow events and outbox stored, " +
    "effect claimed, attempt checked, process spawned. The agent is a shell script that notes the nanosecond at which it runs. *Waiting for the forge* is the part of it in which at least " +
    "one request to the forge was under way.",
  figures: [
    { key: "p50", label: "From receipt to the agent's process, median", unit: "ms", better: "lower" },
    { key: "p90", label: "The same, 90th percentile", unit: "ms", better: "lower" },
    { key: "forge", label: "Of it waiting for the forge, median", unit: "ms", better: "lower" },
    { key: "claimed", label: "Receipt to the job's claim, median", unit: "ms", better: "lower" },
    { key: "admitted", label: "Claim to admission, median", unit: "ms", better: "lower" },
    { key: "started", label: "Admission to the agent's process, median", unit: "ms", better: "lower" },
  ],
  limits: [{ figure: "p50", of: "ours", must: "at-most", value: 300 }],
  ours: { name: "Signalbox", prepare: prepareOurs },
  partner: { name: "pg-boss and spawn", prepare: preparePartner },
  difference:
    "The partner is what is left when everything is left out: an HTTP server that stores one job per request in pg-boss, and a worker that spawns the same script for it. It verifies no signature, " +
    "asks the forge nothing, admits nobody, keeps no run, no outbox and no record, and its job is lost to nobody only as long as pg-boss is.",
  chart: { kind: "bars", figures: ["p50", "p90", "forge"] },
  finding: ({ ours }: Results) =>
    `From the webhook to the agent's process ${showNumber(ours.median["p50"] ?? 0)} ms, ${showNumber(ours.median["forge"] ?? 0)} of them waiting for the forge`,
};

interface Start {
  readonly total: number;
  readonly forge: number;
  readonly claimed: number;
  readonly admitted: number;
  readonly started: number;
}

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const installation = await createInstallation(bench.postgresUrl);
  try {
    for (const part of ["relay", "orchestrator"] as const) await installation.start(part, "instrumented");
  } catch (error) {
    await installation.close();
    throw error;
  }
  return {
    async measure() {
      const starts: Start[] = [];
      while (starts.length < sizes(bench).labels) {
        const { run, agent } = await startRun(installation);
        starts.push(await phasesOf(installation, run, agent));
        await settled(installation);
      }
      const middle = (of: (start: Start) => number): number => median(starts.map(of));
      const totals = starts.map(({ total }) => total);
      return {
        figures: {
          p50: median(totals),
          p90: quantile(totals, 0.9),
          forge: middle(({ forge }) => forge),
          claimed: middle(({ claimed }) => claimed),
          admitted: middle(({ admitted }) => admitted),
          started: middle(({ started }) => started),
        },
      };
    },
    close: () => installation.close(),
  };
}

async function phasesOf(on: Installation, run: Run, agent: StartedAgent): Promise<Start> {
  const [times] = await on.database.driver.query<{ readonly received: number; readonly claimed: number; readonly admitted: number }>(
    `select d.received_at as received, extract(epoch from j.started_on)::float8 * 1000 as claimed, r.created_at as admitted
     from runs r join webhook_deliveries d on d.id = r.trigger ->> 'deliveryId' join pgboss.job j on j.name = 'process-delivery' and j.data ->> 'deliveryId' = d.id
     where r.id = $1`,
    [run.id],
  );
  if (!times) throw new Error(`nothing is known of how run ${run.id} began`);
  return {
    total: agent.at - times.received,
    forge: await forgeTime(on.forgeLog, times.received, agent.at),
    claimed: times.claimed - times.received,
    admitted: times.admitted - times.claimed,
    started: agent.at - times.admitted,
  };
}

/** Milliseconds between two instants in which at least one request to the forge was under way. */
async function forgeTime(log: string, from: number, until: number): Promise<number> {
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  const requests = lines.map((line) => JSON.parse(line) as { readonly at: number; readonly milliseconds: number });
  const spans = requests
    .map(({ at, milliseconds }) => ({ begin: Math.max(from, at - milliseconds), end: Math.min(until, at) }))
    .filter(({ begin, end }) => end > begin)
    .toSorted((one, other) => one.begin - other.begin);
  let covered = from;
  let sum = 0;
  for (const { begin, end } of spans) {
    sum += Math.max(0, end - Math.max(begin, covered));
    covered = Math.max(covered, end);
  }
  return sum;
}

/** Until the effects of one start are done, so that they do not count for the next. */
async function settled({ database }: Installation): Promise<void> {
  for (;;) {
    const [left] = await database.driver.query<{ readonly count: number }>("select count(*) as count from outbox where state = 'pending'");
    if (left?.count === 0) return;
  }
}

async function preparePartner(bench: Bench): Promise<Prepared> {
  const database = await freshPostgres(bench.postgresUrl);
  const agent = fileURLToPath(new URL("agent-started.fixture.sh", import.meta.url));
  const server = await startCompanion<{ readonly url: string }>(fileURLToPath(new URL("bare-start.fixture.ts", import.meta.url)), {
    DATABASE_URL: database.url,
    AGENT: agent,
  });
  return {
    async measure() {
      const totals: number[] = [];
      while (totals.length < sizes(bench).labels) {
        const response = await fetch(server.said.url, { method: "POST", body: "{}" });
        totals.push(((await response.json()) as { readonly milliseconds: number }).milliseconds);
      }
      return { figures: { p50: median(totals), p90: quantile(totals, 0.9) } };
    },
    async close() {
      await server.close();
      await database.close();
    },
  };
}
