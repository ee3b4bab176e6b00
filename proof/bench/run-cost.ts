import { randomUUID } from "node:crypto";
import { createRouterClient, type RouterClient } from "@orpc/server";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { createPostgresDriver } from "../../core/adapters/postgres/driver.ts";
import { createStore } from "../../core/adapters/postgres/store.ts";
import { createHostRouter, type HostRouter } from "../../core/apps/host/router.ts";
import type { RunId } from "../../core/domain/kernel/values.ts";
import type { Run } from "../../core/domain/run/run.ts";
import type { SqlDriver } from "../../core/ports/sql-driver.ts";
import type { Store } from "../../core/ports/store.ts";
import { freshPostgres, type FreshDatabase } from "../../core/testing/databases.ts";
import { createGovernance, type Governance } from "../../core/testing/governance.ts";
import { createHostWorld } from "../../core/testing/host-world.ts";
import { createOrchestrationBench, turn, type OrchestrationBench } from "../../core/testing/orchestration.ts";
import { createRecordingQueue } from "../../core/testing/recording-queue.ts";
import type { Bench, Benchmark, Figure, Prepared, Results, Sample } from "./benchmark.ts";
import { multiplyRun } from "./grown-database.ts";
import { meterDriver, type Meter } from "./metered-driver.ts";
import { median } from "./results.ts";
import { showNumber } from "./words.ts";

/** What is measured, in the order in which a run goes through it. */
const operations = {
  start: "label to started",
  tool: "tool call",
  turn: "end of the last turn",
  decide: "approve the gate",
  inbox: "inbox",
  runs: "list of 10 runs",
  run: "one run in full",
  board: "board",
  sweep: "look for what was left",
} as const;
type Operation = keyof typeof operations;
const operationKeys = Object.keys(operations) as readonly Operation[];

const sizesOf = (bench: Bench): readonly number[] => (bench.quick ? [10, 50] : [10, 100, 1_000, 10_000]);
const lifecyclesOf = (bench: Bench): number => (bench.quick ? 1 : 5);

const figures: readonly Figure[] = [
  { key: "all", label: "All operations of a run together: time in the database", unit: "ms", better: "lower" },
  { key: "statements", label: "Statements for them", unit: "", better: "lower" },
  { key: "cpu", label: "Our CPU time for them", unit: "ms", better: "lower" },
  ...operationKeys.map((key): Figure => ({ key, label: capitalised(operations[key]), unit: "ms", better: "lower" })),
];

/** The same run among few and among many that have ended. */
export const runCostBenchmark: Benchmark = {
  id: "run-cost",
  title: "Cost of a run as runs grow from 10 to 10,000",
  method:
    "A finished run, made through the use cases with its deliveries, events, tool calls, decision, transcript, snapshot and documents, is multiplied in PostgreSQL; five more wait at " +
    "their gates. On a copy of that database five issues then go from label to approved stage, one after another, with three tool calls each, and the owner looks at inbox, lists and board. " +
    "Counted are the milliseconds in which a statement is under way. The forge is in memory, jobs are only noted, Codex does not run.",
  figures,
  limits: [
    { figure: "all", of: "ratio", must: "at-most", value: 1.25 },
    { figure: "statements", of: "ratio", must: "at-most", value: 1 },
    { figure: "cpu", of: "ratio", must: "at-most", value: 1.25 },
  ],
  ours: { name: "among 10,000 runs", prepare: (bench) => prepare(bench, sizesOf(bench)) },
  partner: { name: "among 10 runs", prepare: (bench) => prepare(bench, sizesOf(bench).slice(0, 1), { withSeries: false }) },
  difference: "The partner is Signalbox itself with a young database, measured in the same rounds.",
  chart: { kind: "lines", x: { label: "Finished runs in the database", scale: "log" }, y: { label: "Time in the database per operation, ms", scale: "log" } },
  finding: describeFinding,
  tried:
    "The first measurement was not flat: one run in full read the index of all documents (120 ms among 5,000 runs), the look for calls left behind read all tool calls (18 ms), and the look for " +
    "open requests all requests (8 ms). Documents are now read at their paths, open requests by their index, and calls, effects and runs under way have indexes of their own. A test " +
    "explains every statement of a run and fails where one has no index.",
};

function describeFinding({ ratio, ours, partner }: Results): string {
  const [many, few] = [ours.median["all"] ?? 0, partner?.median["all"] ?? 0];
  return `A run ${(ratio["all"] ?? 0) <= 1.25 ? "costs the same" : `costs ${showNumber(ratio["all"] ?? 0)} times as much`} ${ours.name}: ${showNumber(many)} ms in the database, ${showNumber(few)} ms ${partner?.name ?? ""}`;
}

