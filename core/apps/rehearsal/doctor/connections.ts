import { undelivered } from "../../../usecases/preflight-repository.ts";
import { fail, listed, pass, warn, type NamedCheck, type Outcome } from "../../../usecases/check-outcome.ts";

export interface HookState {
  readonly repository: string;
  /** Absent: no hook is registered. */
  readonly hookId?: number | undefined;
  /** Latest attempts, newest first. */
  readonly deliveries: readonly { readonly guid: string; readonly event: string; readonly ok: boolean }[];
}

/** What has to answer: database, forge, relay, gateway, hooks, clocks. */
export interface ConnectionProbes {
  /** Number of the newest applied migration, and of the newest that this program has. @throws when the database does not answer. */
  readonly schema: () => Promise<{ readonly applied: number; readonly known: number }>;
  /** Whom the forge takes the two credentials for. @throws when it does not answer or refuses them. */
  readonly forge: () => Promise<{ readonly url: string; readonly bot: string; readonly owner: string }>;
  /** Asks `/healthz`; the status and where. @throws when nothing answers. Undefined: this process does not run it (a command that only reads). */
  readonly relay: () => Promise<{ readonly url: string; readonly status: number } | undefined>;
  readonly gateway: () => Promise<{ readonly url: string; readonly status: number } | undefined>;
  readonly hooks: () => Promise<readonly HookState[]>;
  /** Milliseconds since the epoch: this machine's clock, the forge's if it told it, and the newest recorded event. */
  readonly clocks: () => Promise<{ readonly machine: number; readonly forge?: number | undefined; readonly newestEvent?: number | undefined }>;
}

const tolerance = 30_000;
/** Nothing of this program was written before. */
const earliest = Date.UTC(2025, 0, 1);

export function connectionChecks(probes: ConnectionProbes): readonly NamedCheck[] {
  return [
    { id: "database", title: "Database", look: async () => database(await probes.schema()) },
    { id: "forge", title: "Forge", look: async () => forge(await probes.forge()) },
    { id: "relay", title: "Webhook relay", look: async () => part(await probes.relay(), "Webhooks are not received") },
    { id: "gateway", title: "Gateway", look: async () => part(await probes.gateway(), "Agents cannot work") },
    { id: "hook", title: "Webhook", look: async () => hook(await probes.hooks()) },
    { id: "clock", title: "Clock", look: async () => clock(await probes.clocks()) },
  ];
}

function database({ applied, known }: Awaited<ReturnType<ConnectionProbes["schema"]>>): Outcome {
  if (applied > known)
    return fail(`schema ${applied}, this program knows schemas up to ${known}`, "Update Signalbox, or open a copy of the database from before the update.");
  return applied < known
    ? fail(`schema ${applied}, this program needs ${known}`, "Start the workspace or server again: it migrates when it starts.")
    : pass(`schema ${applied}`);
}

function forge({ url, bot, owner }: Awaited<ReturnType<ConnectionProbes["forge"]>>): Outcome {
  if (bot === owner)
    return warn(
      `${url} takes agents and owner for the same person, ${owner}`,
      "Give Signalbox a credential of its own (an app or a second account), so that the record tells who did what.",
    );
  return pass(`${url}, agents as ${bot}, you as ${owner}`);
}

function part(found: { readonly url: string; readonly status: number } | undefined, consequence: string): Outcome {
  if (!found) return warn("does not run in this process, which only reads", "Start the workspace with signalbox start or signalbox rehearse to check it too.");
  return found.status === 200
    ? pass(`${found.url} answers`)
    : fail(`${found.url} answers ${found.status}. ${consequence}.`, "Start the workspace again; its log says why.");
}

function hook(hooks: readonly HookState[]): Outcome {
  if (hooks.length === 0) return warn("no repository is connected yet", "Open an issue with signalbox rehearse, or connect a repository.");
  const missing = hooks.filter((state) => state.hookId === undefined).map((state) => state.repository);
  if (missing.length > 0) return fail(`no webhook is registered for ${listed(missing)}`, "Start the workspace again: it registers its webhook when it starts.");
  const failing = hooks.flatMap(({ repository, deliveries }) => {
    const lost = undelivered(deliveries);
    return lost.length === 0 ? [] : [`${lost.length} of ${repository} (${listed([...new Set(lost)])})`];
  });
  if (failing.length > 0)
    return warn(
      `not delivered, ${failing.join("; ")}`,
      "They are asked for again by themselves within minutes while the workspace runs; if not, look at the forge's list of deliveries.",
    );
  return pass(`registered for ${listed(hooks.map((state) => state.repository))}; the last deliveries arrived`);
}

function clock({ machine, forge: forgeTime, newestEvent }: Awaited<ReturnType<ConnectionProbes["clocks"]>>): Outcome {
  const remedy = "Set the machine's clock, best by NTP: leases, expiries and the order of the record hang on it.";
  const now = new Date(machine).toISOString();
  if (machine < earliest) return fail(`this machine says ${now}`, remedy);
  if (newestEvent !== undefined && newestEvent > machine + tolerance)
    return fail(`this machine says ${now}, and the newest event was recorded ${seconds(newestEvent - machine)} later`, remedy);
  if (forgeTime !== undefined && Math.abs(forgeTime - machine) > tolerance)
    return warn(`this machine and the forge differ by ${seconds(Math.abs(forgeTime - machine))}`, remedy);
  return pass(now);
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1_000)} s`;
