import { fileURLToPath } from "node:url";
import { createFileAnchors } from "../../adapters/file-anchors/anchors.ts";
import { createGitClones } from "../../adapters/git/clones.ts";
import { createGitMirror } from "../../adapters/git/mirror.ts";
import { createLocalProcessRuntime } from "../../adapters/local-process/local-process-runtime.ts";
import { createHasher, createRandomness } from "../../adapters/node-crypto/hashing.ts";
import { createLog } from "../../adapters/pino-log/log.ts";
import { createSystemClock } from "../../adapters/system-clock/clock.ts";
import { loadTemplates } from "../../adapters/template-files/templates.ts";
import { createYamlDocuments } from "../../adapters/yaml-documents/codec.ts";
import type { Instant, RepositoryName } from "../../domain/kernel/values.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { SecretSealer } from "../../ports/secret-sealer.ts";
import { createPromptLibrary } from "../../prompts/prompt-library.ts";
import { createAnchorAudit, type AnchorAudit } from "../../usecases/anchor-audit.ts";
import { createConnectRepository } from "../../usecases/connect-repository.ts";
import type { OwnServer } from "../host/dependencies.ts";
import { linkedStore } from "../host/offline/database-link.ts";
import { createHostOffline } from "../host/offline/host-offline.ts";
import { openKept } from "../host/offline/open-kept.ts";
import { createHostRouter, type HostRouter } from "../host/router.ts";
import type { Serving } from "../host/surface.ts";
import { serveHost } from "../host/websocket-server.ts";
import {
  composeGateway,
  composeOrchestrator,
  composeRelay,
  composeUseCases,
  defaultTimes,
  ensureRules,
  type Platform,
  type ServerTimes,
} from "../server/compose.ts";
import { openDatabase, type RehearsalDatabase } from "./database.ts";
import { openForge, ownerLogin, type RehearsalForge } from "./forge.ts";
import { hostDependencies } from "./host.ts";
import { openKeys } from "./keys.ts";
import { openModel } from "./model.ts";
import { sampleRepository } from "./sample-project.ts";
import { loadSecrets, type WorkspaceDirectory, type WorkspaceSecrets } from "./workspace-directory.ts";

export interface RehearsalOptions {
  readonly directory: WorkspaceDirectory;
  readonly version: string;
  /** `read`: the database and the forge are opened, nothing moves. */
  readonly purpose: "read" | "work";
  readonly progress: (text: string) => void;
  readonly times?: Partial<ServerTimes> | undefined;
  /** Opens a sealed signing key; absent where there is no desktop. */
  readonly sealer?: SecretSealer | undefined;
  /** Told of the host as soon as it answers, before anything works: what waits can be read and decided meanwhile. */
  readonly onServing?: ((serving: Serving) => void) | undefined;
  /** The way from here to a server. */
  readonly ownServer?: OwnServer | undefined;
}

export interface Rehearsal {
  readonly router: HostRouter;
  readonly serving: Serving;
  readonly forgeUrl: string;
  /** Ends agents, workers and servers. What is under way goes on at the next opening. */
  close(): Promise<void>;
}

/** One process is everything, and it answers in seconds: nobody has to wait for a lost agent as long as in a cluster. */
const rehearsalTimes: ServerTimes = { ...defaultTimes, lease: 15, start: 60, deadline: 1_800, hold: 20_000, grace: 10, sweep: 5, reconcile: 25 };

/**
 * Opens the rehearsal workspace: the whole of Signalbox in this process, with its own forge, embedded database and scripted model, and agents as processes of
 * this machine. Everything is under one directory. The caller holds its ownership.
 */
