import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { exitCodes, type ExitCode } from "../exit-codes.ts";

/** A shell that can be started: Electron, and what it is to run. */
export interface FoundShell {
  readonly type: "shell";
  readonly electron: string;
  /** Absent when the application lies inside of the runtime. */
  readonly application?: string;
}

export type ShellSearch = FoundShell | { readonly type: "none"; readonly reason: string };

const builtApplication = fileURLToPath(new URL("../../../../electron/dist", import.meta.url));
const program = fileURLToPath(new URL("../signalbox.js", import.meta.url));

/** Milliseconds that fetching a runtime of about 110 MB may take. */
const fetchPatience = 10 * 60_000;

/**
 * Electron as npm brought it; its package fetches the program itself at first use, here, with a word about it. ELECTRON_OVERRIDE_DIST_PATH names another runtime, as for the package
 * itself; one with an application of its own is started as it is.
 */
export async function findShell(env: NodeJS.ProcessEnv, tell: (text: string) => void, application = builtApplication): Promise<ShellSearch> {
  if (process.platform === "linux" && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"]) return none("There is no display for a window here");
  if (!existsSync(join(application, "main.cjs"))) return none("The desktop is not built (npm run build:desktop)");
  const override = env["ELECTRON_OVERRIDE_DIST_PATH"];
  if (override !== undefined) return runtimeIn(override, "electron", application);
  const installed = electronPackage();
  if (installed === undefined) return none("Electron is not installed");
  if (!existsSync(join(installed, "path.txt"))) {
    tell("Fetching Electron, once, about 110 MB …");
    const failure = await fetchElectron(installed);
    if (failure !== undefined) return none(`Electron could not be fetched (${failure})`);
  }
  return runtimeIn(join(installed, "dist"), readFileSync(join(installed, "path.txt"), "utf8"), application);
}

function runtimeIn(directory: string, name: string, application: string): ShellSearch {
  const electron = join(directory, name);
  if (!existsSync(electron)) return none(`There is no Electron in ${directory}`);
  return existsSync(join(directory, "resources", "app")) ? { type: "shell", electron } : { type: "shell", electron, application };
}

function electronPackage(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  } catch {
    return undefined;
  }
}

/** @returns why it did not come, in a few words. */
async function fetchElectron(directory: string): Promise<string | undefined> {
  try {
    await promisify(execFile)(process.execPath, [join(directory, "install.js")], { timeout: fetchPatience });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    return said.split("\n", 1)[0]?.slice(0, 200) || "it gave no reason";
  }
}

/** Runs the shell until its owner quits. It starts the workspace's host itself, with this Node. */
export async function runShell(shell: FoundShell, workspace: string, signal: AbortSignal): Promise<ExitCode> {
  const child = spawn(shell.electron, argumentsOf(shell), { stdio: "inherit", env: shellEnvironment(workspace) });
  const end = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", end);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (signal.aborted) return exitCodes.interrupted;
    return code === 0 ? exitCodes.ok : exitCodes.failed;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** The shell that has started this process; undefined where none has. */
export function shellOf(env: NodeJS.ProcessEnv): FoundShell | undefined {
  const [electron, application] = [env["SIGNALBOX_SHELL"], env["SIGNALBOX_SHELL_APPLICATION"]];
  return electron === undefined ? undefined : { type: "shell", electron, ...(application === undefined ? {} : { application }) };
}

/**
 * Opens a shell of its own on a server's workspace, which goes on when this process ends. Not from within a shell: what is started there keeps files of it open, and with them a shell that has quit
 * does not go away.
 */
export function openServerShell(shell: FoundShell, workspace: string): void {
  const other = spawn(shell.electron, argumentsOf(shell), { detached: true, stdio: "ignore", env: { ...shellEnvironment(workspace), SIGNALBOX_SERVER: "1" } });
  // It is the owner who sees that no window comes, and there is a command that says why.
  other.on("error", () => undefined);
  other.unref();
}

/** As root, as in a container, Chromium refuses its own sandbox. */
function argumentsOf({ application }: FoundShell): readonly string[] {
  const sandbox = process.platform === "linux" && process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return [...(application === undefined ? [] : [application]), ...sandbox];
}

function shellEnvironment(workspace: string): NodeJS.ProcessEnv {
  return { ...process.env, SIGNALBOX_NODE: process.execPath, SIGNALBOX_PROGRAM: program, SIGNALBOX_WORKSPACE: workspace };
}

function none(reason: string): ShellSearch {
  return { type: "none", reason };
}

const openers: Readonly<Record<string, readonly string[] | undefined>> = { darwin: ["open"], win32: ["rundll32", "url.dll,FileProtocolHandler"] };

/** Best effort: a machine without a browser has the address on the screen. */
export function openBrowser(page: string): void {
  const [command, ...before] = openers[process.platform] ?? ["xdg-open"];
  const opener = spawn(command ?? "", [...before, page], { stdio: "ignore", detached: true });
  opener.on("error", () => undefined);
  opener.unref();
}
