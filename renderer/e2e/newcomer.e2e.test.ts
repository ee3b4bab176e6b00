import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { openInBrowser } from "./browser.ts";
import { driveWindow, type OpenWindow } from "./window.ts";

const run = promisify(execFile);
const idea = "Who is on call at night?";

describe.skipIf(browserUnavailable !== undefined)(`a new workspace, in a browser ${browserUnavailable ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  let window: OpenWindow;

  beforeEach(async () => {
    window = await driveWindow(await openInBrowser(workspace.path()));
  });
  afterEach(() => window.close());

  it("leads through its first minutes by three hints, each gone when it was followed, and they can be put away", { timeout: 240_000 }, async () => {
    const { page } = window;
    const hints = page.getByRole("complementary", { name: "First minutes" });
    const next = (name: string): Promise<void> => hints.getByRole("link", { name }).waitFor({ timeout: 120_000 });
    await next("Set the sample's idea going");

    await hints.getByRole("link").press("Enter");
    await page.getByText(idea).waitFor();
    await window.moveToIntake(idea);
    await next("Decide what the agent asks");
    await window.goTo("Inbox");
    await window.openRequest("Question");
    await window.approve("Question");
    await next("Read what it wrote");
    await window.openRequest("Stage gate");
    await window.approve("Stage gate");
    await hints.getByRole("link").press("Enter");

    await page.getByText("That was the whole way").waitFor();
    expect(await hints.getByText(": done").count()).toBe(3);
    await page.getByRole("button", { name: "Hide these hints" }).press("Enter");
    await page.getByText("That was the whole way").waitFor({ state: "detached" });
    await page.reload();
    await page.locator("main h1").first().waitFor();
    expect(await hints.count()).toBe(0);
    expect(window.complaints).toEqual([]);
  });

  it("shows one project or all of them, as the owner chooses, and hides nothing that waits", { timeout: 240_000 }, async () => {
    const { page } = window;
    const project = page.getByLabel("Project", { exact: true });
    expect(await project.count()).toBe(0);
    await window.moveToIntake(idea);
    const name = await addRepository();

    await project.selectOption(name);
    await window.goTo("Board");
    await page.getByText(idea).waitFor({ state: "detached" });
    await page.reload();
    await page.locator("main h1").first().waitFor();
    expect(await project.inputValue()).toBe(name);
    await window.goTo("Inbox");
    await page.getByRole("button", { name: "Waiting in other projects: 1" }).press("Enter", { timeout: 120_000 });
    await window.openRequest("Question");
    expect(await project.inputValue()).toBe("");

    await page.keyboard.press("Control+k");
    await page.locator("[role=dialog] input:focus").waitFor();
    await page.keyboard.type(`Project: ${name}`);
    await page.locator("[role=dialog] [data-selected]", { hasText: `Project: ${name}` }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await project.inputValue()).toBe(name);
    await window.goTo("Runs");
    await page.getByText("intake on #").waitFor({ state: "detached" });
    expect(window.complaints).toEqual([]);
  });

  /** Brings a repository of this machine in. @returns its name. */
  async function addRepository(): Promise<string> {
    const { page } = window;
    const directory = join(workspace.path(), "harbour-lights");
    await mkdir(directory);
    await writeFile(join(directory, "README.md"), "# Harbour lights\n");
    for (const args of [
      ["init", "-q", "-b", "main"],
      ["add", "."],
      ["-c", "user.name=Olga", "-c", "user.email=olga@example.com", "commit", "-q", "-m", "begin"],
    ])
      await run("git", args, { cwd: directory });
    await window.goTo("Settings");
    await page.getByLabel("Folder of the repository").focus();
    await page.keyboard.insertText(directory);
    await page.keyboard.press("Enter");
    const added = page.getByText(/harbour-lights-\w+ is here/u);
    await added.waitFor();
    return /local\/harbour-lights-\w+/u.exec((await added.textContent()) ?? "")?.[0] ?? "";
  }
});
