import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { signBytes } from "../../core/adapters/github/webhook-signature.ts";
import { createInstallation, type Installation } from "../world/installation.ts";
import type { SeenIssue } from "../world/forge-facts.ts";
import { createChance, pick, shuffle } from "./chance.ts";
import { send, startCollector, type CaughtDelivery, type Collector } from "./collector.ts";

export interface StormOptions {
  /** How many deliveries reach the relay, those that come twice not counted. */
  readonly deliveries: number;
  /** Issues on which somebody acts. */
  readonly issues: number;
  readonly seed: number;
  readonly serverUrl?: string | undefined;
  /** How long all may take from the last delivery until everything is quiet. */
  readonly patience: number;
  readonly say: (line: string) => void;
}

export interface StormReport {
  readonly sent: number;
  readonly twice: number;
  /** Answered by nobody: only the reconciler can have them sent again. */
  readonly lostOnTheWay: number;
  readonly redelivered: number;
  readonly stored: number;
  readonly runs: number;
  readonly kills: number;
  /** What is not as it must be, in words; empty when nothing was lost and nothing happened twice. */
  readonly findings: readonly string[];
}

/** What somebody does with an issue before any of its deliveries arrives. */
const acts = {
  label: ["run:intake"],
  again: ["run:intake", "-run:intake", "run:intake"],
  "taken off": ["run:intake", "-run:intake"],
  service: ["run:rethink"],
  conflict: ["run:intake", "run:vision"],
  abort: ["run:intake", "run:abort"],
  nothing: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type Act = keyof typeof acts;
const kinds: readonly Act[] = ["label", "label", "label", "label", "again", "taken off", "service", "conflict", "abort", "nothing"];

const noise = ["star", "watch", "fork", "issue_comment", "pull_request_review", "push", "label", "issues", "ping", "check_run", "installation"] as const;

/**
 * Acts on many issues of a real forge, keeps the deliveries, and lets them loose at once: shuffled, some twice, some never, among others that mean nothing, while one of
 * two orchestrators is killed again and again. Then counts at the forge.
 */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const chance = createChance(options.seed);
  const collector = await startCollector(({ event }) => event === "issues" && chance() < 0.03);
  const entry = fileURLToPath(new URL("no-agents.fixture.ts", import.meta.url));
  const installation = await createInstallation({
    serverUrl: options.serverUrl,
    parts: { relay: 1, orchestrator: 2 },
    entry: (part) => (part === "relay" ? undefined : entry),
    environment: () => ({ SIGNALBOX_WEBHOOK_URL: collector.url }),
    times: "lease=100000,start=100000,grace=10,sweep=5,reconcile=5",
  });
  try {
    return await storm(options, chance, collector, installation);
  } finally {
    await installation.close();
    await collector.close();
  }
}

async function storm(options: StormOptions, chance: () => number, collector: Collector, installation: Installation): Promise<StormReport> {
  const { say } = options;
  await installation.start();
  // Nobody hears of anything while it happens.
  for (const part of orchestrators(installation)) await part.down();
  const issues = await act(options, chance, installation);
  await collected(collector, installation);
  const { caught } = collector;
  const lostOnTheWay = (await installation.oracle.facts()).deliveries.filter(({ accepted }) => !accepted).length;
  const meaningless = Array.from({ length: Math.max(0, options.deliveries - caught.length) }, () => noisy(installation, issues, chance));
  const all = [...caught, ...meaningless];
  const twice = shuffle(all, chance).slice(0, Math.ceil(all.length * 0.05));
  say(
    `${issues.size} issues; ${caught.length} deliveries of the forge and ${meaningless.length} others, ${twice.length} of them twice; ${lostOnTheWay} were lost on the way`,
  );
  for (const part of orchestrators(installation)) await part.start();
  const killing = killAgainAndAgain(installation);
  const refused = await sendAll(shuffle([...all, ...twice], chance), installation.addresses.webhook);
  collector.passOn(installation.addresses.webhook);
  const kills = await killing.stop();
  const left = await quiet(installation, issues.size, options.patience);
  const findings = [...refused, ...left, ...(await judge(installation, issues, all))];
  const { seen } = await installation.oracle.judge([]);
  const [row] = await installation.database.driver.query<{ n: number }>("select count(*)::int as n from webhook_deliveries");
  return { sent: all.length, twice: twice.length, lostOnTheWay, redelivered: seen.redeliveries, stored: row?.n ?? 0, runs: seen.runs, kills, findings };
}

