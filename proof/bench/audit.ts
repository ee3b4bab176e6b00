import { createHash } from "node:crypto";
import pg from "pg";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { signAnchor } from "../../core/domain/audit/anchor.ts";
import type { NewFlowEvent } from "../../core/domain/audit/flow-event.ts";
import type { CorrelationId, Instant } from "../../core/domain/kernel/values.ts";
import { testKey, testVerifier } from "../../core/testing/cryptography.ts";
import { freshPostgres } from "../../core/testing/databases.ts";
import { createVerifyAudit } from "../../core/usecases/verify-audit.ts";
import type { Bench, Benchmark, Prepared, Sample } from "./benchmark.ts";

const pageSize = 2_000;

/** Verifying the whole trail, beside the plainest loop that looks at the same rows. */
export const auditBenchmark: Benchmark = {
  id: "audit-verification",
  title: "Verification of the audit trail",
  method:
    "Flow events of about 600 bytes, as stage runs leave them, in PostgreSQL. Ours is `audit verify` as it is: every event is read, brought to its canonical form, hashed, and compared with its link and with a signed anchor; then requests, effects and the end of the chain are looked at. Memory is the growth of what the process holds, at its highest, sampled every 20 ms.",
  figures: [
    { key: "rows", label: "events verified", unit: "/s", better: "higher" },
    { key: "memory", label: "memory on top, at most", unit: "MB", better: "lower" },
  ],
  limits: [{ figure: "rows", of: "ours", must: "at-least", value: 50_000 }],
  ours: { name: "Signalbox, audit verify", prepare: (bench) => prepare(bench, verifyAll) },
  partner: { name: "pg, select and SHA-256 of each row's text", prepare: (bench) => prepare(bench, hashRows) },
  difference:
    "The loop checks nothing: it takes each row as PostgreSQL prints it and hashes that. It has the same page size, and waits for each page; ours reads the next page while it checks the last. The ratio says what our checks cost.",
  chart: { kind: "bars", figures: ["rows"] },
  finding: ({ ours, ratio }) =>
    `${Math.round(ours.median["rows"] ?? 0).toLocaleString("en-US")} events verified per second, ${(ratio["rows"] ?? 0).toFixed(2)} times a loop that only hashes, with ${Math.round(ours.median["memory"] ?? 0)} MB on top`,
};

interface Trail {
  readonly count: number;
  readonly database: Awaited<ReturnType<typeof freshPostgres>>;
}

/** @returns how many rows it has looked at. */
type Pass = (trail: Trail) => Promise<number>;

/** Both contestants look at the same rows. */
const trails = new WeakMap<Bench, { readonly trail: Promise<Trail>; users: number }>();

async function prepare(bench: Bench, pass: Pass): Promise<Prepared> {
  const shared = trails.get(bench) ?? { trail: makeTrail(bench), users: 0 };
  shared.users += 1;
  trails.set(bench, shared);
  const trail = await shared.trail;
  return {
    measure: () => measure(trail, pass),
    async close() {
      shared.users -= 1;
      if (shared.users > 0) return;
      trails.delete(bench);
      await trail.database.close();
    },
  };
}

async function makeTrail(bench: Bench): Promise<Trail> {
  const count = bench.quick ? 10_000 : 1_000_000;
  bench.say(`Writing a trail of ${count.toLocaleString("en-US")} events.`);
  const database = await freshPostgres(bench.postgresUrl);
  for (let at = 0; at < count; at += pageSize) {
    const events = Array.from({ length: pageSize }, (_, index) => event(at + index));
    await database.store.transaction((tx) => tx.flow.append(events));
  }
  await database.driver.execute("vacuum analyze flow_events");
  return { count, database };
}

const kinds = ["delivery.received", "delivery.ignored", "document.indexed", "effect.claimed", "effect.done", "delivery.processed"];

function event(index: number): NewFlowEvent {
  const id = (kind: number): string => `01a1fccf-${String(kind).padStart(4, "0")}-7000-8000-${String(index).padStart(12, "0")}`;
  const runId = `01a1fccf-0000-7000-8000-${String(Math.floor(index / 200)).padStart(12, "0")}`;
  return {
    correlationId: runId as CorrelationId,
    actor: { type: "agent", id: runId },
    // One in seven, as in recorded stage runs.
    type: index % 7 === 0 ? "tool.executed" : (kinds[index % kinds.length] ?? "effect.done"),
    subject: `run:${runId}`,
    payload: {
      runId,
      repository: "harbour/tidewater",
      issue: index % 1_000,
      stage: "intake",
      variant: "work",
      toolCallId: id(1),
      tool: "kb_doc_upsert_meta",
      digest: createHash("sha256").update(id(2)).digest("hex"),
      rule: "knowledge",
      outcome: "auto",
      message: "The document is recorded.",
    },
    at: (1_795_242_813_124 + index) as Instant,
  };
}

async function measure(trail: Trail, pass: Pass): Promise<Sample> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => void (most = Math.max(most, process.memoryUsage.rss())), 20);
  const start = performance.now();
  try {
    const rows = await pass(trail);
    const seconds = (performance.now() - start) / 1_000;
    if (rows !== trail.count) throw new Error(`${rows} of ${trail.count} rows were looked at`);
    return { figures: { rows: rows / seconds, memory: (most - before) / 1024 ** 2 } };
  } finally {
    clearInterval(watch);
  }
}

const owner = testKey("olga");

async function verifyAll({ database: { store } }: Trail): Promise<number> {
  const end = await store.transaction((tx) => tx.flow.head());
  const anchor = end && signAnchor(owner.signer, end, 1 as Instant);
  const verify = createVerifyAudit({
    store,
    hasher: createHasher(),
    signatures: testVerifier(owner.trusted),
    anchors: { list: async () => (anchor ? [anchor] : []) },
  });
  const { ok, events, problems } = await verify();
  if (!ok) throw new Error(`the trail does not verify: ${problems[0]?.message ?? ""}`);
  return events;
}

async function hashRows({ database: { url } }: Trail): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows = 0;
    for (let after = "0"; ;) {
      const page = await client.query<{ sequence: string; row: string }>(
        "select sequence, flow_events::text as row from flow_events where sequence > $1 order by sequence limit $2",
        [after, pageSize],
      );
      for (const { row } of page.rows) createHash("sha256").update(row).digest("hex");
      rows += page.rows.length;
      const last = page.rows.at(-1);
      if (!last) return rows;
      after = last.sequence;
    }
  } finally {
    await client.end();
  }
}
