import { setTimeout as delay } from "node:timers/promises";
import type { RepositoryName } from "../../../core/domain/kernel/values.ts";
import { createInstallation, type Installation } from "../../world/installation.ts";
import type { Verdict } from "../../world/oracle.ts";
import { createChance } from "./chance.ts";
import { createInflict, type Inflicted } from "./inflict.ts";
import { createObserver, type Observer } from "./observer.ts";
import { faultName, planFaults, type Fault, type Scheduled } from "./schedule.ts";
import { createWorkload, type Workload } from "./work.ts";

export interface TortureOptions {
  readonly seed: number;
  readonly minutes: number;
  /** Kills wanted in that time. */
  readonly kills: number;
  /** Faults of other kinds wanted in that time. */
  readonly others: number;
  /** Issues that go their way at least; more are opened while there is time. */
  readonly issues: number;
  /** Issues under way at once. */
  readonly parallel: number;
  /** How long the way of an issue is. */
  readonly stages: { readonly least: number; readonly most: number };
  /** SIGNALBOX_TIMES; undefined for the defaults. */
  readonly times?: string | undefined;
  /** Seconds of a lease, which a freeze outlasts. */
  readonly leaseSeconds: number;
  /** Minutes without any step forward after which, when the faults are over, what is under way counts as stuck. */
  readonly settleMinutes: number;
  /** Gets one record for each thing that happened. */
  readonly record: (record: Readonly<Record<string, unknown>>) => void;
  /** Keep the installation's directory and say where, for looking at what went wrong. */
  readonly keep?: boolean | undefined;
}

/** One fault that was carried out. Times are milliseconds. */
export interface Ordeal {
  readonly at: number;
  readonly name: string;
  readonly fault: Fault;
  readonly whom: string;
  /** Undefined: it did not come back within two minutes. */
  readonly recovered: number | undefined;
  /** Something else hit the same work before it had recovered, so the time is that of both. */
  readonly disturbed: boolean;
}

export interface TortureResult {
  readonly seed: number;
  readonly milliseconds: number;
  readonly ordeals: readonly Ordeal[];
  /** Planned faults that found nobody to hit. */
  readonly missed: number;
  readonly issues: { readonly opened: number; readonly finished: number; readonly stages: number };
  readonly verdict: Verdict;
  /** Resident memory by part, in bytes: of each life that lasted long enough to be looked at. */
  readonly memory: Readonly<Record<string, readonly { readonly at: number; readonly bytes: number }[]>>;
  /** Agents' processes that were there after everything had been stopped. */
  readonly leftovers: number;
}

/** Lets issues go their way while processes die and wires break, waits until all is quiet, and asks the oracle. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const repositories = Array.from({ length: Math.ceil(options.parallel / 2) }, (_, index) => `acme/app-${index + 1}` as RepositoryName);
  const world = await createInstallation({ repositories, times: options.times, keep: options.keep });
  try {
    await world.start();
    options.record({ event: "started", seed: options.seed, directory: world.directory });
    const result = await suffer(world, options, repositories);
    return { ...result, leftovers: (await world.close()).length };
  } finally {
    await world.close();
  }
}

async function suffer(world: Installation, options: TortureOptions, repositories: readonly RepositoryName[]): Promise<Omit<TortureResult, "leftovers">> {
  const started = Date.now();
  const chance = createChance(options.seed);
  const record = (entry: Readonly<Record<string, unknown>>): void => options.record({ at: (Date.now() - started) / 1_000, ...entry });
  const observer = createObserver(world);
  const workload = createWorkload({
    world,
    chance,
    repositories,
    parallel: options.parallel,
    stages: options.stages,
    opened: ({ number, repository, stages, revised, questioned }) => record({ event: "opened", issue: `${repository}#${number}`, stages, revised, questioned }),
    ended: ({ number, repository }, phase) => record({ event: "ended", issue: `${repository}#${number}`, phase }),
  });
  const desk = world.owner.attend((request) => workload.decide(request));
  const memory = watchMemory(world, started);
  const timeIsUp = (): boolean => Date.now() - started > options.minutes * 60_000;
  const feeding = repeat(1_000, () => workload.tend((opened) => opened < options.issues || !timeIsUp()));

  const { ordeals, missed } = await inflictAll(world, observer, options, started, record);
  record({ event: "faults are over", kills: countKills(ordeals), missed });
  const verdict = await quiet(world, workload, observer, options.settleMinutes * 60_000);
  record({ event: "judged", verdict });
  await feeding.stop();
  await memory.stop();
  await desk.stop();
  await observer.stop();
  const stages = workload.expected.reduce((sum, issue) => sum + issue.stages.length, 0);
  return {
    seed: options.seed,
    milliseconds: Date.now() - started,
    ordeals,
    missed,
    issues: { opened: workload.expected.length, finished: workload.finished, stages },
    verdict,
    memory: memory.samples,
  };
}

type Recorder = TortureOptions["record"];

/** Carries out the schedule until the time is up and enough was killed. */
async function inflictAll(
  world: Installation,
  observer: Observer,
  options: TortureOptions,
  started: number,
  record: Recorder,
): Promise<{ readonly ordeals: readonly Ordeal[]; readonly missed: number }> {
  const chance = createChance(options.seed);
  const inflict = createInflict(world, observer, chance.branch("forge").next);
  const milliseconds = options.minutes * 60_000;
  const begun: Promise<Ordeal>[] = [];
  const lasting: Promise<unknown>[] = [];
  let [kills, missed] = [0, 0];
  for (const scheduled of planFaults(chance, { ...options, milliseconds, freezeSeconds: options.leaseSeconds + 5 })) {
    if (scheduled.at > milliseconds && (kills >= options.kills || scheduled.at > milliseconds * 1.2)) break;
    await delay(Math.max(0, started + scheduled.at - Date.now()));
    const at = Date.now() - started;
    const inflicted = await inflict(scheduled.fault);
    const { whom } = inflicted;
    record({ event: "fault", fault: scheduled.fault, ...(whom === undefined ? { missed: "nobody to hit" } : { whom, held: inflicted.held }) });
    if (whom === undefined) {
      missed += 1;
      continue;
    }
    if (scheduled.fault.type === "kill") kills += 1;
    lasting.push(inflicted.over);
    begun.push(follow({ at, scheduled, whom, inflicted }, record));
  }
  await Promise.all(lasting);
  return { ordeals: markDisturbed(await Promise.all(begun)), missed };
}

