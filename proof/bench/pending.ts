import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Run } from "../../core/domain/run/run.ts";
import { runnerPaths } from "../../core/contract/runner.ts";
import { connectAgent } from "./agent-stand-in.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { watchFootprint } from "./footprint.ts";
import { createInstallation, type Installation } from "./installation.ts";
import { showNumber } from "./words.ts";

const sizes = (bench: Bench) => (bench.quick ? { calls: 20, settle: 2 } : { calls: 1_000, settle: 10 });
/** Held before the memory is read, so that the code that asks the owner is not counted among what a thousand more take. */
const first = 50;

/** What waiting costs. */
export const pendingBenchmark: Benchmark = {
  id: "pending",
  title: "A thousand calls that wait for the owner",
  method:
    "A thousand runs, each with a call that the rules give to the owner, all of them made at the same moment. For 45 seconds each is *held*: its connection is open, for the owner may decide at once. " +
    "Then it is *parked*: the agent is told that the owner is asked, and what waits, for days if need be, is rows. " +
    "Resident memory of gateway and orchestrator together: before the calls, while all are held, and after all were parked; and processor time while they are held. " +
    "What the thousand calls leave as garbage is in it.",
  figures: [
    { key: "held", label: "More memory with 1,000 held calls", unit: "MB", better: "lower" },
    { key: "parked", label: "More memory with 1,000 parked calls", unit: "MB", better: "lower" },
    { key: "cpu", label: "Of one core while they are held", unit: "%", better: "lower" },
  ],
  limits: [
    { figure: "held", of: "ours", must: "at-most", value: 50 },
    { figure: "parked", of: "ours", must: "at-most", value: 50 },
  ],
  ours: { name: "Signalbox", prepare: prepareOurs },
  partner: { absent: "Nothing else that we know of holds an agent's call for a signature." },
  chart: { kind: "bars", figures: ["held", "parked"] },
  finding: ({ ours }: Results) =>
    `A thousand calls held for the owner take ${showNumber(ours.median["held"] ?? 0)} MB more, parked ${showNumber(ours.median["parked"] ?? 0)} MB`,
  tried:
    "428 MB at first, of which 46 were what the held calls need and the rest what a thousand calls at once left behind. Each call had an MCP server, a request and streams of the library's for as long as it was held; " +
    "now the library reads the request and writes the answer with a place for the result, and is let go. Calls are prepared 16 at a time, since more only wait for the database with all that they have read so far. " +
    "The heap is collected whenever it has grown by a quarter (from about 200 to 60 MB, at the same processor time). Before that, each held call listened, polled and read its row by itself: " +
    "one watch for all of a process's held calls now asks one question, for those that ended, and answers hints that come close together at once.",
  rounds: { count: 3, because: "a round fills the database with a thousand runs and waits until all calls are parked" },
};

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const { calls, settle } = sizes(bench);
  return {
    async measure({ number }) {
      // New processes each round: what the last round's calls have left in the heap is not idle memory.
      const installation = await createInstallation(bench.postgresUrl);
      try {
        await installation.start("relay", "instrumented");
        const orchestrator = await installation.start("orchestrator", "instrumented");
        const gateway = await installation.start("gateway", "instrumented");
        const pids = [orchestrator.pid, gateway.pid];
        const agent = await connectAgent(installation);
        const elsewhere = await installation.owner.openIssue({ title: "Another issue", body: "Not this run's." });
        for (let warm = 0; warm < 100; warm += 1) await agent.call("kb_search", { query: "payments" });
        const others = await copyRuns(installation, agent.run, first + calls);
        const earlier = holdAll(installation, others.slice(0, first), elsewhere);
        await allPending(installation, first);
        const { megabytes: before } = await watchFootprint(pids, settle);
        const held = holdAll(installation, others.slice(first), elsewhere);
        await allPending(installation, first + calls);
        const { cpu, megabytes: whileHeld } = await watchFootprint(pids, settle);
        // The warm-up round counts for nothing, so it need not wait.
        if (number > 0) await held.parked;
        const { megabytes: whileParked } = await watchFootprint(pids, settle);
        earlier.abort();
        held.abort();
        await agent.close();
        return { figures: { held: whileHeld - before, parked: whileParked - before, cpu } };
      } finally {
        await installation.close();
      }
    },
    close: async () => undefined,
  };
}

/** As many running runs as the one, on branches of their own. @returns their tokens. */
async function copyRuns({ database }: Installation, run: Run, count: number): Promise<readonly string[]> {
  const tokens = Array.from({ length: count }, (_, index) => `token-of-run-${index}`);
  const hashes = tokens.map((token) => createHash("sha256").update(token).digest("hex"));
  await database.driver.query(
    `insert into runs (id, project, repository, issue, stage, variant, role, branch, base_branch, profile, trigger, correlation_id, keep_slot, state, created_at)
     select 'copy-' || n, project, repository, issue, stage, variant, role, branch || '-' || n, base_branch, profile, trigger, correlation_id, keep_slot, state, created_at
     from runs, generate_series(1, $2::integer) n where id = $1`,
    [run.id, count],
  );
  await database.driver.query(
    `insert into run_attempts (run_id, attempt, phase, lease_until, started_at, bootstrap_hash, token_hash)
     select 'copy-' || n, 1, 'active', (extract(epoch from now()) * 1000)::bigint + 3600000, (extract(epoch from now()) * 1000)::bigint, 'copy-' || n, hash
     from unnest($1::text[]) with ordinality as given (hash, n)`,
    [hashes],
  );
  return tokens;
}

interface HeldCalls {
  /** All of them were answered: the owner is asked. */
  readonly parked: Promise<void>;
  abort(): void;
}

/** One call of each, held until it is decided or parked, or this is aborted. */
function holdAll({ gatewayUrl }: Installation, tokens: readonly string[], issue: number): HeldCalls {
  const ending = new AbortController();
  const answers = tokens.map(async (token, index) => {
    const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "github_comment", arguments: { number: issue, body: `Text ${index}` } } };
    const response = await fetch(`${gatewayUrl}${runnerPaths.mcp}`, {
      method: "POST",
      signal: ending.signal,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-06-18",
      },
      body: JSON.stringify(call),
    });
    const text = await response.text();
    if (!text.includes("pending")) throw new Error(`a call was not parked: ${response.status} ${text.slice(0, 500)}`);
  });
  const parked = Promise.all(answers).then(() => undefined);
  parked.catch(() => undefined); // told to whoever waits for it
  return { parked, abort: () => ending.abort() };
}

async function allPending({ database }: Installation, count: number): Promise<void> {
  for (;;) {
    const [row] = await database.driver.query<{ readonly count: number }>("select count(*) as count from decision_requests");
    if ((row?.count ?? 0) >= count) return;
    await delay(200);
  }
}
