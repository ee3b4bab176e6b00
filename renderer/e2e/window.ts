import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { startCommand, type RunningCommand } from "../../core/testing/command-line.ts";
import { launchBrowser } from "./browser.ts";

const config = fileURLToPath(new URL("../../build/renderer/vite.config.ts", import.meta.url));
const vite = fileURLToPath(new URL("../../node_modules/vite/bin/vite.js", import.meta.url));

export async function buildPage(): Promise<void> {
  await promisify(execFile)(process.execPath, [vite, "build", "--config", config, "--logLevel", "warn"]);
}

/** The window as its owner has it: served by the program, in a real browser, with a whole rehearsal workspace behind it. It is driven by keyboard only. */
export interface OpenWindow {
  readonly page: Page;
  readonly server: RunningCommand;
  /** What the page complained of so far. */
  readonly complaints: readonly string[];
  /** Goes to a screen by its name in the palette. */
  goTo(place: string): Promise<void>;
  /** Sets the issue with this title going, from the board. */
  moveToIntake(title: string): Promise<void>;
  /** Opens the next request of this kind, as soon as there is one. */
  openRequest(kind: string): Promise<void>;
  /** Approves the opened request and waits until it is gone. */
  approve(kind: string): Promise<void>;
  close(): Promise<void>;
}

export async function openWindow(workspace: string): Promise<OpenWindow> {
  const server = startCommand(["desktop", "--web", "--no-open", "--workspace", workspace]);
  await server.shows("#token=");
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, locale: "en" });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(/http:\S+/u.exec(server.said())?.[0] ?? "");
  await page.getByText("Nothing waits for you").waitFor();

  async function goTo(place: string): Promise<void> {
    await page.keyboard.press("Control+k");
    await page.locator("[role=dialog] input:focus").waitFor();
    await page.keyboard.type(place);
    await page.getByRole("dialog").getByText(place, { exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator(`nav a[aria-current=page]`, { hasText: place }).waitFor();
  }

  return {
    page,
    server,
    complaints,
    goTo,
    async moveToIntake(title) {
      await goTo("Board");
      await page.getByText(title).waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("m");
      await page.getByText("Nothing stands in the way").waitFor();
      await page.keyboard.press("Control+Enter");
      await page.getByText("Nothing stands in the way").waitFor({ state: "detached" });
    },
    async openRequest(kind) {
      await page.getByRole("link", { name: kind }).first().waitFor({ timeout: 120_000 });
      await page.keyboard.press("j");
      await page
        .getByRole("button", { name: /^(?:Approve|Take the first option) a$/u })
        .and(page.locator(":enabled"))
        .waitFor();
    },
    async approve(kind) {
      await page.keyboard.press("a");
      await page.getByText("Approve: sent in").waitFor();
      await page.getByText("Approve: sent in").waitFor({ state: "detached" });
      await page.getByRole("link", { name: kind }).first().waitFor({ state: "detached", timeout: 60_000 });
    },
    async close() {
      await browser.close();
      server.process.kill("SIGINT");
      await server.ended;
    },
  };
}
