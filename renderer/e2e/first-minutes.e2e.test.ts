import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startCommand, type RunningCommand } from "../../core/testing/command-line.ts";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { browserUnavailable, launchBrowser } from "./browser.ts";

const config = fileURLToPath(new URL("../../build/renderer/vite.config.ts", import.meta.url));
const vite = fileURLToPath(new URL("../../node_modules/vite/bin/vite.js", import.meta.url));

/** The window as its owner has it: served by the program, in a real browser, with the whole rehearsal workspace behind it. Nothing is clicked. */
describe.skipIf(browserUnavailable !== undefined)(`the first minutes in the window ${browserUnavailable ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  let server: RunningCommand;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => void (await promisify(execFile)(process.execPath, [vite, "build", "--config", config, "--logLevel", "warn"])), 120_000);
  beforeEach(async () => {
    complaints.length = 0;
    server = startCommand(["desktop", "--web", "--no-open", "--workspace", workspace.path()]);
    await server.shows("#token=");
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(/http:\S+/u.exec(server.said())?.[0] ?? "");
    await page.getByText("Nothing waits for you").waitFor();
  });
  afterEach(async () => {
    await browser.close();
    server.process.kill("SIGINT");
    await server.ended;
  });

  const goTo = async (place: string): Promise<void> => {
    await page.keyboard.press("Control+k");
    await page.locator("[role=dialog] input:focus").waitFor();
    await page.keyboard.type(place);
    await page.getByRole("dialog").getByText(place, { exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator(`nav a[aria-current=page]`, { hasText: place }).waitFor();
  };
  /** The next request in the inbox is opened and approved, and its five seconds are waited for. */
  const approve = async (kind: string): Promise<void> => {
    await page.getByRole("link", { name: kind }).first().waitFor({ timeout: 120_000 });
    await page.keyboard.press("j");
    await page
      .getByRole("button", { name: /^Approve a$/u })
      .and(page.locator(":enabled"))
      .waitFor();
    await page.keyboard.press("a");
    await page.getByText("Approve: sent in").waitFor();
    await page.getByText("Approve: sent in").waitFor({ state: "detached" });
    await page.getByRole("link", { name: kind }).first().waitFor({ state: "detached", timeout: 60_000 });
  };

  it("take an idea through its intake, keyboard only, and the token is in no address", { timeout: 300_000 }, async () => {
    expect(page.url()).not.toContain("token");

    await goTo("Board");
    await page.getByText("Who is on call at night?").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("m");
    await page.getByText("Nothing stands in the way").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("Nothing stands in the way").waitFor({ state: "detached" });

    await goTo("Inbox");
    await approve("Question");
    await approve("Stage gate");
    await goTo("Runs");
    await page
      .getByText(/intake/iu)
      .first()
      .waitFor();

    type Listed = { readonly runs: readonly { readonly phase: string; readonly stage: string }[] };
    const phaseOfIntake = async (): Promise<string | undefined> =>
      (await workspace.command<Listed>("runs", "list")).value.runs.find(({ stage }) => stage === "intake")?.phase;
    await expect.poll(phaseOfIntake, { timeout: 60_000, interval: 1_000 }).toBe("succeeded");
    expect(complaints).toEqual([]);
  });

  it("show what was there, with a word that the host is away, when the host is killed", { timeout: 120_000 }, async () => {
    await goTo("Board");
    await page.getByText("Who is on call at night?").waitFor();

    server.process.kill("SIGKILL");
    await server.ended;

    await page.getByRole("alert").first().waitFor();
    expect(await page.getByText("Who is on call at night?").isVisible()).toBe(true);
  });
});
