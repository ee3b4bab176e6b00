import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { desktopUnavailable, openInDesktop, startAgain, type Desktop } from "../../renderer/e2e/desktop.ts";
import { driveWindow, type OpenWindow } from "../../renderer/e2e/window.ts";

const reason = desktopUnavailable();
const idea = "Who is on call at night?";

describe.skipIf(reason !== undefined)(`the desktop's shell ${reason ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  let desktop: Desktop;
  let window: OpenWindow;

  beforeEach(async () => {
    desktop = await openInDesktop(workspace.path());
    window = await driveWindow(desktop);
  });
  afterEach(() => desktop.close());

  const alert = (): ReturnType<Desktop["page"]["getByRole"]> => desktop.page.getByRole("alert");

  it("starts a host that was killed again, and the window goes on where it was", { timeout: 180_000 }, async () => {
    await window.goTo("Board");
    await desktop.page.getByText(idea).waitFor();

    await desktop.killHost();

    await alert().first().waitFor();
    expect(await desktop.page.getByText(idea).isVisible()).toBe(true);
    await expect.poll(() => alert().allTextContents(), { timeout: 60_000 }).toEqual([]);
    await window.moveToIntake(idea);
    await window.goTo("Inbox");
    await window.openRequest("Question");
  });

  it("loads a window again whose page was killed, at the place where it was", async () => {
    await window.goTo("Audit");

    const address = await desktop.app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const loaded = new Promise((resolve) => contents?.once("did-finish-load", () => resolve(undefined)));
      contents?.forcefullyCrashRenderer();
      await loaded;
      return contents?.getURL();
    });

    expect(address).toContain("app://signalbox/#/audit");
    const read = (): Promise<unknown> =>
      desktop.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript("document.querySelector('nav a[aria-current=page]')?.textContent.trim()"),
      );
    await expect.poll(read, { timeout: 20_000 }).toBe("Audit");
  });

  it("goes on with the log that streamed when its host was killed, and is at the run again when its page was", { timeout: 240_000 }, async () => {
    const lines = async (): Promise<number> =>
      Number(/(?<count>[\d,]+) lines/u.exec((await desktop.page.locator("main").textContent()) ?? "")?.groups?.["count"]?.replace(",", "") ?? 0);
    await window.moveToIntake(idea);
    await window.openRun();
    await desktop.page.getByRole("tab", { name: "Log" }).press("Enter");
    await expect.poll(lines, { timeout: 60_000 }).toBeGreaterThan(0);
    const before = await lines();

    await desktop.killHost();

    await alert().first().waitFor();
    expect(await lines()).toBeGreaterThanOrEqual(before);
    await expect.poll(() => alert().allTextContents(), { timeout: 60_000 }).toEqual([]);
    await expect.poll(lines, { timeout: 90_000 }).toBeGreaterThan(before);

    const text = await desktop.app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const loaded = new Promise((resolve) => contents?.once("did-finish-load", () => resolve(undefined)));
      contents?.forcefullyCrashRenderer();
      await loaded;
      return contents?.getURL();
    });
    expect(text).toContain("#/runs/");
    const heading = (): Promise<unknown> =>
      desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript("document.querySelector('h2')?.textContent"));
    await expect.poll(heading, { timeout: 20_000 }).toContain("intake on #");
  });

  it("comes to the front at a second start, with the address that it was given, instead of opening twice", { timeout: 60_000 }, async () => {
    expect(await startAgain(workspace.path(), "signalbox://settings/checks")).toBe(0);

    await expect.poll(() => desktop.page.url()).toBe("app://signalbox/#/settings/checks");
    expect(desktop.app.windows()).toHaveLength(1);
  });

  it("goes nowhere for an address that names no place", async () => {
    await window.goTo("Board");
    await startAgain(workspace.path(), "signalbox://approve/everything");
    await startAgain(workspace.path(), "app://signalbox/#/audit");

    expect(desktop.page.url()).toBe("app://signalbox/#/board");
  });

  it("keeps the window's place for the next start, and nothing of the token", { timeout: 60_000 }, async () => {
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 60, width: 1_100, height: 720 }));
    await desktop.close();

    const saved = await readFile(join(workspace.path(), "desktop", "window.json"), "utf8");
    expect(saved).toContain('"width":1100,"height":720');
    desktop = await openInDesktop(workspace.path());
    await driveWindow(desktop);
    const size = await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getSize());
    expect(size).toEqual([1_100, 720]);
    expect(await desktop.page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]))).not.toContain("token");
  });

  it("shows on its badge how many wait, and quits without leaving its host behind", { timeout: 180_000 }, async () => {
    await desktop.app.evaluate(({ app }) => {
      app.setBadgeCount = (count) => {
        process.title = `badge ${count}`;
        return true;
      };
    });
    await window.moveToIntake(idea);
    await window.goTo("Inbox");
    await window.openRequest("Question");
    await expect.poll(() => desktop.app.evaluate(() => process.title), { timeout: 10_000 }).toBe("badge 1");
    const owner = JSON.parse(await readFile(join(workspace.path(), "owner.json"), "utf8")) as { readonly pid: number };

    await desktop.close();

    expect(() => process.kill(owner.pid, 0)).toThrow("ESRCH");
  });
});
