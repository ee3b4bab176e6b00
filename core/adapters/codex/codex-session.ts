import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ThreadId } from "../../domain/kernel/values.ts";
import { endingText } from "../../domain/run/ending.ts";
import type { AgentEvent, AgentSession, TurnInput, TurnOutcome, TurnUsage } from "../../ports/agent.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { resolveCodexBinary } from "./binary.ts";
import {
  gatewayTokenVariable,
  modelKeyVariable,
  renderCodexConfiguration,
  secretPlaces,
  type CodexGateway,
  type CodexModel,
  type CodexSandbox,
} from "./configuration.ts";
import { createLineSplitter, readCodexLine, usageBetween, type ThreadUsage } from "./event-reader.ts";
import { endLeftovers, endProcessTree, signalGroup } from "./process-tree.ts";
import { defaultResourceLimits, watchResources, type ResourceLimits } from "./resource-watch.ts";
import { isKept, threadUsage } from "./rollout.ts";
import { packSession, unpackSession } from "./snapshot.ts";

export interface CodexSessionOptions {
  /** Codex's home: its configuration and the session. One per run and attempt; made when it is missing, readable by this user only. */
  readonly codexHome: string;
  /** The clone in which the agent works. */
  readonly workspace: string;
  readonly model: CodexModel;
  /** Without it the agent has no tools but its shell. */
  readonly gateway?: CodexGateway | undefined;
  readonly sandbox: CodexSandbox;
  /** What the agent's commands may read beside the system's programs and their workspace; by default this Node. */
  readonly readable?: readonly string[] | undefined;
  /** What the agent's processes and files may take together. */
  readonly limits?: ResourceLimits | undefined;
  /** The native binary; by default that of the installed `@openai/codex`. */
  readonly binary?: string | undefined;
  /** Where PATH, locale, proxy and certificates are taken from; by default this process's environment. Nothing else of it reaches Codex. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** Codex's words when it ends before a turn has begun because nobody listens where its tools are. A gateway that answers and refuses reads otherwise. */
const gatewayWasAway = /required MCP servers failed to initialize[\s\S]*error sending request/;
const stderrLimit = 16 * 1024;
const passedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|TZ|LANG|LC_\w+|SSL_CERT_FILE|SSL_CERT_DIR|(HTTPS?|NO|ALL)_PROXY|SystemRoot|SystemDrive|ComSpec|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;

/**
 * One Codex session in one workspace: a process per turn, the thread continued by its rollout.
 *
 * Codex never gives up on a model server that it cannot reach, whatever its retry settings: the caller's signal is the deadline, and the outcome's message
 * then carries the last notice that Codex gave.
 */
export function createCodexSession(options: CodexSessionOptions): AgentSession {
  let measured: (() => Promise<TurnUsage>) | undefined;
  return {
    turn: (input, onEvent, signal) => runTurn(options, input, onEvent, signal, (measure) => (measured = measure)).finally(() => (measured = undefined)),
    usage: async () => measured?.(),
    snapshot: () => packSession(options.codexHome),
    restore: (snapshot) => unpackSession(options.codexHome, snapshot),
  };
}

/** What the turn's events have told so far. */
interface TurnProgress {
  threadId: ThreadId | undefined;
  usage: TurnUsage | undefined;
  failure: string | undefined;
  /** The last notice that no work followed: why Codex hangs, if it does. */
  lastNotice: string | undefined;
}

async function runTurn(
  options: CodexSessionOptions,
  input: TurnInput,
  onEvent: (event: AgentEvent, raw: string) => void,
  signal: AbortSignal,
  measurable: (measure: () => Promise<TurnUsage>) => void,
): Promise<TurnOutcome> {
  const before = await threadUsage(options.codexHome, input.threadId);
  const progress: TurnProgress = { threadId: input.threadId, usage: undefined, failure: undefined, lastNotice: undefined };
  const sofar = async (): Promise<TurnUsage> => progress.usage ?? usageBetween(before, await threadUsage(options.codexHome, progress.threadId));
  measurable(sofar);
  if (signal.aborted) return { threadId: input.threadId, outcome: "aborted", message: describeAbort(signal, progress), usage: usageBetween(before, before) };
  await prepareHome(options);
  const ended = await runProcess(options, input, signal, progress, (line) => {
    progress.lastNotice = undefined;
    for (const found of readCodexLine(line)) onEvent(digest(found, before, progress), line);
  });
  const usage = await sofar();
  // Codex announces a thread before it keeps anything of it: one that it was killed over cannot be resumed, and never was.
  const threadId = progress.threadId !== undefined && (await isKept(options.codexHome, progress.threadId)) ? progress.threadId : undefined;
  if (signal.aborted && progress.usage === undefined) return { threadId, outcome: "aborted", message: redact(options, describeAbort(signal, progress)), usage };
  if (progress.failure === undefined && progress.usage !== undefined) return { threadId, outcome: "completed", usage };
  const message =
    progress.failure ?? endingText({ type: "agent-exited", agent: "Codex", status: ended.status, ...(ended.stderr ? { output: ended.stderr } : {}) });
  // Codex ends itself by exit codes; a signal is somebody else's: the machine out of memory, an operator, a crash.
  const outcome = progress.failure === undefined && (ended.killed || gatewayWasAway.test(ended.stderr)) ? "interrupted" : "failed";
  return { threadId, outcome, message: redact(options, message), usage };
}

/** Notes what an event means for the turn and gives the port's event. */
function digest(found: ReturnType<typeof readCodexLine>[number], before: ThreadUsage, progress: TurnProgress): AgentEvent {
  if ("total" in found) {
    progress.usage = usageBetween(before, found.total);
    return { type: "turn-completed", usage: progress.usage };
  }
  const { event } = found;
  if (event.type === "thread-started") progress.threadId = event.threadId;
  if (event.type === "turn-failed") progress.failure = event.message;
  if (found.stalled && event.type === "notice") progress.lastNotice = event.text;
  return event;
}

async function prepareHome(options: CodexSessionOptions): Promise<void> {
  const temporaryDirectory = join(options.codexHome, "agent-tmp");
  const { model, gateway, sandbox } = options;
  const access = accessOf(options.binary, options.readable);
  try {
    await mkdir(temporaryDirectory, { recursive: true, mode: 0o700 });
    await chmod(options.codexHome, 0o700);
    await writeFile(join(options.codexHome, "config.toml"), renderCodexConfiguration({ model, gateway, sandbox, temporaryDirectory, ...access }), {
      mode: 0o600,
    });
  } catch (cause) {
    throw new InfrastructureError("unwritable", `the agent's home ${options.codexHome} cannot be written`, {
      cause,
      remedy: "Free disk space or fix the permissions of this directory.",
    });
  }
}

/** What commands in the sandbox can read: Codex starts itself again inside it, from its own folder. */
export function accessOf(
  binary: string = resolveCodexBinary(),
  readable: readonly string[] = [process.execPath],
): { readonly readable: readonly string[]; readonly denied: readonly string[] } {
  const real = [binary, join(dirname(dirname(binary)), "codex-path"), ...readable].filter((path) => existsSync(path)).map((path) => realpathSync(path));
  return { readable: [...new Set(real)], denied: secretPlaces.filter((path) => existsSync(path)) };
}

/** Arguments of one turn. The prompt always goes through stdin: a single argument ends at 128 KiB on Linux. */
export function turnArguments(options: Pick<CodexSessionOptions, "sandbox">, threadId: ThreadId | undefined): readonly string[] {
  const unconfined = options.sandbox === "external" ? ["--dangerously-bypass-approvals-and-sandbox"] : [];
  if (threadId === undefined) return ["exec", "--json", "--skip-git-repo-check", ...unconfined, "-"];
  if (!/^[0-9a-z][0-9a-z-]{7,63}$/i.test(threadId)) throw new InfrastructureError("invalid-response", `not a Codex thread id: ${JSON.stringify(threadId)}`);
  return ["exec", "resume", "--json", "--skip-git-repo-check", ...unconfined, threadId, "-"];
}

async function runProcess(
  options: CodexSessionOptions,
  input: TurnInput,
  signal: AbortSignal,
  progress: TurnProgress,
  onLine: (line: string) => void,
): Promise<{ readonly status: string; readonly killed: boolean; readonly stderr: string }> {
  const [program, args] = bounded(options.binary ?? resolveCodexBinary(), turnArguments(options, input.threadId));
  const child = spawn(program, args, {
    cwd: options.workspace,
    env: environmentFor(options),
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const closed = new Promise<string>((resolve, reject) => {
    child.once("error", (cause) => reject(new InfrastructureError("not-found", "Codex could not be started", { cause, remedy: "Run `signalbox doctor`." })));
    child.once("close", (code, name) => resolve(name ?? `exit code ${code}`));
  });
  const lines = createLineSplitter(onLine);
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => lines.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString("utf8")).slice(-stderrLimit)));
  // Codex may end before it has read its input; how it ended says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input.prompt);
  const excess = new AbortController();
  const endWatch = watchResources(
    child.pid ?? 0,
    [options.workspace, join(options.codexHome, "agent-tmp")],
    options.limits ?? defaultResourceLimits,
    (what) => {
      progress.failure = `${what}; the turn was ended`;
      // Not asked to end: whoever takes everything leaves nothing for an orderly end.
      signalGroup(child.pid, "SIGKILL");
      excess.abort();
    },
  );
  const status = await untilClosed(child, closed, AbortSignal.any([signal, excess.signal]), progress).finally(endWatch);
  lines.end();
  return { status, killed: child.signalCode !== null, stderr: stderr.trim() };
}

