import { createCodexSession } from "../../adapters/codex/codex-session.ts";
import { createGitWorkspace, type GitWorkspace } from "../../adapters/git-workspace/git-workspace.ts";
import type { AttemptEndedRequest, ExchangeResponse, HeartbeatRequest } from "../../contract/runner.ts";
import { endingText } from "../../domain/run/ending.ts";
import type { RunSpecification } from "../../domain/run/specification.ts";
import type { AgentSession, TurnUsage } from "../../ports/agent.ts";
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

/** Wraps what an attempt acts through. Production wraps nothing; a suite that has to see or disturb it starts the same runner with its own wrapping. */
export interface RunnerDecorations {
  readonly gateway?: ((gateway: GatewayClient) => GatewayClient) | undefined;
  readonly session?: ((session: AgentSession) => AgentSession) | undefined;
  readonly workspace?: ((workspace: GitWorkspace) => GitWorkspace) | undefined;
}

const unchanged = <Port>(port: Port): Port => port;

/**
 * One attempt, from the exchange of its bootstrap token to the report of its end. Resolves when it ended in order, whatever came of it.
 *
 * @param env where its settings are; the token is taken out of it.
 */
export async function runAgent(env: NodeJS.ProcessEnv, decorations: RunnerDecorations = {}): Promise<void> {
  const settings = takeSettings(env);
  const stop = new AbortController();
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(name, () => stop.abort(new Stopped("cancelled", `received ${name}`)));
  const patience = new AbortController();
  const gateway = (decorations.gateway ?? unchanged)(createGatewayClient(settings.gatewayUrl, patience.signal));
  const task = await gateway.exchange({ runId: settings.runId, attempt: settings.attempt, bootstrapToken: settings.bootstrapToken });
  const turns: TurnWatch = { turn: 0, usage: async () => undefined };
  const measure = async (): Promise<HeartbeatRequest["running"]> => {
    const { turn } = turns;
    const usage = await turns.usage();
    return usage && turn > 0 && turn === turns.turn ? { turn, usage } : undefined;
  };
  const endLease = keepLease(gateway, task.leaseSeconds, (reason) => stop.abort(new Stopped("cancelled", reason)), measure);
  const deadline = setTimeout(() => stop.abort(new Stopped("deadline", endingText({ type: "deadline" }))), task.deadlineSeconds * 1_000);
  try {
    await work({ settings, gateway, task, signal: stop.signal, decorations, turns });
  } finally {
    clearTimeout(deadline);
    endLease();
    patience.abort();
  }
}

/** Which turn goes on, and how what it has used is found. */
interface TurnWatch {
  turn: number;
  usage: AgentSession["usage"];
}

interface Attempt {
  readonly settings: RunnerSettings;
  readonly gateway: GatewayClient;
  readonly task: ExchangeResponse;
  readonly signal: AbortSignal;
  readonly decorations: RunnerDecorations;
  readonly turns: TurnWatch;
}

async function work({ settings, gateway, task, signal, decorations, turns }: Attempt): Promise<void> {
  // The specification is made and checked by the gateway, which this process trusts; the schema of the protocol checks its envelope.
  const specification = task.specification as unknown as RunSpecification;
  const events = createEventUploader((request) => gateway.sendEvents(request), Date.now);
  const workspace = (decorations.workspace ?? unchanged)(
    createGitWorkspace({
      directory: settings.workspace,
      remoteUrl: task.gitUrl,
      token: task.runToken,
      author: { name: `Signalbox ${specification.role} agent`, email: `${specification.role}@agents.signalbox.invalid` },
    }),
  );
  const session = (decorations.session ?? unchanged)(
    createCodexSession({
      codexHome: settings.codexHome,
      workspace: settings.workspace,
      model: { ...task.model, reasoning: specification.profile.reasoning },
      gateway: { url: task.mcpUrl, token: task.runToken },
      sandbox: settings.sandbox,
    }),
  );
  turns.usage = () => session.usage();
  let cutOff: { readonly turn: number; readonly usage: TurnUsage } | undefined;
  try {
    const noteCutOff = (turn: number, usage: TurnUsage): void => void (cutOff = { turn, usage });
    const turnBegins = (turn: number): void => void (turns.turn = turn);
    const outcome = await runAttempt({ gateway, session, workspace, events, signal, turnBegins, cutOff: noteCutOff }, task, specification);
    await gateway.attemptEnded({ outcome });
  } catch (error) {
    if (error instanceof Fenced) throw error;
    const reason: unknown = signal.aborted ? signal.reason : error;
    const message = reason instanceof Error ? reason.message : String(reason);
    events.note(`the attempt ended early: ${message}`);
    await events.flush().catch(() => undefined);
    await gateway.attemptEnded({ outcome: reason instanceof Stopped ? reason.outcome : "failed", message, ...(cutOff ? { cutOff } : {}) });
    if (!(reason instanceof Stopped)) throw error;
  }
}
