import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findShell } from "./shell.ts";

const silent = (): void => {};

describe("the search for the desktop's shell", () => {
  let runtime = "";
  beforeEach(async () => void (runtime = await mkdtemp(join(tmpdir(), "signalbox-runtime-"))));
  afterEach(() => rm(runtime, { recursive: true }));

  it.runIf(process.platform === "linux")("finds none where there is no display, and says so", async () => {
    expect(await findShell({}, silent, runtime)).toEqual({ type: "none", reason: "There is no display for a window here" });
  });

  it("says when the desktop is not built", async () => {
    expect(await findShell({ DISPLAY: ":0" }, silent, join(runtime, "nowhere"))).toEqual({
      type: "none",
      reason: "The desktop is not built (npm run build:desktop)",
    });
  });

  it("says what is missing in a runtime that was named", async () => {
    await writeFile(join(runtime, "main.cjs"), "");

    expect(await findShell({ DISPLAY: ":0", ELECTRON_OVERRIDE_DIST_PATH: runtime }, silent, runtime)).toEqual({
      type: "none",
      reason: `There is no Electron in ${runtime}`,
    });
  });

  it("starts the application in a runtime that was named, or the one that lies in it", async () => {
    const named = { DISPLAY: ":0", ELECTRON_OVERRIDE_DIST_PATH: runtime };
    for (const file of ["main.cjs", "electron"]) await writeFile(join(runtime, file), "");
    expect(await findShell(named, silent, runtime)).toEqual({ type: "shell", electron: join(runtime, "electron"), application: runtime });

    await mkdir(join(runtime, "resources", "app"), { recursive: true });
    expect(await findShell(named, silent, runtime)).toEqual({ type: "shell", electron: join(runtime, "electron") });
  });
});
