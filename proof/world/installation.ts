import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startPostgres, type PostgresServer } from "../../build/testbed/postgres.ts";
import { loadTrustedSigners } from "../../core/adapters/node-crypto/key-files.ts";
import { createSignatureVerifier } from "../../core/adapters/node-crypto/signatures.ts";
import { scriptedModelName } from "../../core/adapters/scripted-model/scripted-model.ts";
import type { RepositoryName } from "../../core/domain/kernel/values.ts";
import type { SqlDriver } from "../../core/ports/sql-driver.ts";
import type { Store } from "../../core/ports/store.ts";
import { freshPostgres } from "../../core/testing/databases.ts";
import { freePort } from "../../core/testing/free-port.ts";
import { createAgents, type Agents } from "./agents.ts";
import { startDatabaseProxy, type DatabaseProxy } from "./database-proxy.ts";
import { startForgeProxy, type ForgeProxy } from "./forge-proxy.ts";
import { createOracle, type Oracle } from "./oracle.ts";
import { createOwner, type Owner } from "./owner.ts";
import { createPart, type PartKind, type SupervisedPart } from "./part.ts";
import { startCompanion } from "./processes.ts";

export interface InstallationOptions {
  /** Administrator's connection string of a server that others use as well. Without it the installation has a server of its own, which may be restarted. */
  readonly serverUrl?: string | undefined;
  /** `owner/name` each; one of them by default. They start with a README and nothing else. */
  readonly repositories?: readonly string[] | undefined;
  /** Which parts there are; by default a relay, a gateway and two orchestrators. */
  readonly parts?: Readonly<Partial<Record<PartKind, number>>> | undefined;
  /** The program of a part (by name), instead of `core/apps/cli/main.ts`; it gets the same arguments, `serve <kind>`. Undefined for those that are not to differ. */
  readonly entry?: ((part: string) => string | undefined) | undefined;
  /** Further variables of a part's environment. Read at the installation's creation. */
  readonly environment?: ((part: string) => Readonly<Record<string, string>>) | undefined;
  /** SIGNALBOX_TIMES of all parts, e.g. `lease=10,sweep=5`. */
  readonly times?: string | undefined;
  /** A module with `decide`, the model's brain, instead of the scripted model's own. */
  readonly brain?: string | undefined;
  /** Leave the directory where it is, to look at what happened. */
  readonly keep?: boolean | undefined;
}

export interface Installation {
  /** Everything that is on disk; removed by `close`. `logs/<part>.log` holds what the parts print. */
  readonly directory: string;
  /** The first repository. */
  readonly repository: RepositoryName;
  readonly database: {
    /** Direct, around the proxy. */
    readonly url: string;
    readonly driver: SqlDriver;
    readonly store: Store;
    /** The wire that the parts are on. */
    readonly proxy: DatabaseProxy;
    /** Immediate shutdown and start; resolves when it accepts connections. @throws where the server is not the installation's own. */
    restart(downFor?: number): Promise<void>;
    /** Ends all sessions of the parts by `pg_terminate_backend`. @returns how many. */
    terminateSessions(): Promise<number>;
  };
  readonly forge: {
    readonly url: string;
    readonly apiUrl: string;
    readonly pid: number;
    readonly tokens: { readonly owner: string; readonly bot: string };
    /** Between the parts and the forge. Webhooks do not pass it. */
    readonly proxy: ForgeProxy;
  };
  readonly addresses: { readonly relay: string; readonly gateway: string; readonly webhook: string };
  readonly webhookSecret: string;
  /** All parts, in the order in which they are started. */
  readonly parts: readonly SupervisedPart[];
  /** By name: `relay`, `gateway`, `orchestrator-1`. @throws when there is none. */
  part(name: string): SupervisedPart;
  readonly owner: Owner;
  readonly agents: Agents;
  readonly oracle: Oracle;
  /** Starts all parts and waits until each serves. */
  start(): Promise<void>;
  /** Waits until `oracle.unsettled` is empty; undefined when it is, what is left when it takes longer. */
  settle(milliseconds: number): Promise<readonly string[] | undefined>;
  /** Ends everything and removes the directory. @returns agents' processes that were still there when the parts had stopped; they are killed. */
  close(): Promise<readonly number[]>;
}

