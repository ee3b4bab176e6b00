import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import { createPostgresDriver } from "../../core/adapters/postgres/driver.ts";
import type { Allowance } from "../../core/contract/allowances.ts";
import type { InboxItem } from "../../core/contract/inbox.ts";
import type { RunRow } from "../../core/contract/runs.ts";
import { browse } from "./browser.ts";
import { openServerWorld, type ServerWorld } from "./server-world.ts";
import { driveWindow, type OpenWindow } from "./window.ts";

type Inbox = { readonly items: readonly InboxItem[] };

describe.skipIf(browserUnavailable !== undefined)(`what the owner does with requests and runs ${browserUnavailable ?? ""}`, () => {
  let world: ServerWorld;
  let window: OpenWindow;

  beforeEach(async () => {
    world = await openServerWorld();
    await askForPullRequests();
    window = await driveWindow({ ...(await browse(await world.serveWindow())), killHost: () => Promise.reject(new Error("this host is not to be killed")) });
  });
  afterEach(async () => {
    await window.close();
    await world.close();
  });

  it("snoozes a request and takes it back, signs a rule for calls like it, revokes it, and runs a stage again, by keyboard", { timeout: 300_000 }, async () => {
    const { page } = window;
    const first = await startIntake("Let guests pay by card");
    await window.openRequest("Tool approval");

    await page.keyboard.press("s");
    await page.getByRole("button", { name: "in 30 minutes" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.press("1");
    await page.getByRole("button", { name: "Snoozed · 1" }).waitFor();
    expect((await requests()).map(({ snoozedUntil }) => snoozedUntil !== undefined)).toEqual([true]);
    await page.keyboard.press("z");
    await page.getByRole("button", { name: "Snoozed · 1" }).waitFor({ state: "detached" });
    await page.getByText("It waits for you again.").waitFor();

    await page
      .getByRole("button", { name: /^Approve/u })
      .and(page.locator(":enabled"))
      .waitFor();
    await page.keyboard.press("l");
    await page.getByRole("radio", { name: "Runs of issue" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("radio", { name: "Every run in" }).and(page.locator(":checked")).waitFor();
    await page.getByText("for nothing else").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("Signed. Calls like this pass unasked").waitFor();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await window.approve("Tool approval");

    const second = await startIntake("Show the tides");
    await expect
      .poll(
        async () =>
          (await requests())
            .filter(({ kind }) => kind === "gate")
            .map(({ issue }) => issue)
            .toSorted((a, b) => a - b),
        { timeout: 90_000 },
      )
      .toEqual([first, second]);
    expect((await requests()).filter(({ kind }) => kind === "tool")).toEqual([]);
    expect((await rules()).map(({ tool, used, phase }) => [tool, used, phase])).toEqual([["github_create_pr", 1, "active"]]);

    await window.goTo("Settings");
    for (const section of ["Your own server", "People", "Labels", "Models", "Budgets", "Work in progress", "Rules"]) {
      await page.keyboard.press("j");
      await page.getByRole("heading", { name: section, exact: true }).waitFor();
    }
    await page.getByRole("button", { name: "Revoke" }).press("Enter");
    await page.getByText("Nothing is allowed beforehand").waitFor();
    expect((await rules())[0]).toMatchObject({ phase: "revoked", revokedBy: "owner" });

    const over = (await runs()).find(({ issue }) => issue === second);
    await world.command("runs", "cancel", over?.id ?? "", "--reason", "Not so.");
    await window.openRun();
    await page.keyboard.press("t");
    await page.getByText("there is nobody to tell").waitFor();
    await page.keyboard.press("Shift+R");
    await page.getByRole("button", { name: "Set the label" }).and(page.locator(":enabled")).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("The label is set.").waitFor();
    await expect.poll(async () => (await runs()).filter(({ issue }) => issue === second).length, { timeout: 60_000 }).toBe(2);
    expect(window.complaints).toEqual([]);
  });

  /** The rules that are stored may be stricter than the built-in ones. */
  async function askForPullRequests(): Promise<void> {
    const driver = createPostgresDriver({ url: world.database.url, maxConnections: 1 });
    await driver.query(`update rules set content = content || '{"outcome":"ask"}' where id = 'pull-request'`);
    await driver.close();
  }

  async function startIntake(title: string): Promise<number> {
    const { number } = await world.forge.createIssue(world.repository, { title, body: "Guests ask for it every day.\n\nSuccess: 50 a week by June." });
    await world.forge.addLabels(world.repository, number, ["run:intake"]);
    return number;
  }

  const requests = async (): Promise<Inbox["items"]> => (await world.command<Inbox>("inbox", "list")).value.items;
  const rules = async (): Promise<readonly Allowance[]> =>
    (await world.command<{ readonly allowances: readonly Allowance[] }>("rules", "list", "--all")).value.allowances;
  const runs = async (): Promise<readonly RunRow[]> => (await world.command<{ readonly runs: readonly RunRow[] }>("runs", "list")).value.runs;
});
