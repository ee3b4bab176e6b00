import { spawn } from "node:child_process";
import { hostNotice, hostQuestion, type HostAnswer, type HostQuestion } from "../../core/contract/shell.ts";
import type { HostProcess, HostSupervisionDeps } from "./host-supervision.ts";
import type { ShellSettings } from "./settings.ts";

/** So much of what a host says at its end is worth showing. */
const lastWords = 500;

/**
 * Starts the host as a process of its own on the Node that came with it. It tells where it is over its channel, and asks what only this process can do; what is neither a notice nor a question of the
 * contract is not heard. When this process ends, however it does, the channel closes and the host ends, too.
 */
export function startHostProcess(
  { node, program, workspace }: ShellSettings["host"],
  { onNotice, onExit }: Parameters<HostSupervisionDeps["start"]>[0],
  answer: (question: HostQuestion) => Promise<HostAnswer>,
): HostProcess {
  const child = spawn(node, [program, ...(workspace === undefined ? [] : ["--workspace", workspace]), "desktop-host"], {
    stdio: ["ignore", "inherit", "pipe", "ipc"],
    env: hostEnvironment(process.env),
    windowsHide: true,
  });
  let lastSaid = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
    lastSaid = (lastSaid + text).slice(-lastWords);
  });
  child.on("message", (message) => {
    const notice = hostNotice.safeParse(message);
    if (notice.success) return onNotice(notice.data);
    const question = hostQuestion.safeParse(message);
    // A host that has gone meanwhile needs no answer.
    if (question.success) void answer(question.data).then((said) => child.connected && child.send(said, () => undefined));
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      onExit(`The host could not be started: ${error.message}`);
      resolve();
    });
    // Not its "close": what it started may hold its output open.
    child.once("exit", (code, signal) => {
      onExit(`The host ended (${signal ?? `code ${code ?? "unknown"}`}). ${lastSaid.trim()}`.trim());
      resolve();
    });
  });
  return {
    async end(patience) {
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), patience);
      await ended;
      clearTimeout(force);
    },
  };
}

/** The host inherits the owner's environment, without what was meant for this process. */
function hostEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:ELECTRON_|CHROME_|NODE_OPTIONS$|NODE_CHANNEL_|SIGNALBOX_(?:NODE|PROGRAM)$)/u.test(name)),
  );
}
