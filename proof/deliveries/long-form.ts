import { startPostgres } from "../../build/testbed/postgres.ts";
import { freshPostgres } from "../../core/testing/databases.ts";
import { freePort } from "../../core/testing/free-port.ts";
import { createPart } from "../world/part.ts";
import { assault } from "./malformed.ts";
import { runStorm } from "./storm.ts";

type Say = (line: object) => void;

const requests = 1_000_000;

/** 10,000 deliveries, 5 of a hundred twice, shuffled, for two orchestrators of which one is killed again and again. @returns whether each had its effect once. */
export async function deliveriesAtLength(seed: number, say: Say): Promise<boolean> {
  const report = await runStorm({ deliveries: 10_000, issues: 300, seed, patience: 900_000, say: (line) => say({ seed, line }) });
  say({ seed, ...report });
  return report.findings.length === 0 && report.kills > 0;
}

/** A million requests that are no deliveries. @returns whether the relay lived on with an empty table, and took no more memory in the second half than in the first. */
export async function malformedAtLength(seed: number, say: Say): Promise<boolean> {
  const secret = "webhook-secret-0123456789";
  const server = await startPostgres();
  try {
    const database = await freshPostgres(server.url);
    const port = await freePort();
    const environment = { SIGNALBOX_DATABASE_URL: database.url, SIGNALBOX_WEBHOOK_SECRET: secret, SIGNALBOX_RELAY_PORT: String(port) };
    const relay = createPart({ name: "relay", kind: "relay", environment });
    await relay.start();
    const memory = async (): Promise<number> => Math.round(((await relay.memory()) ?? 0) / 1_048_576);
    let half = Number.POSITIVE_INFINITY;
    const onProgress = async (sent: number): Promise<void> => {
      if (sent % 50_000 !== 0) return;
      const megabytes = await memory();
      if (sent === requests / 2) half = megabytes;
      say({ seed, sent, megabytes });
    };
    const { answers, wrong } = await assault({ port, secret, requests, seed, lanes: 32, onProgress });
    const end = await memory();
    const healthy = (await fetch(`http://127.0.0.1:${port}/healthz`)).status === 200;
    const stored = (await database.driver.query("select id from webhook_deliveries")).length;
    say({ seed, requests, answers, wrong, megabytesAtHalf: half, megabytesAtEnd: end, healthy, stored, lives: relay.lives.length });
    await relay.stop();
    await database.close();
    return wrong.length === 0 && healthy && stored === 0 && relay.lives.length === 1 && end - half < 25;
  } finally {
    await server.stop();
  }
}
