import { existsSync } from "node:fs";
import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOwnServer, serverWorkspaceOf } from "../../core/apps/cli/own-server/own-server.ts";
import { layoutOf } from "../../core/apps/rehearsal/workspace-directory.ts";
import { freePort } from "../../core/testing/free-port.ts";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { desktopUnavailable, openInDesktop, type Desktop } from "../../renderer/e2e/desktop.ts";
import { driveWindow } from "../../renderer/e2e/window.ts";

const reason = desktopUnavailable();

describe.skipIf(reason !== undefined)(`the window of a server that was connected ${reason ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  const root = (): string => serverWorkspaceOf(workspace.path());
  let desktop: Desktop;

  beforeEach(async () => {
    const own = createOwnServer({ root: root(), isUsual: false });
    await own.makeKey("olga");
    await own.keep({ database: `postgres://olga:word@127.0.0.1:${await freePort()}/signalbox`, forge: "http://127.0.0.1:9", token: "token" }, "file");
    desktop = await openInDesktop(workspace.path());
    await driveWindow(desktop);
  });
  afterEach(() => desktop.close());

  it("opens beside the rehearsal, as a desktop of its own that goes on without it", { timeout: 120_000 }, async () => {
    const { page } = desktop;
    page.setDefaultTimeout(20_000);
    await page.evaluate("location.hash = '#/settings/server'");
    await page.getByRole("button", { name: "Open its window" }).press("Enter");
    await page.getByText("It opens beside this one.").waitFor();

    const other = await processOf(join(root(), "desktop"));
    try {
      // It has a host of its own, which opens although its database is away, with a copy to read.
      await expect.poll(() => existsSync(layoutOf(root()).copy), { timeout: 60_000 }).toBe(true);
      await desktop.close();
      expect(isAlive(other)).toBe(true);
    } finally {
      process.kill(other, "SIGTERM");
      await expect.poll(() => isAlive(other), { timeout: 30_000 }).toBe(false);
    }
  });
});

/** The shell that has claimed this directory: Chromium's lock there is a link that names the machine and the process. */
async function processOf(userData: string): Promise<number> {
  let claimed = "";
  await expect.poll(async () => (claimed = await readlink(join(userData, "SingletonLock")).catch(() => "")), { timeout: 60_000 }).toMatch(/-\d+$/u);
  return Number(claimed.split("-").at(-1));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
