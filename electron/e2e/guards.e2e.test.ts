import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desktopUnavailable, openInDesktop, type Desktop } from "../../renderer/e2e/desktop.ts";
import { driveWindow } from "../../renderer/e2e/window.ts";

const reason = desktopUnavailable();

describe.skipIf(reason !== undefined)(`the guards around the desktop's page ${reason ?? ""}`, () => {
  let workspace = "";
  let desktop: Desktop;

  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), "signalbox-guards-"));
    desktop = await openInDesktop(workspace);
    await driveWindow(desktop);
  }, 120_000);
  afterAll(async () => {
    await desktop.close();
    await rm(workspace, { recursive: true, force: true });
  });

  /** What the page itself can do, as a script in it would. */
  const inPage = <T>(script: string): Promise<T> => desktop.page.evaluate(script);

  it("gives the page one function and nothing of Node or Electron", async () => {
    const names = await inPage<string[]>(
      `["require", "process", "module", "Buffer", "global", "electron", "ipcRenderer", "signalbox"].filter((name) => name in window)`,
    );

    expect(names).toEqual(["signalbox"]);
    expect(await inPage("typeof window.signalbox")).toBe("function");
  });

  it.each([
    "undefined",
    "null",
    "7",
    '"find-host"',
    "[]",
    "{}",
    '{ type: "approve" }',
    '{ type: "find-host", extra: 1 }',
    '{ type: "speak", language: "de" }',
    '{ type: "speak", language: ["en"] }',
    '{ type: "__proto__" }',
    '{ type: "speak", language: "x".repeat(10_000_000) }',
  ])("refuses %s from the page", async (message) => {
    const answer = await inPage<string>(`window.signalbox(${message}).then(() => "answered", (error) => error.message)`);

    expect(answer).toContain("refused: not a request of the contract");
  });

  it("lets the page go nowhere, open nothing and load nothing from elsewhere", async () => {
    await inPage(`void (location.href = "https://example.com/")`);
    await inPage(`void (location.href = "file:///etc/passwd")`);
    expect(await inPage(`window.open("https://example.com/") === null`)).toBe(true);
    expect(await inPage(`fetch("https://example.com/").then(() => "loaded", () => "refused")`)).toBe("refused");
    expect(await inPage(`fetch("file:///etc/passwd").then(() => "loaded", () => "refused")`)).toBe("refused");
    expect(await inPage(`fetch("app://elsewhere/index.html").then((r) => r.ok, () => false)`)).toBe(false);
    expect(await inPage(`fetch("app://signalbox/../../package.json").then((r) => r.ok, () => false)`)).toBe(false);
    expect(
      await inPage(
        `new Promise((resolve) => { const s = new WebSocket("wss://example.com"); s.onopen = () => resolve("open"); s.onerror = () => resolve("refused"); })`,
      ),
    ).toBe("refused");

    expect(desktop.page.url()).toMatch(/^app:\/\/signalbox\//u);
    expect(desktop.app.windows()).toHaveLength(1);
  });

  it("runs no script that was written into the page", async () => {
    await inPage(`window.violations = 0; addEventListener("securitypolicyviolation", () => (violations += 1))`);
    await inPage(`document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = 1'><svg onload='window.ran = 1'></svg>")`);
    await inPage(`{ const script = document.createElement("script"); script.textContent = "window.ran = 1"; document.body.append(script); }`);
    await inPage(`{ const script = document.createElement("script"); script.src = "https://example.com/x.js"; document.body.append(script); }`);
    await inPage(`void setTimeout("window.ran = 1")`);

    await expect.poll(() => inPage<number>("window.violations")).toBeGreaterThanOrEqual(4);
    expect(await inPage(`"ran" in window`)).toBe(false);
  });

  it.each(["geolocation", "notifications", "midi", "camera", "microphone", "clipboard-read"])("denies the page %s", async (name) => {
    const state = await inPage<string>(`navigator.permissions.query({ name: "${name}" }).then((status) => status.state, () => "denied")`);

    expect(state).toBe("denied");
  });
});
