import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { browserUnavailable, openInBrowser } from "./browser.ts";
import { desktopUnavailable, openInDesktop } from "./desktop.ts";
import { driveWindow, type OpenWindow } from "./window.ts";

type Listed = { readonly runs: readonly { readonly phase: string; readonly stage: string }[] };

const surfaces = [
  { name: "a browser", open: openInBrowser, unavailable: browserUnavailable },
  { name: "the desktop", open: openInDesktop, unavailable: desktopUnavailable() },
] as const;

for (const { name, open, unavailable } of surfaces)
  describe.skipIf(unavailable !== undefined)(`the first minutes in ${name} ${unavailable ?? ""}`, () => {
    const workspace = eachTestsWorkspace();
    let window: OpenWindow;

    beforeEach(async () => void (window = await driveWindow(await open(workspace.path()))));
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

      await window.killHost();

      await window.page.getByRole("alert").first().waitFor();
      expect(await window.page.getByText("Who is on call at night?").isVisible()).toBe(true);
    });
  });
