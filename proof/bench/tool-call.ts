import { fileURLToPath } from "node:url";
import { startCompanion } from "../world/processes.ts";
import { callTool, connectAgent, connectClient, type AgentStandIn } from "./agent-stand-in.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { createInstallation, type Installation } from "./installation.ts";
import { median, quantile } from "./results.ts";
import { showNumber } from "./words.ts";

/** Together below the 300 calls a minute that a run may make; every round has a run of its own. */
const sizes = (bench: Bench): { readonly asked: number; readonly others: number } => (bench.quick ? { asked: 10, others: 5 } : { asked: 150, others: 50 });

/** An agent's call, as the agent waits for it. */
export const toolCallBenchmark: Benchmark = {
  id: "tool-call",
  title: "Tool call to result",
  method:
    "An agent's MCP client calls tools at the gateway, one call after another, 150 that are asked and 50 of each other kind, with gateway, orchestrator and forge as processes of their own. " +
    "*Asked* is a comment on another issue, which the rules give to the owner: request, notice, a program that signs at once in the owner's place, verification, comment at the forge, result in the call that was held. " +
    "*Allowed* is a comment on the run's own issue. *Reading* is a search of the knowledge base.",
  figures: [
    { key: "asked-p50", label: "Asked, decided and done, median", unit: "ms", better: "lower" },
    { key: "asked-p99", label: "Asked, decided and done, 99th percentile", unit: "ms", better: "lower" },
    { key: "allowed-p50", label: "Allowed and done, median", unit: "ms", better: "lower" },
    { key: "reading-p50", label: "Reading, median", unit: "ms", better: "lower" },
  ],
  limits: [
    { figure: "asked-p50", of: "ours", must: "at-most", value: 50 },
    { figure: "asked-p99", of: "ours", must: "at-most", value: 200 },
  ],
  ours: { name: "Signalbox", prepare: prepareOurs },
  partner: { name: "MCP SDK alone", prepare: preparePartner },
  difference:
    "The partner is the same MCP server library with one tool that echoes: no token, no rule, no database, no owner, no effect, no record. Its only comparable figure is *reading*. " +
    "Ours authenticates the token against the database, validates, evaluates the rules, and stores the call with its flow events in the hash chain, in two transactions that are flushed to the disk.",
  why:
    "Between the call and its result lie eight transactions in three processes (the agent's gateway, the owner's program, the orchestrator), two readings of the forge and the comment itself, and three notices, " +
    "one after another, with the database and the forge on the same two cores. Nothing waits for a timer: the time is round trips.",
  tried:
    "113 ms before: Octokit's plugin for repetitions put every request to the forge through a scheduler whose timers cost 5 ms each; changes of a run now share one edit of its status comment instead of two edits " +
    "for every asked call; what only reads needs no begin and no commit; the events of a transaction are linked at once and stored by one statement; run and issue are read once, not twice; a watch for all held calls " +
    "of a process instead of one each; label names read once in five seconds; the job claimed by notice. Not done: sending begin together with the first statement, for which the client's pipelining is young.",
  chart: { kind: "bars", figures: ["asked-p50", "asked-p99", "allowed-p50", "reading-p50"] },
  finding: ({ ours }: Results) =>
    `A call that the owner decides at once is back after ${showNumber(ours.median["asked-p50"] ?? 0)} ms, one that the rules allow after ${showNumber(ours.median["allowed-p50"] ?? 0)} ms`,
};

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const installation = await createInstallation(bench.postgresUrl);
  try {
    for (const part of ["relay", "orchestrator", "gateway"] as const) await installation.start(part, "instrumented");
    const elsewhere = await installation.owner.openIssue({ title: "Another issue", body: "Not this run's." });
    const stopSigning = await signAtOnce(installation);
    return {
      async measure() {
        const size = sizes(bench);
        const agent = await connectAgent(installation);
        try {
          const asked = await timeCalls(size.asked, (text) => done(agent, "github_comment", { number: elsewhere, body: text }));
          const allowed = await timeCalls(size.others, (text) => done(agent, "github_comment", { number: agent.run.issue, body: text }));
          const reading = await timeCalls(size.others, () => done(agent, "kb_search", { query: "payments" }));
          const figures = { "asked-p50": median(asked), "asked-p99": quantile(asked, 0.99), "allowed-p50": median(allowed), "reading-p50": median(reading) };
          return { figures };
        } finally {
          await agent.close();
        }
      },
      async close() {
        await stopSigning();
        await installation.close();
      },
    };
  } catch (error) {
    await installation.close();
    throw error;
  }
}

async function done(agent: AgentStandIn, tool: string, given: Record<string, unknown>): Promise<void> {
  const status = await agent.call(tool, given);
  if (status !== "done") throw new Error(`${tool} is ${status}`);
}

async function preparePartner(bench: Bench): Promise<Prepared> {
  const server = await startCompanion<{ readonly url: string }>(fileURLToPath(new URL("echo-mcp.fixture.ts", import.meta.url)), {});
  const client = await connectClient(server.said.url, {});
  return {
    measure: async () => ({
      figures: { "reading-p50": median(await timeCalls(sizes(bench).others, async (text) => void (await callTool(client, "echo", { text })))) },
    }),
    async close() {
      await client.close();
      await server.close();
    },
  };
}

let texts = 0;

/** Milliseconds of each call; every call gets a text that none had before. */
async function timeCalls(count: number, call: (text: string) => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    texts += 1;
    const begun = performance.now();
    await call(`Text ${texts}`);
    times.push(performance.now() - begun);
  }
  return times;
}

/** A program in the owner's place: signs an approval of whatever is asked as soon as the notice of it comes. */
async function signAtOnce({ database, owner }: Installation): Promise<() => Promise<void>> {
  let current = Promise.resolve();
  let waiting = false;
  const look = async (): Promise<void> => {
    waiting = false;
    for (const request of await owner.waiting()) await owner.decide(request, { type: "approve" });
  };
  const stop = await database.store.onFlow(() => {
    // Notices that come during a look are answered by one more.
    if (waiting) return;
    waiting = true;
    current = current.then(look);
  });
  return async () => {
    await stop();
    await current;
  };
}
