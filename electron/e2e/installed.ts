import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import { obtainElectron } from "../../build/testbed/electron-runtime.ts";

const project = resolve(import.meta.dirname, "../..");

/** What the system has to bring along for a workspace of one machine. */
const system = ["git", "sh", "mv"];

/** A directory like the one that an installer leaves behind. */
export interface InstalledApplication {
  readonly directory: string;
  readonly program: string;
  readonly resources: string;
  remove(): Promise<void>;
}

/** Packages the built desktop, with the Electron of these tests, and keeps it apart from everything else. */
export async function installApplication(): Promise<InstalledApplication> {
  const root = await mkdtemp(join(tmpdir(), "signalbox-installed-"));
  const { directory: electron } = await obtainElectron();
  const args = [join(project, "build/electron/package.ts"), "--linux", "--dir", "--output", root];
  // A package that is built by whoever runs the tests, as by anybody else.
  const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: electron, NODE_ENV: undefined, FORCE_COLOR: "0" };
  await promisify(execFile)(process.execPath, args, { cwd: project, env });
  const directory = join(root, "linux-unpacked");
  return {
    directory,
    program: join(directory, "signalbox-desktop"),
    resources: join(directory, "resources"),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** The installed application at work. */
export interface RunningApplication {
  readonly page: Page;
  readonly home: string;
  /** What it and its host have said. */
  said(): string;
  /** Waits until it has ended by itself. */
  exited(): Promise<number | null>;
  /** Ends it as the system does when its user leaves, and waits until it is gone. */
  end(): Promise<number | null>;
}

/**
 * Starts it for somebody who has nothing: an empty home, and a path without any Node. Playwright's own way into Electron is Node's inspector, which a fuse closes; Chromium's debugging is open to
 * whoever may start the program with arguments, so the page is reached through that, in the very program that is delivered.
 */
export async function startApplication(program: string, more: Readonly<Record<string, string>> = {}): Promise<RunningApplication> {
  const home = await mkdtemp(join(tmpdir(), "signalbox-home-"));
  const path = join(home, "bin");
  await mkdir(path);
  for (const name of system) await symlink(join("/usr/bin", name), join(path, name));
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const child = spawn(program, [...sandbox, "--lang=en-US", "--remote-debugging-port=0"], {
    cwd: home,
    env: { HOME: home, PATH: path, TMPDIR: tmpdir(), LANG: "C.UTF-8", DISPLAY: inject("desktopGround")?.display ?? "", ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const exited = once(child, "exit") as Promise<[number | null]>;
  const address = await waitFor(
    () => /DevTools listening on (ws:\S+)/u.exec(said)?.[1],
    exited,
    () => said,
  );
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const page = await waitFor(
    () => browser.contexts()[0]?.pages()[0],
    exited,
    () => said,
  );
  return {
    page,
    home,
    said: () => said,
    exited: async () => (await exited)[0],
    async end() {
      child.kill("SIGTERM");
      const [code] = await exited;
      await browser.close().catch(() => undefined);
      await rm(home, { recursive: true, force: true });
      return code;
    },
  };
}

/** Looks again whenever the event loop has turned; gives up when the program has ended. */
async function waitFor<T>(find: () => T | undefined, exited: Promise<unknown>, said: () => string): Promise<T> {
  let hasEnded = false;
  void exited.then(() => (hasEnded = true));
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    if (hasEnded) throw new Error(`the application has ended: ${said().slice(-2_000)}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}

/** Processes whose program lies below `directory`. */
export async function processesIn(directory: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
  const programs = await Promise.all(pids.map((pid) => readlink(join("/proc", pid, "exe")).catch(() => "")));
  return programs.filter((program) => program.startsWith(`${directory}/`));
}

interface ArchiveFolder {
  readonly files?: Readonly<Record<string, ArchiveFolder>>;
}

/** Names of the files in an Electron archive: behind four numbers it begins with a description of itself. */
export async function archivedFiles(archive: string): Promise<readonly string[]> {
  const content = await readFile(archive);
  const length = content.readUInt32LE(12);
  const below = ({ files = {} }: ArchiveFolder, path: string): readonly string[] =>
    Object.entries(files).flatMap(([name, entry]) => (entry.files ? below(entry, `${path}${name}/`) : [`${path}${name}`]));
  return below(JSON.parse(content.toString("utf8", 16, 16 + length)) as ArchiveFolder, "");
}
