import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { _electron, type ElectronApplication } from "playwright-core";
import { inject } from "vitest";
import type { DesktopGround } from "../../build/testbed/window-global-setup.ts";
import { layoutOf } from "../../core/apps/rehearsal/workspace-directory.ts";
import { complaintsOf, type Surface } from "./window.ts";

const program = fileURLToPath(new URL("../../core/apps/cli/signalbox.js", import.meta.url));

/** Why no desktop can be opened here; undefined when one can. */
export function desktopUnavailable(): string | undefined {
  if (inject("desktopGround") !== undefined) return undefined;
  return `(skipped: ${inject("desktopSkipReason") ?? "only the e2e project has an Electron: run it with --project e2e"})`;
}

/** The desktop in a real Electron. */
export interface Desktop extends Surface {
  readonly app: ElectronApplication;
}

function launchOptions(
  workspace: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): { executablePath: string; args: string[]; env: Record<string, string> } {
  const ground: DesktopGround | undefined = inject("desktopGround");
  if (!ground) throw new Error("there is no Electron: ask desktopUnavailable() first");
  // As root, as in a container, Chromium refuses its own sandbox.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const inherited = Object.fromEntries(["PATH", "HOME", "TMPDIR"].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return {
    executablePath: ground.electron,
    args: [...sandbox, "--lang=en-US", ...args],
    env: {
      ...inherited,
      LANG: "C.UTF-8",
      DISPLAY: ground.display,
      SIGNALBOX_NODE: process.execPath,
      SIGNALBOX_PROGRAM: program,
      SIGNALBOX_WORKSPACE: workspace,
      ...variables,
    },
  };
}

/** Milliseconds. The driver's way into an Electron this old is lost now and then while the machine is busy; it is not what is tested, so it is taken twice. */
const launchPatience = 30_000;

/** Starts the desktop as its command does, with these environment variables more, and waits for its window. */
export async function openInDesktop(workspace: string, variables: Readonly<Record<string, string>> = {}): Promise<Desktop> {
  const options = { ...launchOptions(workspace, [], variables), timeout: launchPatience };
  const app = await _electron.launch(options).catch(() => _electron.launch(options));
  const page = await app.firstWindow();
  return { app, page, complaints: complaintsOf(page), killHost: () => killOwner(workspace), close: () => app.close() };
}

/** Kills whoever has the workspace open. */
async function killOwner(workspace: string): Promise<void> {
  const { pid } = JSON.parse(await readFile(layoutOf(workspace).owner, "utf8")) as { readonly pid: number };
  process.kill(pid, "SIGKILL");
}

/** Starts it once more, beside the one that runs, and waits for its end. */
export async function startAgain(workspace: string, ...args: readonly string[]): Promise<number | null> {
  const { executablePath, args: all, env } = launchOptions(workspace, args);
  const [code] = (await once(spawn(executablePath, all, { env, stdio: "ignore" }), "close")) as [number | null];
  return code;
}
