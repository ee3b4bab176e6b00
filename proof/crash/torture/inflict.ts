import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Installation } from "../../world/installation.ts";
import type { SupervisedPart } from "../../world/part.ts";
import { signal } from "../../world/processes.ts";
import type { Observer, Sight } from "./observer.ts";
import type { Fault, Victim } from "./schedule.ts";

/** What was done, to whom, and when everything went on. */
export interface Inflicted {
  /** Effects and deliveries that were under way when it was done. */
  readonly held?: readonly string[] | undefined;
  /** The process or the thing that was hit, e.g. `orchestrator-2 (4711)`; undefined when there was nobody to hit. */
  readonly whom?: string | undefined;
  /** Milliseconds from the fault (or its end, where it lasts) until the work that was held goes on; undefined when it did not within the limit. */
  readonly recovered?: Promise<number | undefined> | undefined;
  /** Resolves when the fault itself is over. */
  readonly over: Promise<unknown>;
}

/** How long to wait for a recovery before it counts as none. */
const patience = 120_000;
const longest = 4;
const nobody: Inflicted = { over: Promise.resolve() };
const now = Promise.resolve();
const working = new Set(["preparing", "running", "waiting_mcp", "waiting_input"]);

/** @param chance decides which request a troubled forge hits. */
export function createInflict(world: Installation, observer: Observer, chance: () => number): (fault: Fault) => Promise<Inflicted> {
  return async function inflict(fault) {
    switch (fault.type) {
      case "kill":
        return kill(world, observer, fault.victim, fault.which);
      case "freeze":
        return freeze(world, observer, fault);
      case "forge":
        return troubleForge(world, observer, fault, chance);
      default:
        return hurtDatabase(world, observer, fault);
    }
  };
}

async function kill(world: Installation, observer: Observer, victim: Victim, which: number): Promise<Inflicted> {
  if (victim === "runner" || victim === "codex") return killAgent(world, observer, victim, which);
  const part = choose(
    world.parts.filter(({ kind, isReady }) => kind === victim && isReady),
    which,
  );
  if (!part) return nobody;
  const held = observer.latest;
  const { pid } = part;
  const back = after(part.nextReady());
  part.signal("SIGKILL");
  return { whom: `${part.name} (${pid})`, recovered: both(back, goesOn(world, observer, victim, held)), over: now, held: [...held.pending] };
}

/** The work that a part held when it died: for the relay, that a delivery is taken again. */
async function goesOn(world: Installation, observer: Observer, victim: Victim, held: Sight): Promise<number | undefined> {
  switch (victim) {
    case "relay":
      return deliveryTaken(world);
    case "gateway":
      return observer.until((sight) => anyRunWentOn(held, sight), patience);
    case "orchestrator":
      return observer.until((sight) => doneSince(held, sight), patience);
    case "runner":
    case "codex":
      throw new Error("an agent's recovery is its run's");
  }
}

/** Everything that was to be done then has been done. */
function doneSince(held: Sight, sight: Sight): boolean {
  return held.pending.isDisjointFrom(sight.pending);
}

function anyRunWentOn(held: Sight, sight: Sight): boolean {
  const then = [...held.runs].filter(([, run]) => working.has(run.phase));
  return then.length === 0 || then.some(([id, { progress, phase }]) => (sight.runs.get(id)?.progress ?? 0) > progress || sight.runs.get(id)?.phase !== phase);
}

/** A run that was hit too often in a row ends by design (five lost attempts, three turns cut short): then chance takes another one, or nobody. */
async function killAgent(world: Installation, observer: Observer, victim: "runner" | "codex", which: number): Promise<Inflicted> {
  const { runs } = observer.latest;
  const spared = (runId: string): boolean => {
    const run = runs.get(runId);
    return !run || !working.has(run.phase) || run.losses >= longest - 1 || run.interruptions >= 2;
  };
  const agents = (await world.agents.list())
    .filter(({ runId, runner, codex }) => !spared(runId) && (victim === "runner" ? runner !== undefined : codex.length > 0))
    .toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  const chosen = choose(agents, which);
  const pid = victim === "runner" ? chosen?.runner : chosen?.codex[0];
  const before = chosen && runs.get(chosen.runId);
  if (!chosen || !before || pid === undefined || !signal(pid, "SIGKILL")) return nobody;
  const recovered = observer.until((sight) => {
    const run = sight.runs.get(chosen.runId);
    if (!run || !working.has(run.phase)) return true;
    const renewed = run.attempt > before.attempt && run.phase !== "preparing";
    // A dead runner's run goes on in a newer attempt; a dead Codex's in another turn.
    return renewed || (victim === "codex" && run.turns > before.turns);
  }, patience);
  return { whom: `${victim} of ${chosen.runId}/${chosen.attempt} (${pid})`, recovered, over: now };
}

