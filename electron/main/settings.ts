import { join } from "node:path";
import { z } from "zod";

/** What the shell has to know before its first window. */
export interface ShellSettings {
  /** The program that runs the host, with its first arguments. */
  readonly host: {
    readonly node: string;
    readonly program: string;
    readonly workspace?: string | undefined;
    /** Whose Node it runs on: that of the shell's own runtime, in a process of its own, or the one that came along. */
    readonly runsOn: "own-runtime" | "node";
  };
  /** The window's built page. */
  readonly page: string;
  /** Where the shell keeps its own: position of the window, what the page remembers. Undefined: the system's place for it. */
  readonly userData?: string | undefined;
}

const environment = z.object({
  SIGNALBOX_NODE: z.string().min(1).optional(),
  SIGNALBOX_PROGRAM: z.string().min(1).optional(),
  SIGNALBOX_WORKSPACE: z.string().min(1).optional(),
  /** Where a checkout's host runs; for tests, and for whoever wants to compare. */
  SIGNALBOX_HOST_RUNS_ON: z.enum(["own-runtime", "node"]).optional(),
});

/** The oldest Node, by its first number, that the host runs on. */
const oldestNode = 24;

/** Where the shell finds itself. */
export interface ShellPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether it runs as an installed application, not from a checkout. */
  readonly isInstalled: boolean;
  /** Directory of an installed application's own files. */
  readonly resources: string;
  /** Directory of the shell's built program. */
  readonly bundle: string;
  /** Version of the runtime's own Node. */
  readonly runtimeNode: string;
}

/**
 * The command line of a checkout names Node, program and workspace. An installed application brings the first two along, and runs no others, whatever its environment says: what it starts holds the
 * owner's key.
 */
export function shellSettings({ env, isInstalled, resources, bundle, runtimeNode }: ShellPlace): ShellSettings {
  const given = environment.parse(env);
  const workspace = given.SIGNALBOX_WORKSPACE;
  const runsOn = Number.parseInt(runtimeNode, 10) >= oldestNode ? "own-runtime" : "node";
  const own = {
    node: join(resources, "node", process.platform === "win32" ? "node.exe" : "bin/node"),
    program: join(resources, "signalbox", "core", "apps", "cli", "signalbox.js"),
  };
  return {
    host: isInstalled
      ? { ...own, workspace, runsOn }
      : {
          node: given.SIGNALBOX_NODE ?? own.node,
          program: given.SIGNALBOX_PROGRAM ?? own.program,
          workspace,
          runsOn: given.SIGNALBOX_HOST_RUNS_ON ?? runsOn,
        },
    page: join(bundle, "..", "..", "renderer", "dist"),
    userData: workspace === undefined ? undefined : join(workspace, "desktop"),
  };
}
