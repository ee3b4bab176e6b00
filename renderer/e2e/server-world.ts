import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres, type PostgresServer } from "../../build/testbed/postgres.ts";
import { createGitHubForge } from "../../core/adapters/github/github-forge.ts";
import { createLocalForge } from "../../core/adapters/local-forge/local-forge.ts";
import { createKeyPair } from "../../core/adapters/node-crypto/key-files.ts";
import { createScriptedModel, scriptedModelName, type ScriptedModelOptions } from "../../core/adapters/scripted-model/scripted-model.ts";
import { createSystemClock } from "../../core/adapters/system-clock/clock.ts";
import type { RepositoryName } from "../../core/domain/kernel/values.ts";
import type { Forge } from "../../core/ports/forge.ts";
import { runJson, startCommand, type JsonResult } from "../../core/testing/command-line.ts";
import { freePort } from "../../core/testing/free-port.ts";

const repository = "acme/app" as RepositoryName;
const tokens = { owner: "owner-token-0123456789", bot: "bot-token-0123456789" };

/** Milliseconds in which a process has to end in order; without its database it may wait for that. */
const longestEnd = 10_000;

/** A server at work on a PostgreSQL of its own and a forge that speaks GitHub's API, and its owner's machine beside it. */
export interface ServerWorld {
  readonly repository: RepositoryName;
  readonly database: PostgresServer;
  /** The forge as the owner has it. */
  readonly forge: Forge;
  /** Where the owner's key and copy are, and the variables with which a program of the owner finds the server. */
  readonly owner: { readonly workspace: string; readonly variables: Readonly<Record<string, string>> };
  /** Serves the window for this server, and gives its address. */
  serveWindow(): Promise<string>;
  /** Runs a command of the owner on this server. */
  command<T>(...args: readonly string[]): Promise<JsonResult<T>>;
  close(): Promise<void>;
}

/**
 * @param brain what its agents do, where they are to do something else than their stage.
 * @throws Unavailable where there can be no PostgreSQL.
 */
export async function openServerWorld(brain?: ScriptedModelOptions["decide"]): Promise<ServerWorld> {
  const closing: (() => Promise<unknown>)[] = [];
  const directory = await mkdtemp(join(tmpdir(), "signalbox-server-window-"));
  // An agent may outlive its server by a moment, and still write.
  closing.push(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  const database = await startPostgres();
  closing.push(() => database.stop());
  const local = createLocalForge({
    directory: join(directory, "forge"),
    clock: createSystemClock((error) => {
      throw error;
    }),
    async seed(seeding) {
      seeding.ensureUser({ login: "owner", token: tokens.owner });
      seeding.ensureUser({ login: "signalbox", type: "Bot", token: tokens.bot });
      seeding.ensureOrganization({ login: "acme", owners: ["owner"] });
      await seeding.ensureRepository({ name: repository, collaborators: { signalbox: "admin" } });
    },
  });
  await local.start();
  closing.push(() => local.close());
  const model = await createScriptedModel({ apiKey: "model-key", ...(brain ? { decide: brain } : {}) });
  closing.push(() => model.close());
  const keys = join(directory, "owner", "keys");
  await createKeyPair(keys, "owner");
  const owners = {
    SIGNALBOX_DATABASE_URL: database.url,
    SIGNALBOX_GITHUB_URL: local.apiUrl,
    SIGNALBOX_OWNER_GITHUB_TOKEN: tokens.owner,
    SIGNALBOX_TRUSTED_SIGNERS: keys,
  };
  const run = async (args: readonly string[], shows: string, env: Readonly<Record<string, string>>): Promise<string> => {
    const command = startCommand(args, env);
    closing.push(async () => {
      command.process.kill("SIGTERM");
      const impatience = setTimeout(() => command.process.kill("SIGKILL"), longestEnd);
      await command.ended;
      clearTimeout(impatience);
    });
    await command.shows(shows);
    return command.said();
  };
  await run(["serve", "all"], "Serving all", { ...owners, ...(await serversOwn(directory, model.baseUrl)) });
  const ownersWay = ["--server", "--workspace", join(directory, "owner")];
  return {
    repository,
    database,
    owner: { workspace: join(directory, "owner"), variables: { ...owners, SIGNALBOX_SERVER: "1" } },
    forge: createGitHubForge({ baseUrl: local.apiUrl, gitUrl: local.url, credential: { type: "token", token: tokens.owner } }),
    serveWindow: async () => /http:\S+/u.exec(await run([...ownersWay, "desktop", "--web", "--no-open"], "#token=", owners))?.[0] ?? "",
    command: (...args) => runJson([...ownersWay, ...args], owners),
    async close() {
      for (const step of closing.splice(0).toReversed()) await step();
    },
  };
}

async function serversOwn(directory: string, modelUrl: string): Promise<Record<string, string>> {
  const relayPort = await freePort();
  return {
    SIGNALBOX_REPOSITORIES: repository,
    SIGNALBOX_GITHUB_TOKEN: tokens.bot,
    SIGNALBOX_WEBHOOK_SECRET: "webhook-secret-0123456789",
    SIGNALBOX_BOOTSTRAP_SECRET: "bootstrap-secret-0123456789",
    SIGNALBOX_WEBHOOK_URL: `http://127.0.0.1:${relayPort}/webhooks/github`,
    SIGNALBOX_DATA_DIRECTORY: join(directory, "server"),
    SIGNALBOX_RELAY_PORT: String(relayPort),
    SIGNALBOX_GATEWAY_PORT: String(await freePort()),
    SIGNALBOX_MODEL_URL: modelUrl,
    SIGNALBOX_MODEL_KEY: "model-key",
    SIGNALBOX_MODEL_NAME: scriptedModelName,
  };
}
