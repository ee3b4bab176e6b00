import { join } from "node:path";
import { z } from "zod";

/** What the shell has to know before its first window. */
export interface ShellSettings {
  /** The program that runs the host, with its first arguments. */
  readonly host: { readonly node: string; readonly program: string; readonly workspace?: string | undefined };
  /** The window's built page. */
  readonly page: string;
  /** Where the shell keeps its own: position of the window, what the page remembers. Undefined: the system's place for it. */
  readonly userData?: string | undefined;
}

const environment = z.object({
  SIGNALBOX_NODE: z.string().min(1).optional(),
  SIGNALBOX_PROGRAM: z.string().min(1).optional(),
  SIGNALBOX_WORKSPACE: z.string().min(1).optional(),
});

/**
 * The command line names Node, program and workspace; an installed application brings the first two along.
 *
 * @param resources directory of an installed application's own files.
 */
export function shellSettings(env: Readonly<Record<string, string | undefined>>, resources: string, bundle: string): ShellSettings {
  const given = environment.parse(env);
  const workspace = given.SIGNALBOX_WORKSPACE;
  return {
    host: {
      node: given.SIGNALBOX_NODE ?? join(resources, "node", process.platform === "win32" ? "node.exe" : "bin/node"),
      program: given.SIGNALBOX_PROGRAM ?? join(resources, "signalbox", "core", "apps", "cli", "signalbox.js"),
      workspace,
    },
    page: join(bundle, "..", "..", "renderer", "dist"),
    userData: workspace === undefined ? undefined : join(workspace, "desktop"),
  };
}
