import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desktopUnavailable, openInDesktop, type Desktop } from "../../renderer/e2e/desktop.ts";
import { driveWindow, type OpenWindow } from "../../renderer/e2e/window.ts";

const reason = desktopUnavailable();

const count = 100_000;
const seed = 20_261_121;
/** They cross in portions, because some are long. */
const portion = 5_000;

/** Messages that are no request of the contract: anything at all, and requests with something wrong in them. */
const malformed: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc
    .record({ type: fc.oneof(fc.constantFrom("find-host", "start-host"), fc.string()), extra: fc.jsonValue() })
    .map(({ type, extra }) => ({ type, [`${typeof extra}!`]: extra })),
  fc.record({ type: fc.constant("speak"), language: fc.jsonValue().filter((value) => value !== "en" && value !== "ru") }),
  fc.jsonValue().map((type) => ({ type: [type] })),
  fc.constantFrom("find-host", "speak").map((type) => [{ type, language: "en" }]),
  fc.string().map((type) => ({ type: `${type}!`, language: "ru", ["__proto__"]: { type: "speak" } })),
);

/** Runs in the page: sends all of them, and counts what came of it. */
async function sendAll(messages: readonly unknown[]): Promise<{ answered: number; refused: number }> {
  const { signalbox } = globalThis as unknown as { readonly signalbox: (message: unknown) => Promise<unknown> };
  const results = await Promise.allSettled(messages.map((message) => signalbox(message)));
  const answered = results.filter(({ status }) => status === "fulfilled").length;
  return { answered, refused: results.length - answered };
}

describe.skipIf(reason !== undefined)(`the guards around the desktop's page ${reason ?? ""}`, () => {
  let workspace = "";
  let desktop: Desktop;
  let window: OpenWindow;

  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), "signalbox-guards-"));
    desktop = await openInDesktop(workspace);
    window = await driveWindow(desktop);
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

  it(`refuses ${count} generated messages, and goes on as before`, { timeout: 180_000 }, async () => {
    const messages = fc.sample(malformed, { seed, numRuns: count });
    const heard = { answered: 0, refused: 0 };
    for (let from = 0; from < count; from += portion) {
      const some = await desktop.page.evaluate(sendAll, messages.slice(from, from + portion));
      heard.answered += some.answered;
      heard.refused += some.refused;
    }

    expect(heard).toEqual({ answered: 0, refused: count });
    expect(await inPage<string>("document.documentElement.lang")).toBe("en");
    await window.goTo("Board");
  });

  it("saves what the owner exports where he says", async () => {
    const file = join(workspace, "trail.jsonl");
    // The owner's answer to the question where; the system's own dialogue has no keyboard here.
    await desktop.app.evaluate(({ session }, path) => session.defaultSession.once("will-download", (_event, item) => item.setSavePath(path)), file);

    await window.goTo("Audit");
    await desktop.page.getByRole("button", { name: "Export" }).press("Enter");
    await desktop.page.getByRole("menuitem", { name: "JSON Lines, signed" }).press("Enter");

    await expect.poll(() => readFile(file, "utf8").catch(() => "")).toMatch(/"signature".*\n$/u);
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

  it.each([
    ["a file of the system", `"file:///etc/passwd"`],
    ["an address elsewhere", `"https://example.com/a.zip"`],
    ["an inline file", `"data:application/octet-stream,a"`],
    ["the page's own parts", `"app://signalbox/index.html"`],
  ])("saves %s under no name", async (_what, address) => {
    const own = join(workspace, "own.txt");
    await rm(own, { force: true });
    await desktop.app.evaluate(({ session }, path) => {
      const saved: string[] = Object.assign(globalThis, { saved: [] }).saved;
      session.defaultSession.on("will-download", (event, item) => {
        if (!event.defaultPrevented) saved.push(item.getURL().split(":")[0] ?? "");
        item.setSavePath(path);
      });
    }, own);
    const save = (from: string): Promise<void> =>
      inPage(`{ const link = document.createElement("a"); link.href = ${from}; link.download = "a"; link.click(); }`);

    await save(address);
    // What the page made itself comes after it, so that the other had its time.
    await save(`URL.createObjectURL(new Blob(["own"]))`);

    await expect.poll(() => readFile(own, "utf8").catch(() => "")).toBe("own");
    expect(await desktop.app.evaluate(() => (globalThis as unknown as { saved: string[] }).saved)).toEqual(["blob"]);
  });
});
