import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElectronRuntime } from "./electron-runtime.ts";

/** An Electron with an application in it: the old runtime takes no path to one. */
export interface ElectronWithApplication {
  readonly electron: string;
  remove(): Promise<void>;
}

/** @param application a directory with a package.json. */
export async function electronWith({ directory: runtime }: ElectronRuntime, application: string): Promise<ElectronWithApplication> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-electron-"));
  await cp(runtime, directory, { recursive: true, verbatimSymlinks: true });
  await symlink(application, join(directory, "resources", "app"));
  return { electron: join(directory, "electron"), remove: () => rm(directory, { recursive: true, force: true }) };
}