const orchestrators = (installation: Installation) => installation.parts.filter(({ kind }) => kind === "orchestrator");

async function act(options: StormOptions, chance: () => number, { owner, repository }: Installation): Promise<ReadonlyMap<number, Act>> {
  const issues = new Map<number, Act>();
  await inLanes(
    8,
    Array.from({ length: options.issues }, (_, index) => index),
    async (index) => {
      const kind = kinds[index % kinds.length] as Act;
      const number = await owner.openIssue({ title: `Case ${index}`, body: "Success: it is counted once." });
      for (const step of acts[kind]) {
        if (step.startsWith("-")) await owner.forge.removeLabel(repository, number, step.slice(1));
        else await owner.label(number, step);
      }
      if (chance() < 0.3) await owner.forge.createComment(repository, number, "A remark, and no decision.");
      issues.set(number, kind);
    },
  );
  return issues;
}

/** Every delivery that the forge has queued has had its answer. */
async function collected(collector: Collector, { oracle }: Installation): Promise<void> {
  for (;;) {
    const { deliveries } = await oracle.facts();
    const accepted = deliveries.filter(({ accepted: has }) => has).length;
    await delay(500);
    if (accepted === collector.caught.length && (await oracle.facts()).deliveries.length === deliveries.length) return;
  }
}

/** A delivery that must have no effect: no event of ours, of an issue that nobody knows, or of one whose label says otherwise. */
function noisy({ repository, webhookSecret }: Installation, issues: ReadonlyMap<number, Act>, chance: () => number): CaughtDelivery {
  const event = pick(noise, chance);
  const untouched = [...issues].filter(([, kind]) => kind === "nothing" || kind === "taken off").map(([number]) => number);
  const payload = {
    action: pick(["created", "edited", "deleted", "opened", "labeled", "unlabeled", "submitted"], chance),
    issue: { number: pick(untouched, chance), title: "noise" },
    label: { name: pick(["run:intake", "run:vision", "bug", "run:nonsense", "state:approved"], chance) },
    review: { id: 1, state: "commented" },
    pull_request: { number: 1, merged: false },
    ref: "refs/heads/somewhere-else",
    repository: { full_name: chance() < 0.1 ? "somebody/else" : repository, default_branch: "main" },
    sender: { login: "owner" },
    filler: "x".repeat(Math.floor(chance() * 4_000)),
  };
  const body = Buffer.from(JSON.stringify(payload));
  return { id: randomUUID(), event, signature: signBytes(webhookSecret, body), body };
}

/** As the forge does, one that is not accepted is not sent again by itself. */
async function sendAll(deliveries: readonly CaughtDelivery[], relay: string): Promise<readonly string[]> {
  const refused: string[] = [];
  await inLanes(16, deliveries, async (delivery) => {
    const status = await send(relay, delivery).catch(() => 0);
    if (status !== 202) refused.push(`delivery ${delivery.id} was answered with ${status}`);
  });
  return refused;
}

