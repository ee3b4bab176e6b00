import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { startDisplay } from "./display.ts";
import { obtainElectron } from "./electron-runtime.ts";
import { electronWith } from "./electron-with.ts";
import { Unavailable } from "./unavailable.ts";

const application = resolve(import.meta.dirname, "../../electron/dist");

/** What the suites of the desktop are given. */
export interface DesktopGround {
  /** Electron with the built shell as its application. */
  readonly electron: string;
  /** Value of `DISPLAY`; empty where the system needs none. */
  readonly display: string;
}

declare module "vitest" {
  interface ProvidedContext {
    /** Absent outside the `e2e` project, and where no Electron could be had. */
    desktopGround: DesktopGround | undefined;
    /** Why there is none. Set exactly when the `e2e` project has no `desktopGround`. */
    desktopSkipReason: string | undefined;
  }
}

/** Builds page and shell once for all suites, and gives them a real Electron with a display. Where none can be had, its suites skip with the reason that is printed here. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // What is tested is what the owner gets: the test runner's NODE_ENV would make it React's build for development.
  await promisify(execFile)("npm", ["run", "--silent", "build:desktop"], { env: { ...process.env, NODE_ENV: "production" } });
  try {
    const runtime = await obtainElectron();
    const display = await startDisplay();
    const { electron, remove } = await electronWith(runtime, application);
    project.provide("desktopGround", { electron, display: display.name });
    console.log(`Electron: ${runtime.origin}`);
    return async () => {
      await display.stop();
      await remove();
    };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    project.provide("desktopSkipReason", error.message);
    console.log(`Electron: not to be had, its suites are skipped: ${error.message}`);
    return undefined;
  }
}