interface Grown {
  readonly size: number;
  readonly template: FreshDatabase & { readonly url: string };
}

async function prepare(bench: Bench, sizes: readonly number[], { withSeries = true } = {}): Promise<Prepared> {
  const grown: Grown[] = [];
  const close = async (): Promise<void> => {
    for (const { template } of grown) await template.close();
  };
  try {
    for (const size of sizes) {
      bench.say(`a database of ${size} runs`);
      grown.push({ size, template: await growDatabase(bench.postgresUrl, size) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { measure: () => measure(bench, grown, withSeries), close };
}

async function measure(bench: Bench, grown: readonly Grown[], withSeries: boolean): Promise<Sample> {
  const measured: { readonly size: number; readonly figures: Record<string, number> }[] = [];
  for (const { size, template } of grown) {
    const copy = await copyDatabase(bench.postgresUrl, template.url);
    try {
      measured.push({ size, figures: await measureLifecycles(copy.url, lifecyclesOf(bench)) });
    } finally {
      await copy.drop();
    }
  }
  const last = measured.at(-1);
  if (!last) throw new Error("There is no size to measure.");
  const line = (key: Operation) => ({ label: operations[key], points: measured.map((one) => ({ x: one.size, y: one.figures[key] ?? 0 })) });
  return { figures: last.figures, ...(withSeries ? { series: operationKeys.map(line) } : {}) };
}

/** One run made in earnest, multiplied, and five that wait. */
async function growDatabase(serverUrl: string, size: number): Promise<FreshDatabase & { readonly url: string }> {
  const template = await freshPostgres(serverUrl);
  const world = await openWorld(template);
  const { id } = await live(world, 7, nothing);
  await fill(world, id);
  await onUnhurriedDriver(template.url, (driver) => multiplyRun(driver, 7, size - 1));
  for (let issue = 11; issue <= 15; issue += 1) await live(world, issue, nothing, { decided: false });
  await template.driver.execute("vacuum analyze");
  // No connection may be left to what is copied.
  await template.driver.close();
  return template;
}

/** Statements that fill a database take longer than a server would wait for an answer. */
async function onUnhurriedDriver(url: string, work: (driver: SqlDriver) => Promise<void>): Promise<void> {
  const driver = createPostgresDriver({ url, maxConnections: 1, answerWithin: 0 });
  try {
    await work(driver);
  } finally {
    await driver.close();
  }
}

/** What a run needs on the server's side and the owner's, on a database whose statements are counted. */
export interface World {
  readonly meter: Meter;
  readonly store: Store;
  readonly bench: OrchestrationBench;
  readonly governance: Governance;
  readonly host: RouterClient<HostRouter>;
}

export async function openWorld(database: FreshDatabase): Promise<World> {
  const meter = meterDriver(database.driver);
  const store = createStore(meter.driver, { hasher: createHasher(), queue: database.queue });
  const metered: FreshDatabase = { ...database, driver: meter.driver, store };
  const bench = await createOrchestrationBench(undefined, Promise.resolve(metered));
  const governance = await createGovernance(metered, { applyGate: bench.applyGate, forge: bench.forge, clock: bench.clock });
  const host = createRouterClient(createHostRouter({ ...createHostWorld(metered).deps, clock: bench.clock, ownerForge: bench.owner }));
  return { meter, store, bench, governance, host };
}

/** Performs a step of a run; the benchmark measures it. */
type Step = (operation: Operation, perform: () => Promise<unknown>) => Promise<void>;
const nothing: Step = async (_operation, perform) => void (await perform());

/** One issue from its label to its gate, and through it. */
export async function live({ bench, governance, host, store }: World, issue: number, step: Step, { decided = true } = {}): Promise<Run> {
  bench.forge.addIssue({ number: issue, labels: [] });
  await bench.clock.advance(60_000);
  const current = async (): Promise<Run> => found((await store.transaction((tx) => tx.runs.list({ repository: bench.forge.name, issue, limit: 1 })))[0]);
  let token = "";
  await step("start", async () => {
    await bench.label("run:intake", issue);
    await bench.drain();
    const { id } = await current();
    const exchange = await bench.exchangeRunToken(id, 1, `bootstrap-${id}-1`);
    if (exchange.ok) token = exchange.value.runToken;
  });
  const identity = await bench.authenticateRun(token);
  if (typeof identity === "string") throw new Error(`The run token is ${identity}.`);
  for (const body of ["one", "two", "three"])
    await step("tool", () => governance.callTool({ run: identity.run, attempt: 1 }, "github_comment", { number: issue, body: `Comment ${body} on ${issue}` }));
  bench.publish(identity.run);
  await step("turn", async () => {
    await bench.saveSnapshot(identity, { sequence: 1, content: Buffer.alloc(20_000, issue) });
    const verdict = await bench.concludeTurn(identity, turn(1));
    if (verdict.type !== "finish") throw new Error(`No gate: ${JSON.stringify(verdict)}`);
    await bench.endAttempt(identity, { outcome: "finished" });
    await bench.drain();
  });
  if (!decided) return current();
  const request = await governance.requestOf(identity.run);
  await step("decide", async () => {
    const answered = await governance.answerRequest(governance.sign(request, { type: "approve" }));
    if (!answered.ok) throw new Error(`Not answered: ${answered.error.type}`);
    await governance.executeDecision(request.id);
    await bench.drain();
  });
  await step("inbox", () => host.inbox.list({}));
  await step("runs", () => host.runs.list({ limit: 10 }));
  await step("run", () => host.runs.get({ id: identity.run.id }));
  await step("board", () => host.board.cards({}));
  await step("sweep", async () => {
    await bench.settleHolds();
    await bench.recoverAttempts();
    await governance.settleCalls();
    await bench.expireRequests();
    await bench.sweepOutbox();
  });
  const run = await current();
  if (run.state.phase !== "succeeded") throw new Error(`The run ended ${run.state.phase}.`);
  return run;
}

/** What the agent and the index leave of a run besides. */
async function fill({ bench, store }: World, runId: RunId): Promise<void> {
  const run = await bench.run(runId);
  const at = bench.clock.now();
  const text = "What the agent found out and wrote down about this part of the work, as long as such things are. ".repeat(4);
  await store.transaction(async (tx) => {
    const content = { text };
    await tx.transcript.append(Array.from({ length: 40 }, (_, sequence) => ({ runId, attempt: 1, sequence, at, type: "message", content })));
    for (const turnNumber of [1, 2])
      await tx.usage.append({
        runId,
        attempt: 1,
        turn: turnNumber,
        model: "scripted",
        inputTokens: 9_000,
        cachedInputTokens: 4_000,
        outputTokens: 900,
        reasoningTokens: 100,
        at,
      });
    for (const type of ["problem", "brief"]) {
      const docId = `issue-${run.issue}-intake-${type}`;
      const path = `docs/issues/issue-${run.issue}/intake/${type}.md`;
      const meta = {
        docId,
        repository: run.repository,
        path,
        branch: run.baseBranch,
        type,
        title: type,
        status: "approved",
        ownerRole: "pm",
        hash: "a".repeat(64) as never,
      };
      await tx.documents.upsert({ ...meta, stage: "intake", frontMatter: { doc_id: docId, type }, updatedAt: at }, [
        { section: "Text", text },
        { section: "More", text },
      ]);
      await tx.documents.link({ repository: run.repository, docId, kind: "issue", number: run.issue, runId });
    }
  });
}

async function measureLifecycles(url: string, count: number): Promise<Record<string, number>> {
  const driver = createPostgresDriver({ url });
  const world = await openWorld({ driver, queue: createRecordingQueue(), store: undefined as never, close: () => driver.close() });
  const taken: Record<Operation, number[]> = { start: [], tool: [], turn: [], decide: [], inbox: [], runs: [], run: [], board: [], sweep: [] };
  const [statements, cpu]: [number[], number[]] = [[], []];
  try {
    // The connections are made and the plans' data read by one that does not count.
    for (let index = 0; index <= count; index += 1) {
      const sum = { statements: 0, cpu: 0 };
      await live(world, 100 + index, async (operation, perform) => {
        world.meter.read();
        const before = process.cpuUsage();
        await perform();
        const used = process.cpuUsage(before);
        const reading = world.meter.read();
        sum.statements += reading.statements;
        sum.cpu += (used.user + used.system) / 1_000;
        if (index > 0) taken[operation].push(reading.busy);
      });
      if (index > 0) statements.push(sum.statements);
      if (index > 0) cpu.push(sum.cpu);
    }
  } finally {
    await driver.close();
  }
  const medians = Object.fromEntries(operationKeys.map((key) => [key, median(taken[key])]));
  return {
    ...medians,
    all: operationKeys.reduce((sum, key) => sum + (medians[key] ?? 0) * (key === "tool" ? 3 : 1), 0),
    statements: median(statements),
    cpu: median(cpu),
  };
}

async function copyDatabase(serverUrl: string, template: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const admin = createPostgresDriver({ url: serverUrl, maxConnections: 1 });
  const url = new URL(template);
  const source = url.pathname.slice(1);
  const name = `signalbox_bench_${randomUUID().replaceAll("-", "")}`;
  url.pathname = `/${name}`;
  await admin.query(`create database ${name} template ${source} strategy file_copy`);
  return {
    url: url.href,
    async drop() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.close();
    },
  };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("It is not there.");
  return value;
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
