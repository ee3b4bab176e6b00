import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import { runCommand, runJson } from "../../core/testing/command-line.ts";
import { freePort } from "../../core/testing/free-port.ts";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { openInBrowser } from "./browser.ts";
import { openServerWorld, type ServerWorld } from "./server-world.ts";
import { driveWindow, type OpenWindow, type Surface } from "./window.ts";

describe.skipIf(browserUnavailable !== undefined)(`the way to a server of one's own, in a browser ${browserUnavailable ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  let world: ServerWorld;
  let surface: Surface;
  let window: OpenWindow;

  beforeEach(async () => {
    world = await openServerWorld();
    surface = await openInBrowser(workspace.path());
    window = await driveWindow(surface);
  });
  afterEach(async () => {
    await surface.close();
    await world.close();
  });

  it("is gone by keyboard: each step is tried, and what is kept at the end opens the server without a variable", { timeout: 180_000 }, async () => {
    const { page } = surface;
    const { SIGNALBOX_DATABASE_URL: database = "", SIGNALBOX_GITHUB_URL: forge = "", SIGNALBOX_OWNER_GITHUB_TOKEN: token = "" } = world.owner.variables;
    const nowhere = new URL(database);
    nowhere.port = String(await freePort());
    await window.goTo("Settings");
    await page.evaluate("location.hash = '#/settings/server'");
    const isDone = (name: string): Promise<void> => page.getByRole("heading", { name: `${name} done`, exact: true }).waitFor();

    await page.getByLabel("Address, with user and password").focus();
    await page.keyboard.insertText(nowhere.href);
    await page.keyboard.press("Enter");
    await page.getByText("What to do:").first().waitFor();
    expect(await page.getByLabel("Your token").isDisabled()).toBe(true);

    await page.getByLabel("Address, with user and password").focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(database);
    await page.keyboard.press("Enter");
    await isDone("Database");
    await page.getByLabel("Address of the API").and(page.locator(":focus")).waitFor();

    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(forge);
    await page.keyboard.press("Tab");
    await page.keyboard.insertText("a token that is none");
    await page.keyboard.press("Enter");
    await page.getByText("What to do:").first().waitFor();
    await page.getByLabel("Your token").focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(token);
    await page.keyboard.press("Enter");
    await isDone("GitHub");
    expect(await page.locator("main").textContent()).toContain("owner may set labels and review here");

    await page.getByRole("button", { name: "Make the key" }).press("Enter");
    await isDone("Your key");
    await page.getByRole("button", { name: "Keep it" }).press("Enter");
    await page.getByRole("button", { name: "Forget the connection" }).waitFor();
    const command = (await page.locator("pre").filter({ hasText: "signalbox --server" }).textContent()) ?? "";

    expect(await page.getByLabel("sealed with the system's keyring").isDisabled()).toBe(true);
    expect(command).toBe(`signalbox --server --workspace ${join(workspace.path(), "server")} desktop`);
    const asToldThere = command.split(" ").slice(1, -1);
    const { value } = await runJson<{ readonly checks: readonly { readonly id: string; readonly status: string }[] }>([...asToldThere, "doctor"]);
    expect(value.checks.map(({ id, status }) => `${id} ${status}`)).toEqual(["database pass", "forge pass", "key pass"]);

    await page.getByRole("button", { name: "Forget the connection" }).press("Enter");
    await page.getByRole("button", { name: "Forget the connection" }).waitFor({ state: "detached" });
    const forgotten = await runCommand([...asToldThere, "doctor"]);
    expect(forgotten.code).not.toBe(0);
    expect(forgotten.err).toContain("Your own server");
    expect(surface.complaints).toEqual([]);
  });
});