async function inLanes<Item>(lanes: number, items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

function killAgainAndAgain(installation: Installation): { stop(): Promise<number> } {
  const stopping = new AbortController();
  let kills = 0;
  const rounds = (async () => {
    for (const part of [...orchestrators(installation), ...orchestrators(installation), ...orchestrators(installation)]) {
      await delay(1_500, undefined, { signal: stopping.signal });
      await part.ready();
      if (part.signal("SIGKILL")) kills += 1;
    }
  })().catch(() => undefined);
  return {
    async stop() {
      if (kills > 0) stopping.abort();
      await rounds;
      for (const part of orchestrators(installation)) await part.ready();
      return kills;
    },
  };
}

/** Waits until nothing is under way but the runs, which have no agent to end them, and every act on a label has been judged. @returns what is left after `patience`. */
async function quiet(installation: Installation, issues: number, patience: number): Promise<readonly string[]> {
  const deadline = Date.now() + patience;
  for (;;) {
    const left = (await installation.oracle.unsettled()).filter((what) => what.startsWith("delivery") || what.startsWith("effect"));
    const { deliveries } = await installation.oracle.facts();
    const ids = deliveries.map(({ guid }) => guid);
    const [row] = await installation.database.driver.query<{ n: number }>("select count(*)::int as n from webhook_deliveries where id = any($1::text[])", [
      ids,
    ]);
    const missing = ids.length - (row?.n ?? 0);
    if (left.length === 0 && missing === 0) return [];
    if (Date.now() > deadline) return [...left, `${missing} of the forge's ${ids.length} deliveries on ${issues} issues are not stored`];
    await delay(250);
  }
}

async function judge(installation: Installation, issues: ReadonlyMap<number, Act>, sent: readonly CaughtDelivery[]): Promise<readonly string[]> {
  const { database, oracle, repository } = installation;
  const findings: string[] = [];
  const ids = sent.map(({ id }) => id);
  const stored = await database.driver.query<{ id: string; state: string; outcome: string | null }>(
    "select id, state, outcome from webhook_deliveries where id = any($1::text[])",
    [ids],
  );
  if (stored.length !== ids.length) findings.push(`${ids.length - stored.length} deliveries that were accepted are not there`);
  for (const { id, state, outcome } of stored) if (state !== "processed" && state !== "ignored") findings.push(`delivery ${id} is ${state}: ${outcome ?? ""}`);
  const runs = await database.store.transaction((tx) => tx.runs.list({ repository, limit: 1_000_000 }));
  const facts = await oracle.facts();
  for (const [number, kind] of issues) {
    const issue = facts.issues.find((one) => one.number === number);
    const own = runs.filter((run) => run.issue === number && run.state.phase !== "failed_precondition");
    if (!issue) findings.push(`issue #${number} is gone`);
    else
      findings.push(
        ...judgeIssue(
          issue,
          kind,
          own.map(({ state }) => state.phase),
        ),
      );
  }
  const { twice, audit } = await oracle.judge([]);
  return [...findings, ...twice, ...audit];
}

/** What the forge must have seen of an issue, by what was done with it. */
function judgeIssue({ number, labels, comments }: SeenIssue, kind: Act, phases: readonly string[]): readonly string[] {
  const count = (marker: string): number => comments.filter(({ body }) => body.includes(`<!-- signalbox:${marker}`)).length;
  const found = {
    runs: phases.length,
    status: count("run:"),
    refusals: count("refusal"),
    aborts: count("abort"),
    services: labels.filter((name) => name === "run:rethink").length,
  };
  const one = kind === "label" || kind === "again" ? 1 : 0;
  const expected = {
    // Either the run came first and was cancelled, or the label was gone before anybody looked.
    runs: kind === "abort" ? found.runs : one,
    status: kind === "abort" ? found.runs : one,
    refusals: kind === "service" ? 1 : kind === "conflict" ? 2 : kind === "abort" ? found.refusals : 0,
    aborts: kind === "abort" ? 1 : 0,
    services: 0,
  };
  const wrong = Object.entries(expected).filter(([what, value]) => found[what as keyof typeof found] !== value);
  const alive = kind === "abort" && (phases.length > 1 || phases.some((phase) => phase !== "cancelled"));
  return [
    ...wrong.map(([what, value]) => `#${number} (${kind}): ${found[what as keyof typeof found]} ${what}, not ${value}`),
    ...(alive ? [`#${number} (abort) has runs: ${phases.join(", ")}`] : []),
  ];
}
