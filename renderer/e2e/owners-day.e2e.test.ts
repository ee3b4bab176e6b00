import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import { eachTestsWorkspace } from "../../core/testing/rehearsal-workspace.ts";
import { openInBrowser } from "./browser.ts";
import { desktopUnavailable, openInDesktop } from "./desktop.ts";
import { driveWindow, type OpenWindow } from "./window.ts";

interface Listed {
  readonly runs: readonly { readonly id: string; readonly phase: string; readonly stage: string; readonly variant: string }[];
}
interface Waiting {
  readonly items: readonly {
    readonly id: string;
    readonly kind: string;
    readonly decision?: { readonly verdict: { readonly type: string; readonly text?: string } };
  }[];
}

const idea = "Who is on call at night?";
const surfaces = [
  { name: "a browser", open: openInBrowser, unavailable: browserUnavailable },
  { name: "the desktop", open: openInDesktop, unavailable: desktopUnavailable() },
] as const;

for (const { name, open, unavailable } of surfaces)
  describe.skipIf(unavailable !== undefined)(`the owner's day in ${name} ${unavailable ?? ""}`, () => {
    const workspace = eachTestsWorkspace();
    let window: OpenWindow;
    const openWindow = async (): Promise<void> => void (window = await driveWindow(await open(workspace.path())));

    beforeEach(openWindow);
    afterEach(() => window.close());

    const runs = async (): Promise<Listed["runs"]> => (await workspace.command<Listed>("runs", "list")).value.runs;
    const ended = async (stage: string): Promise<boolean> => (await runs()).some((run) => run.stage === stage && run.phase === "succeeded");
    const requests = async (...options: string[]): Promise<Waiting["items"]> => (await workspace.command<Waiting>("inbox", "list", ...options)).value.items;

    /** The kind of what waits next; nothing once the stage has ended. */
    const nextKind = async (stage: string): Promise<Waiting["items"][number]["kind"] | undefined> => {
      let found: string | undefined;
      const look = async (): Promise<boolean> => {
        found = (await ended(stage)) ? undefined : (await requests())[0]?.kind;
        return found !== undefined || ended(stage);
      };
      await expect.poll(look, { timeout: 120_000, interval: 500 }).toBe(true);
      return found;
    };

    const approveUntilEnd = async (stage: string): Promise<void> => {
      for (let kind = await nextKind(stage); kind !== undefined; kind = await nextKind(stage)) {
        const name = { question: "Question", gate: "Stage gate" }[kind] ?? kind;
        await window.openRequest(name);
        await window.approve(name);
      }
    };

    it("takes an idea to its prd, with an answer in free words and changes asked for, keyboard only", { timeout: 420_000 }, async () => {
      expect(window.page.url()).not.toContain("token");
      await window.moveToIntake(idea);
      await window.goTo("Inbox");
      await window.openRequest("Question");
      await window.write("w", "Only those who are on call.");
      await window.openRequest("Stage gate");
      await window.write("r", "Say who decides.");
      await approveUntilEnd("intake");
      await approveUntilEnd("vision");
      await approveUntilEnd("prd");

      const decided = (await requests("--all")).map(({ decision }) => decision?.verdict);
      expect(decided).toContainEqual({ type: "answer", text: "Only those who are on call." });
      expect(decided.filter((verdict) => verdict?.type === "request_changes")).toHaveLength(1);
      expect((await runs()).filter(({ stage, variant }) => stage === "intake" && variant === "revise")).toHaveLength(1);
      expect(window.complaints).toEqual([]);
    });

    it("shows what was decided on the command line meanwhile, to whoever was still writing", { timeout: 180_000 }, async () => {
      await window.moveToIntake(idea);
      await window.goTo("Inbox");
      await window.openRequest("Question");
      await window.page.keyboard.press("w");
      await window.page.locator("textarea:focus").waitFor();
      await window.page.keyboard.type("No, on");

      await workspace.command("inbox", "approve", (await requests())[0]?.id ?? "", "--detach");

      await window.page.getByText(/Approved by .+ via command-line/u).waitFor({ timeout: 20_000 });
      expect(await window.page.getByRole("button", { name: "Sign and send" }).count()).toBe(0);
    });

    it("resumes a parked run after the window was closed and opened again", { timeout: 240_000 }, async () => {
      await window.moveToIntake(idea);
      await window.openRun();
      await window.page.getByRole("button", { name: "Park" }).waitFor();
      await window.page.keyboard.press("p");
      await window.page.getByRole("status").getByText("Held by you until you resume it").waitFor({ timeout: 60_000 });
      await window.close();

      await openWindow();
      await window.openRun();
      await window.page.getByRole("status").getByText("Held by you until you resume it").waitFor();
      await window.page.keyboard.press("r");
      await window.page.getByText("Held by you until you resume it").first().waitFor({ state: "detached" });
      await window.goTo("Inbox");
      await window.openRequest("Question");

      expect((await runs()).map(({ stage }) => stage)).toEqual(["intake"]);
    });

    it("shows what was there, with a word that the host is away, when the host is killed", { timeout: 120_000 }, async () => {
      await window.goTo("Board");
      await window.page.getByText(idea).waitFor();

      await window.killHost();

      await window.page.getByRole("alert").first().waitFor();
      expect(await window.page.getByText(idea).isVisible()).toBe(true);
    });
  });