const tokens = { owner: "owner-token-0123456789", bot: "bot-token-0123456789" };
const modelKey = "model-key-0123456789";
const webhookSecret = "webhook-secret-0123456789";
const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

type Closing = (() => Promise<unknown>)[];

/** An installation to attack: everything but the harness is a process of its own. Nothing is started yet but the ground: database, forge and model. */
export async function createInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const closing: Closing = [];
  try {
    return await build(options, closing);
  } catch (error) {
    for (const step of closing.toReversed()) await step();
    throw error;
  }
}

async function build(options: InstallationOptions, closing: Closing): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-world-"));
  if (options.keep !== true) closing.push(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const repositories = (options.repositories ?? ["acme/app"]) as readonly RepositoryName[];
  const repository = repositories[0] as RepositoryName;
  const database = await openDatabase(options, closing);
  const forge = await openForge(directory, repositories, closing);
  const model = await startCompanion<{ baseUrl: string }>(program("model.fixture.ts"), {
    MODEL_KEY: modelKey,
    ...(options.brain === undefined ? {} : { BRAIN: options.brain }),
  });
  closing.push(() => model.close());
  const owner = await createOwner({ directory, driver: database.driver, forge: { ...forge, token: tokens.owner }, repository });
  closing.push(() => owner.close());
  const ports = { relay: await freePort(), gateway: await freePort() };
  const shared = {
    ...environmentOf({ directory, repositories, databaseUrl: database.proxy.url, forgeUrl: forge.proxy.url, modelUrl: model.said.baseUrl, ports }),
    ...(options.times === undefined ? {} : { SIGNALBOX_TIMES: options.times }),
  };
  const parts = await createParts(options, directory, shared, closing);
  const agents = createAgents(join(directory, "data", "attempts"));
  const signatures = async () => createSignatureVerifier(await loadTrustedSigners(join(directory, "keys")));
  const oracle = createOracle({ ...database, forgeDirectory: join(directory, "forge"), repositories, agents, signatures });
  const addresses = { relay: `http://127.0.0.1:${ports.relay}`, gateway: `http://127.0.0.1:${ports.gateway}`, webhook: shared.SIGNALBOX_WEBHOOK_URL };
  return {
    directory,
    repository,
    database,
    forge,
    addresses,
    webhookSecret,
    parts,
    owner,
    agents,
    oracle,
    part: (name) => named(parts, name),
    async start() {
      // One first: it migrates and connects the repositories; the others find that done.
      for (const part of parts) await part.start();
    },
    settle: (milliseconds) => settle(oracle, milliseconds),
    close: () => close(parts, agents, closing),
  };
}

async function openDatabase({ serverUrl }: InstallationOptions, closing: Closing): Promise<Installation["database"]> {
  const server: PostgresServer | undefined = serverUrl === undefined ? await startPostgres() : undefined;
  if (server) closing.push(() => server.stop());
  const fresh = await freshPostgres(serverUrl ?? server?.url ?? "");
  closing.push(() => fresh.close().catch(() => undefined));
  const proxy = await startDatabaseProxy(fresh.url);
  closing.push(() => proxy.close());
  return {
    url: fresh.url,
    driver: fresh.driver,
    store: fresh.store,
    proxy,
    async restart(downFor) {
      if (!server) throw new Error("this installation shares its database server with others: give no serverUrl");
      await server.restart(downFor);
    },
    async terminateSessions() {
      const [row] = await fresh.driver.query<{ n: number }>(
        `select count(pg_terminate_backend(pid))::int as n from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and client_port is not null`,
      );
      return row?.n ?? 0;
    },
  };
}

