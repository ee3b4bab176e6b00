import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import type { WorkspaceState } from "../../core/contract/workspace.ts";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { openInBrowser } from "./browser.ts";
import { driveWindow, type OpenWindow } from "./window.ts";

const idea = "Who is on call at night?";

describe.skipIf(browserUnavailable !== undefined)(`what holds everything, in a browser ${browserUnavailable ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  let window: OpenWindow;

  beforeEach(async () => void (window = await driveWindow(await openInBrowser(workspace.path()))));
  afterEach(() => window.close());

  it("is paused and restored by keyboard from any screen, and every run that waits for it says so", { timeout: 180_000 }, async () => {
    const { page } = window;
    await page.keyboard.press("Shift+P");
    await page.getByText("No run is at work.").waitFor();
    await page.locator("textarea:focus").waitFor();
    await page.keyboard.type("lunch");
    await page.keyboard.press("Control+Enter");
    const banner = page.getByRole("status").filter({ hasText: "Everything is paused by owner" });
    await banner.getByText("lunch").waitFor();

    await window.moveToIntake(idea);
    const card = page.getByRole("button").filter({ hasText: idea });
    await card.getByText("paused").waitFor();
    await card.getByText("by owner since").waitFor();
    await banner.getByText("Runs that wait for it: 1").waitFor();
    await window.goTo("Runs");
    await page.getByText("Paused by owner since").first().waitFor();

    await page.keyboard.press("Shift+P");
    await banner.waitFor({ state: "detached" });
    await window.goTo("Inbox");
    await window.openRequest("Question");
    expect(window.complaints).toEqual([]);
  });

  it("shows the budgets, takes new ones, and warns at the run that has used one up", { timeout: 180_000 }, async () => {
    const { page } = window;
    await window.goTo("Budgets");
    await page.getByRole("heading", { name: "Budgets" }).waitFor();
    const limit = page.getByRole("group", { name: "Each run" }).getByLabel("Tokens");
    await limit.focus();
    await page.keyboard.type("1");
    const save = page.getByRole("button", { name: "Save" });
    await save.and(page.locator(":enabled")).waitFor();
    await page.keyboard.press("Enter");
    await save.and(page.locator(":disabled")).waitFor();
    expect((await workspace.command<WorkspaceState>("budget")).value.budgets).toEqual({ run: { tokens: 1 } });

    await window.moveToIntake(idea);
    const card = page.getByRole("button").filter({ hasText: idea });
    await card.getByText("Budget spent:").waitFor({ timeout: 60_000 });
    await window.openRun();
    await page.getByText("Stopped, a budget is spent").first().waitFor();
    await page.getByRole("link", { name: "Raise the budget" }).press("Enter");
    await page.getByRole("group", { name: "Each run" }).getByLabel("Tokens").fill("");
    await page.keyboard.press("Enter");
    await window.goTo("Inbox");
    await window.openRequest("Question");
    expect(window.complaints).toEqual([]);
  });
});
