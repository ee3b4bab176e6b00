import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { createGitClones } from "../../adapters/git/clones.ts";
import { createGitMirror } from "../../adapters/git/mirror.ts";
import { createGitHubForge } from "../../adapters/github/github-forge.ts";
import { createLocalProcessRuntime } from "../../adapters/local-process/local-process-runtime.ts";
import { createHasher, createRandomness } from "../../adapters/node-crypto/hashing.ts";
import { loadTrustedSigners } from "../../adapters/node-crypto/key-files.ts";
import { createSignatureVerifier } from "../../adapters/node-crypto/signatures.ts";
import { createPostgresDriver } from "../../adapters/postgres/driver.ts";
import { migrate } from "../../adapters/postgres/migrate.ts";
import { createStore } from "../../adapters/postgres/store.ts";
import { createPgBossQueue } from "../../adapters/queue-pg-boss/queue.ts";
import { createSystemClock } from "../../adapters/system-clock/clock.ts";
import { loadTemplates } from "../../adapters/template-files/templates.ts";
import { createYamlDocuments } from "../../adapters/yaml-documents/codec.ts";
import type { RepositoryName } from "../../domain/kernel/values.ts";
import type { Forge } from "../../ports/forge.ts";
import type { Log } from "../../ports/log.ts";
import { createPromptLibrary } from "../../prompts/prompt-library.ts";
import { createConnectRepository } from "../../usecases/connect-repository.ts";
import { every } from "../orchestrator/repetition.ts";
import { composeGateway, composeOrchestrator, composeRelay, composeUseCases, defaultTimes, ensureRules, type Platform } from "./compose.ts";
import { readConfiguration, readRelayConfiguration, type GitHubCredential, type RelayConfiguration, type ServerConfiguration } from "./configuration.ts";

export const serverParts = ["relay", "orchestrator", "gateway", "all"] as const;
export type ServerPart = (typeof serverParts)[number];

export interface RunningServer {
  /** Where each started part listens; the orchestrator listens nowhere. */
  readonly addresses: Readonly<Partial<Record<"relay" | "gateway", string>>>;
  close(): Promise<void>;
}

/** Seconds between two tries to connect a repository that is known already. */
const connectSeconds = 30;

type Closing = (() => Promise<void>)[];

/** What every part stands on: the database, its queue, and the time. */
export type Ground = Pick<Platform, "store" | "queue" | "clock" | "log" | "hasher" | "random">;

/**
 * Wraps what a part stands on, before anything is composed on it. Production wraps nothing; a suite that has to see or disturb what passes through the ports
 * starts the same part with its own wrapping, so that no line of the parts knows of it.
 */
export interface ServerDecorations {
  readonly ground?: ((ground: Ground) => Ground) | undefined;
  /** Gateway and orchestrator only. What belongs to the ground is wrapped already. */
  readonly platform?: ((platform: Platform) => Platform) | undefined;
}

interface Opening {
  readonly log: Log;
  readonly closing: Closing;
  readonly decorations: ServerDecorations;
}

const unchanged = <Ports>(ports: Ports): Ports => ports;

/**
 * Starts one part of the headless side, or all of them in one process, against PostgreSQL and GitHub. Any part may die at any moment: all state is in the
 * database, on the forge and in the agents' snapshots.
 */
