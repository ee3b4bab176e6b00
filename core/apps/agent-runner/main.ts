import { createCodexSession } from "../../adapters/codex/codex-session.ts";
import { createGitWorkspace } from "../../adapters/git-workspace/git-workspace.ts";
import type { AttemptEndedRequest, ExchangeResponse } from "../../contract/runner.ts";
import type { RunSpecification } from "../../domain/run/specification.ts";
import { createEventUploader } from "./event-uploader.ts";
import { createGatewayClient, Fenced, type GatewayClient } from "./gateway-client.ts";
import { keepLease } from "./lease.ts";
import { runAttempt } from "./runner.ts";
import { takeSettings, type RunnerSettings } from "./settings.ts";

/** Why the attempt was stopped from outside; the reason of the abort signal. */
class Stopped extends Error {
  override readonly name = "Stopped";
  readonly outcome: AttemptEndedRequest["outcome"];
  constructor(outcome: AttemptEndedRequest["outcome"], message: string) {
    super(message);
    this.outcome = outcome;
  }
}

async function main(): Promise<void> {
  const settings = takeSettings(process.env);
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(name, () => stop.abort(new Stopped("cancelled", `received ${name}`)));
  const patience = new AbortController();
  const gateway = createGatewayClient(settings.gatewayUrl, patience.signal);
  const task = await gateway.exchange({ runId: settings.runId, attempt: settings.attempt, bootstrapToken: settings.bootstrapToken });
  const endLease = keepLease(gateway, task.leaseSeconds, (reason) => stop.abort(new Stopped("cancelled", reason)));
  const deadline = setTimeout(() => stop.abort(new Stopped("deadline", "the run's deadline passed")), task.deadlineSeconds * 1_000);
  try {
    await work(settings, gateway, task, stop.signal);
  } finally {
    clearTimeout(deadline);
    endLease();
    patience.abort();
  }
}

async function work(settings: RunnerSettings, gateway: GatewayClient, task: ExchangeResponse, signal: AbortSignal): Promise<void> {
  // The specification is made and checked by the gateway, which this process trusts; the schema of the protocol checks its envelope.
  const specification = task.specification as unknown as RunSpecification;
  const events = createEventUploader((request) => gateway.sendEvents(request), Date.now);
  const workspace = createGitWorkspace({
    directory: settings.workspace,
    remoteUrl: task.gitUrl,
    token: task.runToken,
    author: { name: `Signalbox ${specification.role} agent`, email: `${specification.role}@agents.signalbox.invalid` },
  });
  const session = createCodexSession({
    codexHome: settings.codexHome,
    workspace: settings.workspace,
    model: { ...task.model, reasoning: specification.profile.reasoning },
    gateway: { url: task.mcpUrl, token: task.runToken },
    sandbox: settings.sandbox,
  });
  try {
    const outcome = await runAttempt({ gateway, session, workspace, events, signal }, task, specification);
    await gateway.attemptEnded({ outcome });
  } catch (error) {
    if (error instanceof Fenced) throw error;
    const reason: unknown = signal.aborted ? signal.reason : error;
    const message = reason instanceof Error ? reason.message : String(reason);
    events.note(`the attempt ended early: ${message}`);
    await events.flush().catch(() => undefined);
    await gateway.attemptEnded({ outcome: reason instanceof Stopped ? reason.outcome : "failed", message });
    if (!(reason instanceof Stopped)) throw error;
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
