import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../apps/cli/signalbox.js", import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  /** Resolves when standard output or error has shown the text. */
  shows(text: string): Promise<void>;
  /** Everything on standard output so far. */
  readonly said: () => string;
  readonly ended: Promise<CommandResult>;
}

/** Starts `signalbox` as its users do: a process of its own, with an environment of its own. */
export function startCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningCommand {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], TMPDIR: process.env["TMPDIR"], LANG: "C.UTF-8", ...env },
  });
  let out = "";
  let err = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    for (const look of waiting) look();
  });
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, err }));
  });
  const shows = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!out.includes(text) && !err.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without showing "${text}":\n${err}\n${out}`)));
    });
  return { process: child, shows, said: () => out, ended };
}

/** Runs a command to its end. */
export function runCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  return startCommand(args, env).ended;
}

export interface JsonResult<T> {
  readonly code: number | null;
  readonly value: T;
  readonly err: string;
}

/** Runs a command with `--json` and reads its document; whatever else it printed on standard output is an error. */
export async function runJson<T>(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<JsonResult<T>> {
  const { code, out, err } = await runCommand([...args, "--json"], env);
  try {
    return { code, value: JSON.parse(out) as T, err };
  } catch (cause) {
    throw new Error(`no JSON from signalbox ${args.join(" ")} (exit ${code}):\n${out}\n${err}`, { cause });
  }
}