/** Bytes of one file that the agent may write, in the shell's unit of 512; no core dumps. Set in a shell that becomes Codex, since Node cannot set limits. */
const largestFile = (2 * 1024 ** 3) / 512;

function bounded(binary: string, args: readonly string[]): [string, readonly string[]] {
  if (!existsSync(binary)) throw new InfrastructureError("not-found", `there is no Codex at ${binary}`, { remedy: "Run `signalbox doctor`." });
  if (process.platform === "win32") return [binary, args];
  return ["/bin/sh", ["-c", `ulimit -f ${largestFile} && ulimit -c 0; exec "$0" "$@"`, binary, ...args]];
}

async function untilClosed(child: ChildProcess, closed: Promise<string>, signal: AbortSignal, progress: TurnProgress): Promise<string> {
  let ending: Promise<void> | undefined;
  // The exit, not the closing of the pipes: a process that was left behind may hold a pipe open until it is ended.
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = (): void => void (ending = endProcessTree(child, exited, progress.threadId));
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    const status = await closed;
    await ending;
    // A command may have left a background process behind; a turn ends with everything that it started.
    if (!ending && progress.threadId !== undefined) await endLeftovers(progress.threadId);
    return status;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function environmentFor(options: CodexSessionOptions): NodeJS.ProcessEnv {
  const source = options.environment ?? process.env;
  const passed = Object.fromEntries(Object.entries(source).filter(([name]) => passedOn.test(name)));
  const bypass = [source["NO_PROXY"] ?? source["no_proxy"], "127.0.0.1", "localhost", "::1"].filter(Boolean).join(",");
  return {
    ...passed,
    NO_PROXY: bypass,
    no_proxy: bypass,
    CODEX_HOME: options.codexHome,
    [modelKeyVariable]: options.model.apiKey,
    ...(options.gateway ? { [gatewayTokenVariable]: options.gateway.token } : {}),
  };
}

function describeAbort(signal: AbortSignal, progress: TurnProgress): string {
  const reason: unknown = signal.reason;
  const why = reason instanceof Error ? reason.message : typeof reason === "string" ? reason : "the turn was stopped";
  return progress.lastNotice ? `${why}; Codex made no progress, its last notice was: ${progress.lastNotice}` : why;
}

function redact(options: CodexSessionOptions, message: string): string {
  const secrets = [options.model.apiKey, options.gateway?.token].filter((secret) => secret !== undefined && secret.length >= 6) as string[];
  return secrets.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), message);
}
