import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RepositoryName } from "../../core/domain/kernel/values.ts";
import { freshPostgres, type FreshDatabase } from "../../core/testing/databases.ts";
import { freePort } from "../../core/testing/free-port.ts";
import { createOwner, type Owner } from "../world/owner.ts";
import { createPart, type PartKind, type SupervisedPart } from "../world/part.ts";
import { processesBelow, signal, startCompanion } from "../world/processes.ts";

/** What the benchmarks of latency and footprint measure on: a database and a forge in processes of their own, and the server's parts beside them. */
export interface Installation {
  readonly directory: string;
  /** Where the attempts' directories are made. */
  readonly attempts: string;
  readonly database: FreshDatabase & { readonly url: string };
  readonly repository: RepositoryName;
  /** The person at the desk, with the key. */
  readonly owner: Owner;
  readonly relayUrl: string;
  readonly gatewayUrl: string;
  /** Every request to the forge that a part has made, a line of JSON each. */
  readonly forgeLog: string;
  /** Starts a part; `as-served` is the command line's own program, `instrumented` the one with an agent that does nothing. */
  start(kind: PartKind, program: "as-served" | "instrumented"): Promise<SupervisedPart>;
  close(): Promise<void>;
}

export const webhookSecret = "webhook-secret-0123456789";
/** What the command line's program gives itself; ours has to be given it. */
const serverFlags = ["--heap-growing-percent=25", "--max-semi-space-size=2"];
const tokens = { owner: "owner-token-0123456789", bot: "bot-token-0123456789" };

export async function createInstallation(postgresUrl: string): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-bench-"));
  const closing: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const database = await freshPostgres(postgresUrl);
  closing.push(() => database.close());
  const repository = "acme/app" as RepositoryName;
  const forge = await startCompanion<{ readonly apiUrl: string; readonly url: string }>(fileURLToPath(new URL("../world/forge.fixture.ts", import.meta.url)), {
    DIRECTORY: join(directory, "forge"),
    OWNER_TOKEN: tokens.owner,
    BOT_TOKEN: tokens.bot,
    REPOSITORIES: repository,
  });
  closing.push(() => forge.close());
  const desk = { url: forge.said.url, apiUrl: forge.said.apiUrl, token: tokens.owner };
  const owner = await createOwner({ directory, driver: database.driver, forge: desk, repository });
  closing.push(() => owner.close());
  const [relayPort, gatewayPort] = [await freePort(), await freePort()];
  const forgeLog = join(directory, "forge.log");
  const environment = {
    SIGNALBOX_DATABASE_URL: database.url,
    SIGNALBOX_REPOSITORIES: repository,
    SIGNALBOX_GITHUB_URL: forge.said.apiUrl,
    SIGNALBOX_GITHUB_TOKEN: tokens.bot,
    SIGNALBOX_OWNER_GITHUB_TOKEN: tokens.owner,
    SIGNALBOX_WEBHOOK_SECRET: webhookSecret,
    SIGNALBOX_BOOTSTRAP_SECRET: "bootstrap-secret-0123456789",
    SIGNALBOX_WEBHOOK_URL: `http://127.0.0.1:${relayPort}/webhooks/github`,
    SIGNALBOX_TRUSTED_SIGNERS: join(directory, "keys"),
    SIGNALBOX_DATA_DIRECTORY: join(directory, "data"),
    SIGNALBOX_RELAY_PORT: String(relayPort),
    SIGNALBOX_GATEWAY_PORT: String(gatewayPort),
    SIGNALBOX_MODEL_URL: "http://127.0.0.1:9/v1",
    SIGNALBOX_MODEL_KEY: "model-key",
    SIGNALBOX_MODEL_NAME: "model",
    FORGE_LOG: forgeLog,
    AGENT: fileURLToPath(new URL("agent-started.fixture.sh", import.meta.url)),
  };
  closing.push(async () => (await processesBelow(directory)).forEach(({ pid }) => signal(pid, "SIGKILL")));
  const instrumented = fileURLToPath(new URL("server-part.fixture.ts", import.meta.url));
  return {
    directory,
    attempts: join(directory, "data", "attempts"),
    database,
    repository,
    owner,
    relayUrl: `http://127.0.0.1:${relayPort}`,
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    forgeLog,
    async start(kind, program) {
      const flags = kind === "relay" ? [] : serverFlags;
      const part = createPart({ name: kind, kind, environment, ...(program === "instrumented" ? { entry: instrumented, flags } : {}) });
      closing.push(() => part.stop());
      await part.start();
      return part;
    },
    async close() {
      for (const step of closing.splice(0).toReversed()) await step();
    },
  };
}
