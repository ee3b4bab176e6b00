import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { browserUnavailable } from "./browser.ts";
import { buildPage, openWindow, type OpenWindow } from "./window.ts";

type Listed = { readonly runs: readonly { readonly phase: string; readonly stage: string }[] };

describe.skipIf(browserUnavailable !== undefined)(`the first minutes in the window ${browserUnavailable ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  let window: OpenWindow;

  beforeAll(buildPage, 120_000);
  beforeEach(async () => void (window = await openWindow(workspace.path())));
  afterEach(() => window.close());

  const phaseOfIntake = async (): Promise<string | undefined> =>
    (await workspace.command<Listed>("runs", "list")).value.runs.find(({ stage }) => stage === "intake")?.phase;

  it("take an idea through its intake, keyboard only, and the token is in no address", { timeout: 300_000 }, async () => {
    expect(window.page.url()).not.toContain("token");

    await window.moveToIntake("Who is on call at night?");
    await window.goTo("Inbox");
    for (const kind of ["Question", "Stage gate"]) {
      await window.openRequest(kind);
      await window.approve(kind);
    }
    await window.goTo("Runs");
    await window.page
      .getByText(/intake/iu)
      .first()
      .waitFor();

    await expect.poll(phaseOfIntake, { timeout: 60_000, interval: 1_000 }).toBe("succeeded");
    expect(window.complaints).toEqual([]);
  });

  it("show what was there, with a word that the host is away, when the host is killed", { timeout: 120_000 }, async () => {
    await window.goTo("Board");
    await window.page.getByText("Who is on call at night?").waitFor();

    window.server.process.kill("SIGKILL");
    await window.server.ended;

    await window.page.getByRole("alert").first().waitFor();
    expect(await window.page.getByText("Who is on call at night?").isVisible()).toBe(true);
  });
});
