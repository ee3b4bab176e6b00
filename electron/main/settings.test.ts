import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shellSettings } from "./settings.ts";

const resources = join("/opt", "Signalbox", "resources");
const bundle = join(resources, "app.asar", "electron", "dist");
const installed = { env: {}, isInstalled: true, resources, bundle, runtimeNode: "24.11.0" };

describe("where the shell finds what it starts and shows", () => {
  it("is in the package of an installed application, with the system's place for its own data and the user's workspace", () => {
    expect(shellSettings(installed)).toEqual({
      host: {
        node: join(resources, "node", process.platform === "win32" ? "node.exe" : "bin/node"),
        program: join(resources, "signalbox", "core", "apps", "cli", "signalbox.js"),
        workspace: undefined,
        runsOn: "own-runtime",
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
    const env = { SIGNALBOX_NODE: "/tmp/other", SIGNALBOX_PROGRAM: "/tmp/other.js", SIGNALBOX_WORKSPACE: "/w", SIGNALBOX_HOST_RUNS_ON: "node" };

    expect(shellSettings({ ...installed, env }).host).toEqual({ ...shellSettings(installed).host, workspace: "/w" });
  });

  it("is the Node that came along where the runtime's own is too old for the host", () => {
    const runsOn = (runtimeNode: string): string => shellSettings({ ...installed, runtimeNode }).host.runsOn;

    expect(["16.17.1", "22.20.0", "24.0.0", "26.1.0"].map(runsOn)).toEqual(["node", "node", "own-runtime", "own-runtime"]);
  });

  it("is where a checkout wants it", () => {
    const settings = shellSettings({ ...installed, isInstalled: false, env: { SIGNALBOX_HOST_RUNS_ON: "node" } });

    expect(settings.host.runsOn).toBe("node");
  });

  it("refuses an environment that names nothing", () => {
    expect(() => shellSettings({ ...installed, env: { SIGNALBOX_WORKSPACE: "" } })).toThrow("SIGNALBOX_WORKSPACE");
  });
});