interface Begun {
  readonly at: number;
  readonly scheduled: Scheduled;
  readonly whom: string;
  readonly inflicted: Inflicted;
}

async function follow({ at, scheduled: { fault }, whom, inflicted }: Begun, record: Recorder): Promise<Ordeal> {
  const recovered = await inflicted.recovered;
  const name = faultName(fault);
  record({ event: "recovered", fault: name, whom, since: at / 1_000, milliseconds: recovered ?? null });
  return { at, name, fault, whom, recovered, disturbed: false };
}

/** What hits the same work: the wires hit everything, a part's death those that need it. */
const hitBy: Readonly<Record<string, RegExp>> = {
  "kill relay": /^(database|kill relay)/u,
  "kill gateway": /^(database|forge|freeze|kill (gateway|runner|codex))/u,
  "kill orchestrator": /^(database|forge|freeze|kill orchestrator)/u,
  "kill runner": /^(database|forge|freeze|kill)/u,
  "kill codex": /^(database|forge|freeze|kill)/u,
};

function markDisturbed(ordeals: readonly Ordeal[]): readonly Ordeal[] {
  const endOf = ({ at, fault, recovered }: Ordeal): number => at + Math.max(recovered ?? Infinity, "seconds" in fault ? fault.seconds * 1_000 : 0);
  return ordeals.map((ordeal) => {
    const hits = hitBy[ordeal.name] ?? /./u;
    const disturbed = ordeals.some((other) => other !== ordeal && hits.test(other.name) && other.at < endOf(ordeal) && endOf(other) > ordeal.at);
    return { ...ordeal, disturbed };
  });
}

/** Waits until every issue has come to its end and nothing is left that was promised, or until nothing has moved for `patience`. */
async function quiet(world: Installation, workload: Workload, observer: Observer, patience: number): Promise<Verdict> {
  let moved = { at: Date.now(), steps: "" };
  for (;;) {
    await delay(2_000);
    const steps = JSON.stringify([workload.finished, ...[...observer.latest.runs].map(([id, run]) => [id, run.phase, run.attempt, run.turns])]);
    if (steps !== moved.steps) moved = { at: Date.now(), steps };
    const isOver = Date.now() - moved.at > patience;
    if (workload.open > 0 && !isOver) continue;
    const verdict = await world.oracle.judge(workload.expected);
    const waits = verdict.lost.length + verdict.stuck.length + verdict.leftovers.length > 0;
    if (!waits || isOver) return verdict;
  }
}

interface Repeated {
  stop(): Promise<void>;
}

/** Failures are those of a database that is away: the next time comes. */
function repeat(milliseconds: number, work: () => Promise<void>): Repeated {
  const stopping = new AbortController();
  const going = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work().catch(() => undefined);
      await delay(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await going;
    },
  };
}

/** Looks at the parts' memory four times a minute, at each only when it has served for a while. */
function watchMemory(world: Installation, started: number): Repeated & { readonly samples: Record<string, { at: number; bytes: number }[]> } {
  const samples: Record<string, { at: number; bytes: number }[]> = {};
  const look = async (): Promise<void> => {
    for (const part of world.parts) {
      const readyAt = part.lives.at(-1)?.readyAt;
      const bytes = readyAt !== undefined && Date.now() - readyAt > 5_000 ? await part.memory() : undefined;
      if (bytes !== undefined) (samples[part.name] ??= []).push({ at: Date.now() - started, bytes });
    }
  };
  return { ...repeat(15_000, look), samples };
}

export function countKills(ordeals: readonly Ordeal[]): number {
  return ordeals.filter(({ fault }) => fault.type === "kill").length;
}
