import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGitClones } from "../../core/adapters/git/clones.ts";
import { createGitMirror } from "../../core/adapters/git/mirror.ts";
import { createGitHubForge } from "../../core/adapters/github/github-forge.ts";
import { createLocalForge, type LocalForge } from "../../core/adapters/local-forge/local-forge.ts";
import { createLocalProcessRuntime } from "../../core/adapters/local-process/local-process-runtime.ts";
import { createHasher, createRandomness } from "../../core/adapters/node-crypto/hashing.ts";
import { createSystemClock } from "../../core/adapters/system-clock/clock.ts";
import { loadTemplates } from "../../core/adapters/template-files/templates.ts";
import { createYamlDocuments } from "../../core/adapters/yaml-documents/codec.ts";
import { openDatabase } from "../../core/apps/rehearsal/database.ts";
import { openKeys } from "../../core/apps/rehearsal/keys.ts";
import { loadSecrets, prepareDirectory, type WorkspaceDirectory, type WorkspaceSecrets } from "../../core/apps/rehearsal/workspace-directory.ts";
import { composeGateway, composeUseCases, defaultTimes, ensureRules, type Platform, type UseCases } from "../../core/apps/server/compose.ts";
import type { ModelEndpoint } from "../../core/contract/runner.ts";
import type { FlowEvent } from "../../core/domain/audit/flow-event.ts";
import type { BranchName, Instant, RepositoryName } from "../../core/domain/kernel/values.ts";
import type { Run } from "../../core/domain/run/run.ts";
import type { DecisionSigner } from "../../core/ports/crypto.ts";
import type { Forge } from "../../core/ports/forge.ts";
import type { Log } from "../../core/ports/log.ts";
import { createPromptLibrary } from "../../core/prompts/prompt-library.ts";
import { sampleAttempt, sampleRun, unique } from "../../core/testing/samples.ts";

export const repository = "harbour/quay" as RepositoryName;

/** The server's parts that an agent can reach, on a real database and a real forge, with agents as real processes; nothing moves by itself. */
export interface HostileWorld {
  readonly directory: WorkspaceDirectory;
  readonly secrets: WorkspaceSecrets;
  readonly signer: DecisionSigner;
  readonly platform: Platform;
  readonly useCases: UseCases;
  readonly gatewayUrl: string;
  readonly forge: { readonly server: LocalForge; readonly owner: Forge; readonly bot: Forge; readonly stranger: Forge };
  /** A run of a fresh issue, or of the given one, whose first attempt is about to start. */
  newRun(changes?: Partial<Run>): Promise<Run>;
  bootstrapToken(run: Run, attempt?: number): string;
  /** Trades the attempt's bootstrap token, as its runner does. */
  exchange(run: Run): Promise<{ readonly runToken: string; readonly input: string }>;
  events(run: Run): Promise<readonly FlowEvent[]>;
  /** Performs what waits in the outbox, until nothing does. */
  settle(): Promise<void>;
  /** Every ref of the forge's repository with its commit. */
  refs(): Promise<string>;
  close(): Promise<void>;
}

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