export async function startServer(
  env: NodeJS.ProcessEnv,
  part: ServerPart,
  version: string,
  log: Log,
  decorations: ServerDecorations = {},
): Promise<RunningServer> {
  const closing: Closing = [];
  const opening: Opening = { log, closing, decorations };
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    // The public endpoint is given nothing that it does not need, so its configuration is another one.
    const addresses =
      part === "relay" ? await startRelayAlone(readRelayConfiguration(env), opening) : await start(await readConfiguration(env), part, version, opening);
    return { addresses, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startRelayAlone(configuration: RelayConfiguration, opening: Opening): Promise<RunningServer["addresses"]> {
  const ground = await openGround(configuration, opening);
  return { relay: await startRelay(ground, configuration, opening.closing) };
}

async function startRelay(ground: Ground, configuration: RelayConfiguration, closing: Closing): Promise<string> {
  const relay = composeRelay(ground, configuration.webhookSecret);
  const { url } = await relay.start({ host: configuration.listen, port: configuration.relayPort });
  closing.push(() => relay.stop());
  await askForLostDeliveries(ground);
  return url;
}

/**
 * What the forge sent while no relay was there has failed, and the forge does not send it again by itself. It may note a failure only when it has waited long enough for an
 * answer (GitHub: ten seconds), so it is asked twice. The rounds of the orchestrator find what both miss.
 */
async function askForLostDeliveries({ queue, log }: Ground): Promise<void> {
  try {
    await queue.enqueue("reconcile", { reason: "a relay has started" });
    await queue.enqueue("reconcile", { reason: "a relay has started" }, { notBefore: 12_000 });
  } catch (error) {
    log.warn({ err: error }, "could not ask for deliveries that were lost meanwhile; the next round looks for them");
  }
}

async function start(configuration: ServerConfiguration, part: ServerPart, version: string, opening: Opening): Promise<RunningServer["addresses"]> {
  const { closing, decorations } = opening;
  const ground = await openGround(configuration, opening);
  const platform = (decorations.platform ?? unchanged)(await openPlatform(configuration, ground));
  const useCases = composeUseCases(platform);
  closing.push(await useCases.presence.announce());
  const addresses: { relay?: string; gateway?: string } = {};
  if (part === "all") addresses.relay = await startRelay(ground, configuration, closing);
  if (part === "all" || part === "gateway") {
    const gateway = composeGateway(platform, useCases, { version, publicUrl: configuration.gatewayUrl });
    addresses.gateway = (await gateway.start({ host: configuration.listen, port: configuration.gatewayPort })).url;
    closing.push(() => gateway.stop());
  }
  if (part === "all" || part === "orchestrator") {
    const hook = { url: configuration.webhookUrl, secret: configuration.webhookSecret };
    const connect = createConnectRepository({ store: platform.store, clock: platform.clock, forge: platform.forge, hook });
    const repositories = await sortRepositories(platform, configuration.repositories);
    for (const name of repositories.strange) await connect(name, projectOf(name));
    const orchestrator = composeOrchestrator(platform, useCases);
    await orchestrator.start();
    closing.push(() => orchestrator.stop());
    const catchingUp = every(platform, "connect", connectSeconds, () => connectAll(repositories.known, (name) => connect(name, projectOf(name))), {
      now: true,
    });
    closing.push(() => catchingUp.stop());
  }
  return addresses;
}

/** Deliveries of a repository without a row start nothing, so it is connected before anything is worked on. The others can wait, while the forge is away too. */
async function sortRepositories(
  { store }: Platform,
  names: readonly string[],
): Promise<{ readonly strange: readonly RepositoryName[]; readonly known: Set<RepositoryName> }> {
  const rows = await store.transaction((tx) => tx.repositories.list());
  const all = names as readonly RepositoryName[];
  const known = new Set(all.filter((name) => rows.some((row) => row.name === name && row.hookId !== undefined)));
  return { strange: all.filter((name) => !known.has(name)), known };
}

/** Connects what is left to connect; what fails is left for the next round, and keeps nobody else. @throws the last failure. */
async function connectAll(left: Set<RepositoryName>, connect: (name: RepositoryName) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const name of left) {
    await connect(name).then(
      () => left.delete(name),
      (error: unknown) => failures.push(error),
    );
  }
  if (failures.length > 0) throw failures.at(-1);
}

function projectOf(name: RepositoryName): string {
  return name.split("/")[0] ?? name;
}

/** On a connection of its own, which waits for as long as a migration of large tables, or another part that migrates, may take. */
async function migrateUnhurried(url: string): Promise<void> {
  const driver = createPostgresDriver({ url, maxConnections: 1, answerWithin: 0 });
  try {
    await migrate(driver);
  } finally {
    await driver.close();
  }
}

async function openGround({ databaseUrl }: RelayConfiguration, { log, closing, decorations }: Opening): Promise<Ground> {
  const [hasher, random, clock] = [createHasher(), createRandomness(), createSystemClock((error) => log.error({ err: error }, "a timer failed"))];
  const driver = createPostgresDriver({ url: databaseUrl });
  closing.push(() => driver.close());
  await migrateUnhurried(databaseUrl);
  const queue = createPgBossQueue({ driver, onError: (error) => log.error({ err: error }, "a job failed") });
  await queue.start();
  closing.push(() => queue.stop());
  const store = createStore(driver, { hasher, queue });
  await ensureRules(store);
  return (decorations.ground ?? unchanged)({ store, queue, clock, log, hasher, random });
}

async function openPlatform(configuration: ServerConfiguration, ground: Ground): Promise<Platform> {
  const forge = forgeOf(configuration, configuration.github.credential);
  const ownerForge = configuration.github.ownerCredential ? forgeOf(configuration, configuration.github.ownerCredential) : forge;
  const clones = createGitClones({ directory: join(configuration.dataDirectory, "mirrors"), remote: (repository) => forge.gitRemote(repository) });
  const gatewayUrl = configuration.gatewayUrl ?? `http://${configuration.listen}:${configuration.gatewayPort}`;
  return {
    ...ground,
    signatures: createSignatureVerifier(await loadTrustedSigners(configuration.trustedSigners)),
    forge,
    ownerForge,
    clones,
    mirror: createGitMirror({ clones, author: { name: "Signalbox", email: "gateway@signalbox.invalid" } }),
    documents: createYamlDocuments(),
    runtime: createLocalProcessRuntime({
      directory: join(configuration.dataDirectory, "attempts"),
      runner: fileURLToPath(new URL("../agent-runner/main.ts", import.meta.url)),
      node: process.execPath,
    }),
    templates: loadTemplates(),
    prompts: createPromptLibrary(),
    bootstrapSecret: configuration.bootstrapSecret,
    model: configuration.model,
    profile: { model: configuration.model.name, reasoning: "medium" },
    reviewers: async () => [await ownerForge.identity()],
    gatewayUrl: () => gatewayUrl,
    isSoleOwner: false,
    times: { ...defaultTimes, ...configuration.times },
  };
}

function forgeOf(configuration: ServerConfiguration, credential: GitHubCredential): Forge {
  return createGitHubForge({ baseUrl: configuration.github.url, credential });
}
