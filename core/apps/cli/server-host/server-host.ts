import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFileAnchors } from "../../../adapters/file-anchors/anchors.ts";
import { createGitClones, type GitClones } from "../../../adapters/git/clones.ts";
import { createGitMirror } from "../../../adapters/git/mirror.ts";
import { createGitHubForge } from "../../../adapters/github/github-forge.ts";
import { createHasher, createRandomness } from "../../../adapters/node-crypto/hashing.ts";
import { loadTrustedSigners } from "../../../adapters/node-crypto/key-files.ts";
import { createSignatureVerifier } from "../../../adapters/node-crypto/signatures.ts";
import { createNotificationFile } from "../../../adapters/notification-file/notification-file.ts";
import { createLog } from "../../../adapters/pino-log/log.ts";
import { createPostgresDriver } from "../../../adapters/postgres/driver.ts";
import { createSystemClock } from "../../../adapters/system-clock/clock.ts";
import { createYamlDocuments } from "../../../adapters/yaml-documents/codec.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import { notificationPreferences } from "../../../contract/notifications.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { RepositoryMirror } from "../../../ports/repository-mirror.ts";
import type { SecretSealer } from "../../../ports/secret-sealer.ts";
import type { Store } from "../../../ports/store.ts";
import { createHostOffline } from "../../host/offline/host-offline.ts";
import { linkedStore } from "../../host/offline/database-link.ts";
import { openKept } from "../../host/offline/open-kept.ts";
import { createHostRouter, type HostRouter } from "../../host/router.ts";
import type { Serving } from "../../host/surface.ts";
import { serveHost } from "../../host/websocket-server.ts";
import { openKeys } from "../../rehearsal/keys.ts";
import { loadSecrets, type WorkspaceDirectory } from "../../rehearsal/workspace-directory.ts";
import { openConnection } from "../own-server/kept-connection.ts";
import { findConfiguration, ownerOfKeys } from "./configuration.ts";
import { serverHostDependencies } from "./dependencies.ts";
import { openServerStore } from "./server-store.ts";
import { sparingForge } from "./sparing-forge.ts";

export interface ServerHostOptions {
  readonly directory: WorkspaceDirectory;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** Opens a sealed signing key; absent where there is no desktop. */
  readonly sealer?: SecretSealer | undefined;
  /** Whether something will be signed. */
  readonly signs: boolean;
}

export interface ServerHost {
  readonly router: HostRouter;
  readonly serving: Serving;
  close(): Promise<void>;
}

/**
 * The owner's host beside a server that runs elsewhere, which the environment names, or what was set up in the window: it reads the server's database, signs with the owner's key, and acts at the forge as the owner. Nothing works here. It opens with the
 * database away, too: then it shows what it has read before.
 */
export async function openServerHost({ directory, version, env, sealer, signs }: ServerHostOptions): Promise<ServerHost> {
  const configuration = await findConfiguration(env, () => openConnection(directory.connection, sealer));
  const person = await ownerOfKeys(directory.keys);
  const log = createLog({ file: directory.log });
  const [hasher, random, clock] = [createHasher(), createRandomness(), createSystemClock((error) => log.error({ err: error }, "a timer failed"))];
  const { hostToken } = await loadSecrets(directory.secrets, () => random.token());
  const { signer, place } = await openKeys(directory.keys, person, { sealer, signs });
  const trustedFrom = configuration.trustedSigners ?? directory.keys;
  const trusted = await loadTrustedSigners(trustedFrom);
  const askedForge = createGitHubForge({ baseUrl: configuration.githubUrl, credential: { type: "token", token: configuration.ownerToken } });
  const ownerForge = sparingForge(askedForge, clock);
  const clones = createGitClones({ directory: directory.mirrors, remote: (repository) => ownerForge.gitRemote(repository) });
  const driver = createPostgresDriver({ url: configuration.databaseUrl, maxConnections: 4 });
  const opened = openServerStore({ driver, hasher, log });
  const { store, link } = linkedStore(
    heeding(opened.store, () => ownerForge.forget()),
    clock,
  );
  const offline = createHostOffline({ link, clock, log, notesAlways: true, open: () => openKept(directory.copy, log) });
  const router = createHostRouter(
    serverHostDependencies({
      store,
      clock,
      hasher,
      randomness: random,
      log,
      signer,
      keyPlace: place,
      signatures: createSignatureVerifier(trusted),
      trusted: { signers: trusted, from: trustedFrom },
      ownerForge,
      askedForge,
      mirror: freshMirror(createGitMirror({ clones, author: { name: "Signalbox", email: "gateway@signalbox.invalid" } }), clones, clock),
      documents: createYamlDocuments(),
      anchors: createFileAnchors(directory.anchors),
      offline,
      notifications: createNotificationFile(directory.notifications, notificationPreferences),
      ready: opened.ready,
      version,
      server: new URL(configuration.databaseUrl).host,
      signingKey: join(directory.keys, `${person}.signing-key.json`),
    }),
  );
  const page = fileURLToPath(new URL("../../../../renderer/dist", import.meta.url));
  const host = await serveHost({ router, token: hostToken, page, onFault: (fault) => log.error({ err: fault }, "the host failed") });
  return {
    router,
    serving: host,
    async close() {
      await host.close();
      offline.close();
      await opened.close();
    },
  };
}

/** A store that says first when something has happened, before those who listen ask what. */
function heeding(store: Store, happened: () => void): Store {
  return {
    transaction: (work) => store.transaction(work),
    onFlow: (callback) =>
      store.onFlow(() => {
        happened();
        callback();
      }),
  };
}

/** Milliseconds for which what was fetched counts as fresh: several documents are read one after the other. */
const fresh = 5_000;

/** A mirror that nobody else keeps up: what is read is fetched first. */
function freshMirror(mirror: RepositoryMirror, clones: GitClones, clock: Clock): RepositoryMirror {
  const fetched = new Map<RepositoryName, number>();
  const update = async (repository: RepositoryName): Promise<void> => {
    if (clock.now() - (fetched.get(repository) ?? 0) < fresh) return;
    await clones.update(repository);
    fetched.set(repository, clock.now());
  };
  return {
    ...mirror,
    async readFile(repository, ref, file) {
      await update(repository);
      return mirror.readFile(repository, ref, file);
    },
    async fileVersions(repository, ref, file, limit) {
      await update(repository);
      return mirror.fileVersions(repository, ref, file, limit);
    },
    async listFiles(repository, ref, prefix) {
      await update(repository);
      return mirror.listFiles(repository, ref, prefix);
    },
  };
}
