import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shellSettings } from "./settings.ts";

const resources = join("/opt", "Signalbox", "resources");
const bundle = join(resources, "app.asar", "electron", "dist");
const installed = { env: {}, isInstalled: true, resources, bundle };

describe("where the shell finds what it starts and shows", () => {
  it("is in the package of an installed application, with the system's place for its own data and the user's workspace", () => {
    expect(shellSettings(installed)).toEqual({
      host: {
        node: join(resources, "node", process.platform === "win32" ? "node.exe" : "bin/node"),
        program: join(resources, "signalbox", "core", "apps", "cli", "signalbox.js"),
        workspace: undefined,
      },
      page: join(resources, "app.asar", "renderer", "dist"),
      userData: undefined,
    });
  });

  it("is where the command line of a checkout says", () => {
    const env = { SIGNALBOX_NODE: "/n/node", SIGNALBOX_PROGRAM: "/c/signalbox.js", SIGNALBOX_WORKSPACE: "/w" };

    expect(shellSettings({ ...installed, isInstalled: false, env })).toMatchObject({
      host: { node: "/n/node", program: "/c/signalbox.js", workspace: "/w" },
      userData: join("/w", "desktop"),
    });
  });

  it("lets the environment of an installed application choose the workspace, but no other program", () => {
    const env = { SIGNALBOX_NODE: "/tmp/other", SIGNALBOX_PROGRAM: "/tmp/other.js", SIGNALBOX_WORKSPACE: "/w" };

    expect(shellSettings({ ...installed, env }).host).toEqual({ ...shellSettings(installed).host, workspace: "/w" });
  });

  it("refuses an environment that names nothing", () => {
    expect(() => shellSettings({ ...installed, env: { SIGNALBOX_WORKSPACE: "" } })).toThrow("SIGNALBOX_WORKSPACE");
  });
});