async function openForge(directory: string, repositories: readonly string[], closing: Closing): Promise<Installation["forge"]> {
  const companion = await startCompanion<{ url: string; apiUrl: string }>(program("forge.fixture.ts"), {
    DIRECTORY: join(directory, "forge"),
    OWNER_TOKEN: tokens.owner,
    BOT_TOKEN: tokens.bot,
    REPOSITORIES: repositories.join(","),
  });
  closing.push(() => companion.close());
  const proxy = await startForgeProxy(companion.said.url);
  closing.push(() => proxy.close());
  return { ...companion.said, pid: companion.pid, tokens, proxy };
}

interface Places {
  readonly directory: string;
  readonly repositories: readonly string[];
  readonly databaseUrl: string;
  readonly forgeUrl: string;
  readonly modelUrl: string;
  readonly ports: { readonly relay: number; readonly gateway: number };
}

function environmentOf({ directory, repositories, databaseUrl, forgeUrl, modelUrl, ports }: Places) {
  return {
    SIGNALBOX_DATABASE_URL: databaseUrl,
    SIGNALBOX_REPOSITORIES: repositories.join(","),
    SIGNALBOX_GITHUB_URL: `${forgeUrl}/api/v3`,
    SIGNALBOX_GITHUB_TOKEN: tokens.bot,
    SIGNALBOX_OWNER_GITHUB_TOKEN: tokens.owner,
    SIGNALBOX_WEBHOOK_SECRET: webhookSecret,
    SIGNALBOX_BOOTSTRAP_SECRET: "bootstrap-secret-0123456789",
    SIGNALBOX_WEBHOOK_URL: `http://127.0.0.1:${ports.relay}/webhooks/github`,
    SIGNALBOX_TRUSTED_SIGNERS: join(directory, "keys"),
    SIGNALBOX_DATA_DIRECTORY: join(directory, "data"),
    SIGNALBOX_RELAY_PORT: String(ports.relay),
    SIGNALBOX_GATEWAY_PORT: String(ports.gateway),
    SIGNALBOX_MODEL_URL: modelUrl,
    SIGNALBOX_MODEL_KEY: modelKey,
    SIGNALBOX_MODEL_NAME: scriptedModelName,
  };
}

async function createParts(
  options: InstallationOptions,
  directory: string,
  shared: Readonly<Record<string, string>>,
  closing: Closing,
): Promise<readonly SupervisedPart[]> {
  const wanted = Object.entries(options.parts ?? { relay: 1, gateway: 1, orchestrator: 2 }) as [PartKind, number][];
  const named = wanted.flatMap(([kind, n]) => Array.from({ length: n }, (_, index) => ({ kind, name: n === 1 ? kind : `${kind}-${index + 1}` })));
  await mkdir(join(directory, "logs"));
  return named.map(({ kind, name }) => {
    const log = createWriteStream(join(directory, "logs", `${name}.log`));
    closing.push(() => new Promise((resolve) => log.end(resolve)));
    const environment = { ...shared, ...options.environment?.(name) };
    return createPart({ name, kind, environment, entry: options.entry?.(name), onOutput: (text) => void log.write(text) });
  });
}

function named(parts: readonly SupervisedPart[], name: string): SupervisedPart {
  const part = parts.find((candidate) => candidate.name === name);
  if (!part) throw new Error(`there is no ${name} here, only ${parts.map((one) => one.name).join(", ")}`);
  return part;
}

async function settle(oracle: Oracle, milliseconds: number): Promise<readonly string[] | undefined> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const left = await oracle.unsettled().catch((error: unknown) => [`the database cannot be asked: ${String(error)}`]);
    if (left.length === 0) return undefined;
    if (Date.now() > deadline) return left;
    await delay(250);
  }
}

async function close(parts: readonly SupervisedPart[], agents: Agents, closing: Closing): Promise<readonly number[]> {
  await Promise.all(parts.map((part) => part.stop()));
  const left = (await agents.list()).flatMap(({ all }) => all);
  for (const pid of left) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  for (const step of closing.splice(0).toReversed()) await step();
  return left;
}
