import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createGitHubForge } from "../../adapters/github/github-forge.ts";
import { createLocalForge, type LocalForge } from "../../adapters/local-forge/local-forge.ts";
import { createHasher } from "../../adapters/node-crypto/hashing.ts";
import { createKeyPair, loadSigner, loadTrustedSigners } from "../../adapters/node-crypto/key-files.ts";
import { createSignatureVerifier } from "../../adapters/node-crypto/signatures.ts";
import { createStore } from "../../adapters/postgres/store.ts";
import { createPgBossQueue } from "../../adapters/queue-pg-boss/queue.ts";
import { createScriptedModel, scriptedModelName, type ScriptedModel } from "../../adapters/scripted-model/scripted-model.ts";
import { createSystemClock } from "../../adapters/system-clock/clock.ts";
import type { DecisionRequest, Verdict } from "../../domain/decision/decision.ts";
import type { RepositoryName } from "../../domain/kernel/values.ts";
import type { Run } from "../../domain/run/run.ts";
import type { Forge } from "../../ports/forge.ts";
import { startCommand, type RunningCommand } from "../../testing/command-line.ts";
import { freshPostgres } from "../../testing/databases.ts";
import { describeOnPostgres } from "../../testing/postgres-server.ts";
import { freePort } from "../../testing/free-port.ts";
import { createAnswerRequest } from "../../usecases/answer-request.ts";
import { createDecide } from "../../usecases/sign-decision.ts";

const repository = "acme/app" as RepositoryName;
const tokens = { owner: "owner-token-0123456789", bot: "bot-token-0123456789" };

/** Relay, gateway and orchestrator as processes of their own, on a real PostgreSQL, a forge that speaks GitHub's API, and the real Codex. */
describeOnPostgres("the headless part in three processes", (serverUrl) => {
  let directory = "";
  let forge: LocalForge;
  let model: ScriptedModel;
  let owner: Forge;
  let environment: Record<string, string> = {};
  let database: Awaited<ReturnType<typeof freshPostgres>>;
  const fail = (error: unknown): void => {
    throw error;
  };
  const clock = createSystemClock(fail);
  const running = new Map<string, RunningCommand>();

  const start = async (part: string): Promise<void> => {
    const command = startCommand(["serve", part], environment);
    running.set(part, command);
    await command.shows(`Serving ${part}`);
  };
  const end = async (part: string, signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    running.get(part)?.process.kill(signal);
    await running.get(part)?.ended;
    running.delete(part);
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "signalbox-server-"));
    database = await freshPostgres(serverUrl);
    model = await createScriptedModel({ apiKey: "model-key" });
    forge = createLocalForge({
      directory: join(directory, "forge"),
      clock,
      async seed(seeding) {
        seeding.ensureUser({ login: "owner", token: tokens.owner });
        seeding.ensureUser({ login: "signalbox", type: "Bot", token: tokens.bot });
        seeding.ensureOrganization({ login: "acme", owners: ["owner"] });
        await seeding.ensureRepository({ name: repository, collaborators: { signalbox: "admin" } });
      },
    });
    await forge.start();
    owner = createGitHubForge({ baseUrl: forge.apiUrl, gitUrl: forge.url, credential: { type: "token", token: tokens.owner } });
    await createKeyPair(join(directory, "keys"), "owner");
    const [relayPort, gatewayPort] = [await freePort(), await freePort()];
    environment = {
      SIGNALBOX_DATABASE_URL: database.url,
      SIGNALBOX_REPOSITORIES: repository,
      SIGNALBOX_GITHUB_URL: forge.apiUrl,
      SIGNALBOX_GITHUB_TOKEN: tokens.bot,
      SIGNALBOX_OWNER_GITHUB_TOKEN: tokens.owner,
      SIGNALBOX_WEBHOOK_SECRET: "webhook-secret-0123456789",
      SIGNALBOX_BOOTSTRAP_SECRET: "bootstrap-secret-0123456789",
      SIGNALBOX_WEBHOOK_URL: `http://127.0.0.1:${relayPort}/webhooks/github`,
      SIGNALBOX_TRUSTED_SIGNERS: join(directory, "keys"),
      SIGNALBOX_DATA_DIRECTORY: join(directory, "data"),
      SIGNALBOX_RELAY_PORT: String(relayPort),
      SIGNALBOX_GATEWAY_PORT: String(gatewayPort),
      SIGNALBOX_MODEL_URL: model.baseUrl,
      SIGNALBOX_MODEL_KEY: "model-key",
      SIGNALBOX_MODEL_NAME: scriptedModelName,
    };
  });
  afterEach(async () => {
    await Promise.all([...running.keys()].map((part) => end(part, "SIGTERM")));
    await model.close();
    await forge.close();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("take an issue to its gate and beyond, with each of them killed and started again on the way", { timeout: 300_000 }, async () => {
    for (const part of ["relay", "gateway", "orchestrator"]) await start(part);
    const issue = await owner.createIssue(repository, {
      title: "Let guests pay by card",
      body: "Guests ask for it every day.\n\nSuccess: 50 card payments a week by June.",
    });
    await owner.addLabels(repository, issue.number, ["run:intake"]);

    await waitFor(() => runInPhase("running"));
    await end("orchestrator", "SIGKILL");
    await start("orchestrator");
    const gate = await waitFor(() => openGate());
    await end("gateway", "SIGKILL");
    await end("relay", "SIGKILL");
    for (const part of ["relay", "gateway"]) await start(part);
    await decide(gate, { type: "approve", proceed: false });

    const run = await waitFor(() => runInPhase("succeeded"));
    const pull = await owner.pull(repository, run.pull ?? 0);
    expect({ pull: pull.state, runs: (await runs()).length }).toEqual({ pull: "merged", runs: 1 });
    expect(await database.store.transaction((tx) => tx.audit.executedTwice(10))).toEqual([]);
    await waitFor(async () => ((await owner.issue(repository, issue.number)).labels.includes("state:approved") ? true : undefined));
  });

  const runs = (): Promise<readonly Run[]> => database.store.transaction((tx) => tx.runs.list({ repository }));
  const runInPhase = async (phase: string): Promise<Run | undefined> => {
    const [run] = await runs();
    if (run?.state.phase === "failed") throw new Error(`the run failed: ${run.state.reason}`);
    return run?.state.phase === phase ? run : undefined;
  };
  const openGate = async (): Promise<DecisionRequest | undefined> => {
    await runInPhase("waiting_owner_review");
    return (await database.store.transaction((tx) => tx.requests.open({ kind: "gate" }))).find((request) => request.state.phase === "requested");
  };
  const decide = async (request: DecisionRequest, verdict: Verdict): Promise<void> => {
    const keys = join(directory, "keys");
    const hasher = createHasher();
    // The owner's own process: it may enqueue, and works on nothing.
    const queue = createPgBossQueue({ driver: database.driver, onError: fail });
    await queue.start();
    const store = createStore(database.driver, { hasher, queue });
    const deps = {
      store,
      clock,
      hasher,
      signatures: createSignatureVerifier(await loadTrustedSigners(keys)),
      signer: await loadSigner(join(keys, "owner.signing-key.json")),
    };
    const decided = await createDecide({ ...deps, answerRequest: createAnswerRequest(deps) })({
      requestId: request.id,
      verdict,
      surface: "command-line",
      shownDigest: request.digest,
    });
    expect(decided).toMatchObject({ ok: true });
    await queue.stop();
  };
});

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
