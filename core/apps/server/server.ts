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
import { composeGateway, composeOrchestrator, composeRelay, composeUseCases, defaultTimes, ensureRules, type Platform } from "./compose.ts";
import type { GitHubCredential, ServerConfiguration } from "./configuration.ts";

export const serverParts = ["relay", "orchestrator", "gateway", "all"] as const;
export type ServerPart = (typeof serverParts)[number];

export interface RunningServer {
  /** Where each started part listens; the orchestrator listens nowhere. */
  readonly addresses: Readonly<Partial<Record<"relay" | "gateway", string>>>;
  close(): Promise<void>;
}

/**
 * Starts one part of the headless side, or all of them in one process, against PostgreSQL and GitHub. Any part may die at any moment: all state is in the
 * database, on the forge and in the agents' snapshots.
 */
export async function startServer(configuration: ServerConfiguration, part: ServerPart, version: string, log: Log): Promise<RunningServer> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    return { addresses: await start(configuration, part, version, log, closing), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  configuration: ServerConfiguration,
  part: ServerPart,
  version: string,
  log: Log,
  closing: (() => Promise<void>)[],
): Promise<RunningServer["addresses"]> {
  const platform = await openPlatform(configuration, log, closing);
  const useCases = composeUseCases(platform);
  const wants = (name: ServerPart): boolean => part === "all" || part === name;
  const addresses: { relay?: string; gateway?: string } = {};
  if (wants("relay")) {
    const relay = composeRelay(platform, useCases);
    addresses.relay = (await relay.start({ host: configuration.listen, port: configuration.relayPort })).url;
    closing.push(() => relay.stop());
  }
  if (wants("gateway")) {
    const gateway = composeGateway(platform, useCases, { version, publicUrl: configuration.gatewayUrl });
    addresses.gateway = (await gateway.start({ host: configuration.listen, port: configuration.gatewayPort })).url;
    closing.push(() => gateway.stop());
  }
  if (wants("orchestrator")) {
    const { webhook, repositories } = configuration;
    const connectRepository = createConnectRepository({ store: platform.store, clock: platform.clock, forge: platform.forge, hook: webhook });
    for (const name of repositories) await connectRepository(name as RepositoryName, name.split("/")[0] ?? name);
    const orchestrator = composeOrchestrator(platform, useCases);
    await orchestrator.start();
    closing.push(() => orchestrator.stop());
  }
  return addresses;
}

async function openPlatform(configuration: ServerConfiguration, log: Log, closing: (() => Promise<void>)[]): Promise<Platform> {
  const [hasher, random, clock] = [createHasher(), createRandomness(), createSystemClock((error) => log.error({ err: error }, "a timer failed"))];
  const driver = createPostgresDriver({ url: configuration.databaseUrl });
  closing.push(() => driver.close());
  await migrate(driver);
  const queue = createPgBossQueue({ driver, onError: (error) => log.error({ err: error }, "a job failed") });
  await queue.start();
  closing.push(() => queue.stop());
  const store = createStore(driver, { hasher, queue });
  await ensureRules(store);
  const forge = forgeOf(configuration, configuration.github.credential);
  const ownerForge = configuration.github.ownerCredential ? forgeOf(configuration, configuration.github.ownerCredential) : forge;
  const clones = createGitClones({ directory: join(configuration.dataDirectory, "mirrors"), remote: (repository) => forge.gitRemote(repository) });
  const gatewayUrl = configuration.gatewayUrl ?? `http://${configuration.listen}:${configuration.gatewayPort}`;
  return {
    store,
    queue,
    clock,
    log,
    hasher,
    random,
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
    webhookSecret: configuration.webhook.secret,
    // Derived, so that every part has the same one: the orchestrator hands bootstrap tokens out and the gateway checks them.
    bootstrapSecret: hasher.sha256(`bootstrap tokens of ${configuration.webhook.secret}`),
    model: configuration.model,
    profile: { model: configuration.model.name, reasoning: "medium" },
    reviewers: [await ownerForge.identity()],
    gatewayUrl: () => gatewayUrl,
    isSoleOwner: false,
    times: defaultTimes,
  };
}

function forgeOf(configuration: ServerConfiguration, credential: GitHubCredential): Forge {
  return createGitHubForge({ baseUrl: configuration.github.url, credential });
}