async function freeze(world: Installation, observer: Observer, fault: Extract<Fault, { type: "freeze" }>): Promise<Inflicted> {
  if (fault.victim === "runner") return freezeRunner(world, observer, fault);
  const part = choose(
    world.parts.filter(({ kind, isReady }) => kind === fault.victim && isReady),
    fault.which,
  );
  if (!part) return nobody;
  const held = observer.latest;
  const { pid } = part;
  part.signal("SIGSTOP");
  const over = delay(fault.seconds * 1_000, undefined, { ref: false }).then(() => wake(part, pid));
  // Another orchestrator takes over while it sleeps; a gateway has nobody beside it, so its work goes on when it wakes.
  const recovered =
    fault.victim === "orchestrator"
      ? observer.until((sight) => doneSince(held, sight), patience)
      : over.then(() => goesOn(world, observer, "gateway", observer.latest));
  return { whom: `${part.name} (${pid})`, recovered, over };
}

function wake(part: SupervisedPart, pid: number): void {
  if (part.pid === pid) part.signal("SIGCONT");
}

async function freezeRunner(
  world: Installation,
  observer: Observer,
  { which, seconds }: { readonly which: number; readonly seconds: number },
): Promise<Inflicted> {
  const { runs } = observer.latest;
  const agents = (await world.agents.list()).filter(
    ({ runId, runner }) => runner !== undefined && runs.get(runId)?.phase === "running" && (runs.get(runId)?.losses ?? 9) < longest - 1,
  );
  const chosen = choose(
    agents.toSorted((a, b) => (a.runId < b.runId ? -1 : 1)),
    which,
  );
  const pid = chosen?.runner;
  const before = chosen && runs.get(chosen.runId);
  if (!chosen || !before || pid === undefined || !signal(pid, "SIGSTOP")) return nobody;
  const over = delay(seconds * 1_000, undefined, { ref: false }).then(() => signal(pid, "SIGCONT"));
  const recovered = observer.until((sight) => {
    const run = sight.runs.get(chosen.runId);
    return !run || !working.has(run.phase) || (run.attempt > before.attempt && run.phase !== "preparing");
  }, patience);
  return { whom: `runner of ${chosen.runId}/${chosen.attempt} (${pid})`, recovered, over };
}

async function troubleForge(
  world: Installation,
  observer: Observer,
  { fault, seconds, share }: Extract<Fault, { type: "forge" }>,
  chance: () => number,
): Promise<Inflicted> {
  const over = world.forge.proxy.trouble({ fault, share, duration: seconds * 1_000, chance });
  const recovered = over.then(() => {
    const held = observer.latest;
    return observer.until((sight) => doneSince(held, sight), patience);
  });
  return { whom: `the forge for ${seconds} s, ${share * 100} % of the requests`, recovered, over };
}

type DatabaseFault = Exclude<Fault, { type: "kill" | "freeze" | "forge" }>;

async function hurtDatabase(world: Installation, observer: Observer, fault: DatabaseFault): Promise<Inflicted> {
  const held = observer.latest;
  const { database } = world;
  const all = async (): Promise<number | undefined> =>
    worst([deliveryTaken(world), observer.until((sight) => doneSince(held, sight), patience), observer.until((sight) => anyRunWentOn(held, sight), patience)]);
  switch (fault.type) {
    case "database-restart": {
      const over = database.restart(fault.downFor);
      return { whom: `the database, down for ${fault.downFor} ms`, recovered: all(), over };
    }
    case "database-terminate":
      return { whom: `${await database.terminateSessions().catch(() => 0)} sessions`, recovered: all(), over: now };
    case "database-reset":
      return { whom: `${database.proxy.reset()} connections`, recovered: all(), over: now };
    case "database-half-open": {
      const whom = `${database.proxy.freeze()} connections`;
      const over = delay(fault.seconds * 1_000, undefined, { ref: false }).then(() => database.proxy.release());
      return { whom, recovered: all(), over };
    }
  }
}

/** Knocks at the relay with a signed delivery of our own until it is accepted. */
async function deliveryTaken({ addresses, webhookSecret }: Installation): Promise<number | undefined> {
  const started = Date.now();
  const body = JSON.stringify({ zen: "Anything added dilutes everything else." });
  const headers = {
    "content-type": "application/json",
    "x-github-event": "ping",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": `sha256=${createHmac("sha256", webhookSecret).update(body).digest("hex")}`,
  };
  while (Date.now() - started < patience) {
    const taken = await fetch(addresses.webhook, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) }).then(
      ({ status }) => status === 202,
      () => false,
    );
    if (taken) return Date.now() - started;
    await delay(100);
  }
  return undefined;
}

function after(event: Promise<void>): Promise<number | undefined> {
  const started = Date.now();
  return Promise.race([event.then(() => Date.now() - started), delay(patience, undefined, { ref: false })]);
}

function both(one: Promise<number | undefined>, other: Promise<number | undefined>): Promise<number | undefined> {
  return worst([one, other]);
}

async function worst(measured: readonly Promise<number | undefined>[]): Promise<number | undefined> {
  const all = await Promise.all(measured);
  return all.some((one) => one === undefined) ? undefined : Math.max(...(all as number[]));
}

function choose<T>(from: readonly T[], which: number): T | undefined {
  return from[Math.floor(which * from.length)];
}