export interface HostileWorldOptions {
  readonly model?: ModelEndpoint | undefined;
  /** Files of the repository beside its README. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

export async function startHostileWorld(options: HostileWorldOptions = {}): Promise<HostileWorld> {
  const root = await mkdtemp(join(tmpdir(), "signalbox-hostile-"));
  const directory = await prepareDirectory(root);
  const [hasher, random, clock] = [createHasher(), createRandomness(), createSystemClock(() => {})];
  const secrets = await loadSecrets(directory.secrets, () => random.token());
  const keys = await openKeys(directory.keys, "olga");
  const database = await openDatabase(directory.database, "work", hasher, silent);
  const forge = await openForge(directory, secrets, options.files ?? {});
  const clones = createGitClones({ directory: directory.mirrors, remote: (name) => forge.bot.gitRemote(name) });
  let gatewayUrl = "";
  const platform: Platform = {
    ...database,
    hasher,
    random,
    clock,
    log: silent,
    signatures: keys.signatures,
    forge: forge.bot,
    ownerForge: forge.owner,
    clones,
    mirror: createGitMirror({ clones, author: { name: "Signalbox", email: "gateway@signalbox.invalid" } }),
    documents: createYamlDocuments(),
    runtime: createLocalProcessRuntime({ directory: directory.attempts, runner: runnerEntry, node: process.execPath }),
    templates: loadTemplates(),
    prompts: createPromptLibrary(),
    bootstrapSecret: secrets.bootstrapSecret,
    model: options.model ?? { baseUrl: "http://127.0.0.1:9/v1", apiKey: "no-model-here", name: "none" },
    profile: { model: options.model?.name ?? "none", reasoning: "medium" },
    reviewers: async () => ["olga"],
    gatewayUrl: () => gatewayUrl,
    isSoleOwner: true,
    times: { ...defaultTimes, hold: 0 },
  };
  await ensureRules(database.store);
  const useCases = composeUseCases(platform);
  const gateway = composeGateway(platform, useCases, { version: "0.0.0" });
  gatewayUrl = (await gateway.start({ host: "127.0.0.1", port: 0 })).url;
  const bootstrapToken = (run: Run, attempt = 1): string => createHmac("sha256", secrets.bootstrapSecret).update(`${run.id}/${attempt}`).digest("base64url");
  return {
    directory,
    secrets,
    signer: keys.signer,
    platform,
    useCases,
    gatewayUrl,
    forge,
    bootstrapToken,
    newRun: (changes) => newRun(platform, bootstrapToken, changes ?? {}),
    exchange: async (run) => {
      const body = JSON.stringify({ runId: run.id, attempt: 1, bootstrapToken: bootstrapToken(run) });
      const answer = await fetch(`${gatewayUrl}/runner/exchange`, { method: "POST", headers: { "content-type": "application/json" }, body });
      return (await answer.json()) as { runToken: string; input: string };
    },
    events: (run) => platform.store.transaction((tx) => tx.flow.bySubject(`run:${run.id}`)),
    settle: () => settle(platform, useCases),
    refs: async () => {
      const remote = await forge.owner.gitRemote(repository);
      const answer = await fetch(`${remote.url}/info/refs?service=git-upload-pack`, { headers: { authorization: remote.authorization } });
      return answer.text();
    },
    async close() {
      for (const { runId, attempt } of await platform.runtime.list()) await platform.runtime.stop(runId, attempt);
      await gateway.stop();
      await database.close();
      await forge.server.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

const runnerEntry = fileURLToPath(new URL("../../core/apps/agent-runner/main.ts", import.meta.url));

async function openForge(directory: WorkspaceDirectory, secrets: WorkspaceSecrets, files: Readonly<Record<string, string>>): Promise<HostileWorld["forge"]> {
  const strangerToken = "token-of-mallory-0123456789";
  const server = createLocalForge({
    directory: directory.forge,
    clock: createSystemClock(() => {}),
    async seed(seeding) {
      seeding.ensureUser({ login: "olga", token: secrets.ownerToken });
      seeding.ensureUser({ login: "signalbox", type: "Bot", token: secrets.botToken });
      seeding.ensureUser({ login: "mallory", token: strangerToken });
      seeding.ensureOrganization({ login: "harbour", owners: ["olga"] });
      const start = { "README.md": "# Quay\n", "src/app.ts": "export {};\n", "docs/guide.md": "# Guide\n", ...files };
      await seeding.ensureRepository({ name: repository, source: { files: start }, collaborators: { signalbox: "admin", mallory: "read" } });
    },
  });
  await server.start();
  const as = (token: string): Forge => createGitHubForge({ baseUrl: server.apiUrl, gitUrl: server.url, credential: { type: "token", token }, retryDelay: 100 });
  return { server, owner: as(secrets.ownerToken), bot: as(secrets.botToken), stranger: as(strangerToken) };
}

async function newRun({ store, hasher, clock, forge, profile }: Platform, tokenOf: (run: Run) => string, changes: Partial<Run>): Promise<Run> {
  const issue = changes.issue ?? (await forge.createIssue(repository, { title: unique("Berths"), body: "Guests book berths." })).number;
  const now = clock.now();
  const run = sampleRun({
    repository,
    issue,
    branch: `signalbox/${unique("run")}` as BranchName,
    profile,
    state: { phase: "preparing", attempt: 1, since: now },
    createdAt: now,
    ...changes,
  });
  const leaseUntil = (now + 3_600_000) as Instant;
  await store.transaction(async (tx) => {
    await tx.runs.insert(run);
    await tx.attempts.insert(sampleAttempt(run.id, { phase: "starting", leaseUntil, startedAt: now }), hasher.sha256(tokenOf(run)));
  });
  return run;
}

/** Jobs are nobody's here: what they would do is done now, in order. */
async function settle({ store, clock }: Platform, { dispatchEffect }: UseCases): Promise<void> {
  for (;;) {
    const waiting = await store.transaction((tx) => tx.outbox.pending((clock.now() + 1) as Instant));
    if (waiting.length === 0) return;
    for (const effect of waiting) await dispatchEffect(effect.id);
  }
}
