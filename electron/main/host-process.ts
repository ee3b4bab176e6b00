import { spawn } from "node:child_process";
import { app, MessageChannelMain, utilityProcess } from "electron";
import { hostNotice, hostQuestion, type HostAnswer, type HostQuestion, type PortOffer } from "../../core/contract/shell.ts";
import type { HostProcess, HostSupervisionDeps } from "./host-supervision.ts";
import type { ShellSettings } from "./settings.ts";

/** So much of what a host says at its end is worth showing. */
const lastWords = 500;

type HostEvents = Parameters<HostSupervisionDeps["start"]>[0];
type AnswerHost = (question: HostQuestion) => Promise<HostAnswer>;

/**
 * Starts the host on the Node that came with it. It tells where it is over its channel, and asks what only this process can do; what is neither a notice nor a question of the contract is not heard.
 * When this process ends, however it does, the channel closes and the host ends, too.
 */
export function startHostOnNode(host: ShellSettings["host"], events: HostEvents, answer: AnswerHost): HostProcess {
  const child = spawn(host.node, [host.program, ...hostArguments(host)], {
    stdio: ["ignore", "inherit", "pipe", "ipc"],
    env: hostEnvironment(process.env),
    windowsHide: true,
  });
  const said = hearErrors(child.stderr);
  // A host that has gone meanwhile needs no answer.
  const send = (message: HostAnswer): void => void (child.connected && child.send(message, () => undefined));
  child.on("message", (message) => hear(message, { events, answer, send }));
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      events.onExit(`The host could not be started: ${error.message}`);
      resolve();
    });
    // Not its "close": what it started may hold its output open.
    child.once("exit", (code, signal) => {
      events.onExit(endOf(signal ?? `code ${code ?? "unknown"}`, said()));
      resolve();
    });
  });
  return { end: (patience) => endProcess({ ask: () => child.kill("SIGTERM"), force: () => child.kill("SIGKILL"), ended }, patience) };
}

/**
 * Starts the host in a process of this runtime, which can be given ports: a window then speaks with it without anything between them. The runtime starts processes as soon as the application is
 * ready, and ends them with this one.
 */
export function startHostInRuntime(host: ShellSettings["host"], events: HostEvents, answer: AnswerHost): HostProcess {
  const started = app.whenReady().then(() => {
    const child = utilityProcess.fork(host.program, [...hostArguments(host)], {
      stdio: ["ignore", "inherit", "pipe"],
      serviceName: "Signalbox host",
      env: { ...hostEnvironment(process.env), SIGNALBOX_NODE: host.node },
    });
    const said = hearErrors(child.stderr);
    const ended = new Promise<void>((resolve) => {
      child.once("exit", (code) => {
        events.onExit(endOf(`code ${code}`, said()));
        resolve();
      });
    });
    child.on("message", (message: unknown) => hear(message, { events, answer, send: (reply) => child.postMessage(reply) }));
    return { child, ended };
  });
  let running: Electron.UtilityProcess | undefined;
  started.then(
    ({ child }) => void (running = child),
    (error: unknown) => events.onExit(`The host could not be started: ${String(error)}`),
  );
  return {
    end: (patience) =>
      started.then(
        ({ child, ended }) => endProcess({ ask: () => child.kill(), force: () => kill(child.pid), ended }, patience),
        () => undefined,
      ),
    openPort() {
      const { port1, port2 } = new MessageChannelMain();
      const offer: PortOffer = { type: "surface" };
      running?.postMessage(offer, [port1]);
      return port2;
    },
  };
}

function hostArguments({ workspace }: ShellSettings["host"]): readonly string[] {
  return [...(workspace === undefined ? [] : ["--workspace", workspace]), "desktop-host"];
}

/** Passes on what a host says of its troubles. @returns what gives the end of it. */
function hearErrors(stream: NodeJS.ReadableStream | null): () => string {
  let said = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => {
    process.stderr.write(text);
    said = (said + text).slice(-lastWords);
  });
  return () => said.trim();
}

interface Hearing {
  readonly events: HostEvents;
  readonly answer: AnswerHost;
  readonly send: (answer: HostAnswer) => void;
}

function hear(message: unknown, { events, answer, send }: Hearing): void {
  const notice = hostNotice.safeParse(message);
  if (notice.success) return events.onNotice(notice.data);
  const question = hostQuestion.safeParse(message);
  if (question.success) void answer(question.data).then(send);
}

function endOf(how: string, said: string): string {
  return `The host ended (${how}). ${said}`.trim();
}

interface Ending {
  readonly ask: () => void;
  readonly force: () => void;
  readonly ended: Promise<void>;
}

async function endProcess({ ask, force, ended }: Ending, patience: number): Promise<void> {
  ask();
  const impatience = setTimeout(force, patience);
  await ended;
  clearTimeout(impatience);
}

/** The runtime has no harder way to end a process than to ask it. */
function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

/** The host inherits the owner's environment, without what was meant for this process; and is told how another window is opened. */
function hostEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(env).filter(
    ([name]) => !/^(?:ELECTRON_|CHROME_|NODE_OPTIONS$|NODE_CHANNEL_|SIGNALBOX_(?:NODE|PROGRAM|HOST_RUNS_ON|SHELL|SHELL_APPLICATION)$)/u.test(name),
  );
  const application = app.isPackaged ? {} : { SIGNALBOX_SHELL_APPLICATION: app.getAppPath() };
  return { ...Object.fromEntries(inherited), SIGNALBOX_SHELL: process.execPath, ...application };
}