export async function openRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    return await open(options, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(options: RehearsalOptions, closing: (() => Promise<void>)[], close: () => Promise<void>): Promise<Rehearsal> {
  const { directory, purpose } = options;
  const log = createLog({ file: directory.log });
  const [hasher, random, clock] = [createHasher(), createRandomness(), createSystemClock((error) => log.error({ err: error }, "a timer failed"))];
  const secrets = await loadSecrets(directory.secrets, () => random.token());
  const keys = await openKeys(directory.keys, ownerLogin, { sealer: options.sealer, signs: purpose === "work" });
  options.progress("Opening the workspace's database and forge.");
  const [database, forge, model] = await openAll(
    [openDatabase(directory.database, purpose, hasher, log), openForge(directory, secrets, clock, log), openModel(process.env, () => random.token())],
    closing,
  );
  await ensureRules(database.store);

  let gatewayUrl = "";
  let relayUrl = "";
  const times = { ...rehearsalTimes, ...options.times };
  const platform = createPlatform(
    { directory, database, forge, clock, log, times, gatewayUrl: () => gatewayUrl },
    { hasher, random, signatures: keys.signatures, secrets, model: model.endpoint },
  );
  const useCases = composeUseCases(platform);
  const work = purpose === "work" ? await startWork(platform, useCases, { options, secrets, forge, database }, closing) : undefined;
  if (work) ({ gatewayUrl, relayUrl } = work);
  const anchors = createFileAnchors(directory.anchors);
  const anchorAudit = createAnchorAudit({ store: database.store, hasher, clock, anchors, signatures: keys.signatures, signer: keys.signer });
  const keepAnchor = anchorKeeper(anchorAudit, log);
  if (purpose === "work") closing.push(keepAnchors(keepAnchor, clock));
  const { store, link } = linkedStore(database.store, clock);
  const offline = createHostOffline({ link, clock, log, notesAlways: false, open: () => openKept(directory.copy, log) });
  closing.push(async () => offline.close());
  const router = createHostRouter(
    hostDependencies({
      platform,
      store,
      offline,
      useCases,
      forge,
      keys,
      anchors,
      anchorAudit,
      keepAnchor,
      directory,
      version: options.version,
      connectRepository: (name) => work?.connect(name) ?? Promise.resolve(),
      gatewayUrl: () => gatewayUrl,
      works: purpose === "work",
      relayUrl: () => relayUrl,
      ownServer: options.ownServer,
    }),
  );
  const page = fileURLToPath(new URL("../../../renderer/dist", import.meta.url));
  const host = await serveHost({ router, token: secrets.hostToken, page, onFault: (fault) => log.error({ err: fault }, "the host failed") });
  closing.push(() => host.close());
  options.onServing?.(host);
  await work?.begin();
  return { router, serving: host, forgeUrl: forge.server.url, close };
}

type Closable = { close(): Promise<void> };

/** Opens what does not need each other at once, to be closed the other way round. When one of them cannot be opened, the others are closed all the same. */
async function openAll<const Parts extends readonly Promise<Closable>[]>(
  parts: Parts,
  closing: (() => Promise<void>)[],
): Promise<{ [At in keyof Parts]: Awaited<Parts[At]> }> {
  const outcomes = await Promise.allSettled(parts);
  for (const outcome of outcomes) if (outcome.status === "fulfilled") closing.push(() => outcome.value.close());
  return await Promise.all(parts);
}

const anchorEvery = 60_000;

function anchorKeeper(audit: AnchorAudit, log: Log): () => Promise<void> {
  return async () => {
    try {
      const kept = await audit.keep();
      if (!kept.ok) log.error({ fault: kept.error }, "the audit trail does not fit to its anchors");
    } catch (error) {
      log.error({ err: error }, "the audit trail could not be anchored");
    }
  };
}

/** Anchors the trail every now and then and at the end, so that little can be cut off unseen. */
function keepAnchors(keep: () => Promise<void>, clock: Clock): () => Promise<void> {
  let cancel = (): void => undefined;
  const again = (): void => {
    cancel = clock.after(anchorEvery, () => void keep().then(again));
  };
  again();
  return async () => {
    cancel();
    await keep();
  };
}

interface Ground {
  readonly directory: WorkspaceDirectory;
  readonly database: RehearsalDatabase;
  readonly forge: RehearsalForge;
  readonly clock: Clock;
  readonly log: Log;
  readonly times: ServerTimes;
  readonly gatewayUrl: () => string;
}

function createPlatform(
  ground: Ground,
  parts: Pick<Platform, "hasher" | "random" | "signatures" | "model"> & { readonly secrets: WorkspaceSecrets },
): Platform {
  const { directory, database, forge, clock, log, times } = ground;
  const clones = createGitClones({ directory: directory.mirrors, remote: (repository) => forge.bot.gitRemote(repository) });
  return {
    ...parts,
    store: database.store,
    queue: database.queue,
    clock,
    log,
    forge: forge.bot,
    ownerForge: forge.owner,
    clones,
    mirror: createGitMirror({ clones, author: { name: "Signalbox", email: "gateway@signalbox.invalid" } }),
    documents: createYamlDocuments(),
    runtime: createLocalProcessRuntime({
      directory: directory.attempts,
      runner: fileURLToPath(new URL("../agent-runner/main.ts", import.meta.url)),
      node: process.execPath,
    }),
    templates: lateTemplates(),
    prompts: createPromptLibrary(),
    bootstrapSecret: parts.secrets.bootstrapSecret,
    profile: { model: parts.model.name, reasoning: "medium" },
    reviewers: async () => [ownerLogin],
    gatewayUrl: ground.gatewayUrl,
    isSoleOwner: true,
    times,
  };
}

/** Nobody who opens a window waits for them: they are read when a run first wants one. */
function lateTemplates(): Platform["templates"] {
  let templates: Platform["templates"] | undefined;
  return (type) => (templates ??= loadTemplates())(type);
}

interface Work {
  readonly relayUrl: string;
  readonly gatewayUrl: string;
  /** Has the repository's deliveries sent here, and its documents indexed. */
  readonly connect: (repository: RepositoryName) => Promise<void>;
  /** Connects the repositories that are known and starts the workers, once the addresses are known to everybody. */
  readonly begin: () => Promise<void>;
}

interface WorkGround {
  readonly options: RehearsalOptions;
  readonly secrets: WorkspaceSecrets;
  readonly forge: RehearsalForge;
  readonly database: RehearsalDatabase;
}

async function startWork(
  platform: Platform,
  useCases: ReturnType<typeof composeUseCases>,
  { options, secrets, forge, database }: WorkGround,
  closing: (() => Promise<void>)[],
): Promise<Work> {
  const { store, clock } = platform;
  const anywhere = { host: "127.0.0.1", port: 0 };
  const relay = composeRelay(platform, secrets.webhookSecret);
  const { url: relayUrl } = await relay.start(anywhere);
  const gateway = composeGateway(platform, useCases, { version: options.version });
  const { url: gatewayUrl } = await gateway.start(anywhere);
  const orchestrator = composeOrchestrator(platform, useCases);
  const hook = { url: `${relayUrl}/webhooks/github`, secret: secrets.webhookSecret };
  const connectRepository = createConnectRepository({ store, clock, forge: forge.bot, hook });
  const connect = (name: RepositoryName): Promise<void> => connectRepository(name, name.split("/")[0] ?? name);
  let hasBegun = false;
  closing.push(
    () => gateway.stop(),
    async () => {
      if (hasBegun) await endAgents(platform);
    },
    () => database.stopQueue(),
    () => relay.stop(),
    async () => {
      if (!hasBegun) return;
      await orchestrator.stop();
      await settle(platform);
    },
  );
  return {
    relayUrl,
    gatewayUrl,
    connect,
    async begin() {
      await forge.completeSample();
      const known = await store.transaction((tx) => tx.repositories.list());
      for (const name of new Set([sampleRepository as RepositoryName, ...known.map((row) => row.name)])) await connect(name);
      await orchestrator.start();
      hasBegun = true;
    },
  };
}

const longestSettling = 10_000;
const settlingRound = 50;

/** Lets effects and deliveries under way come to their end. What takes longer is found at the next opening. */
async function settle({ store, clock }: Platform): Promise<void> {
  const until = clock.now() + longestSettling;
  const isBusy = (): Promise<boolean> =>
    store.transaction(async (tx) => {
      const soon = (clock.now() + 1) as Instant;
      return (await tx.outbox.pending(soon)).length + (await tx.deliveries.unprocessed(soon)).length > 0;
    });
  while (clock.now() < until && (await isBusy())) await new Promise<void>((resolve) => clock.after(settlingRound, resolve));
}

/** Agents do not outlive the workspace that they talk to; their runs are found and continued at the next opening. */
async function endAgents({ runtime }: Platform): Promise<void> {
  for (const { runId, attempt } of await runtime.list()) await runtime.stop(runId, attempt);
}
