import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import type { InboxItem } from "../../core/contract/inbox.ts";
import { browse } from "./browser.ts";
import { desktopUnavailable, openInDesktop } from "./desktop.ts";
import { openServerWorld, type ServerWorld } from "./server-world.ts";
import { driveWindow, type OpenWindow, type Surface } from "./window.ts";

type Inbox = { readonly items: readonly InboxItem[] };

const neverKilled = { killHost: () => Promise.reject(new Error("this host is not to be killed")) };
const surfaces = [
  {
    name: "a browser",
    open: async (world: ServerWorld): Promise<Surface> => ({ ...(await browse(await world.serveWindow())), ...neverKilled }),
    unavailable: browserUnavailable,
  },
  {
    name: "the desktop",
    open: ({ owner }: ServerWorld): Promise<Surface> => openInDesktop(owner.workspace, owner.variables),
    unavailable: desktopUnavailable(),
  },
] as const;

for (const { name, open, unavailable } of surfaces)
  describe.skipIf(unavailable !== undefined)(`the window of a server whose database goes away, in ${name} ${unavailable ?? ""}`, () => {
    let world: ServerWorld;
    let window: OpenWindow;

    beforeEach(async () => {
      world = await openServerWorld();
      window = await driveWindow(await open(world));
    });
    afterEach(async () => {
      await window.close();
      await world.close();
    });

    it("reads inbox and document with their age, drafts by keyboard, and back it sends what fits and says what does not", { timeout: 300_000 }, async () => {
      const { page } = window;
      const offline = page.getByText(/^Offline, as of/u);
      const document = page.getByRole("region", { name: "Read" });
      await reachGate();
      await window.goTo("Docs");
      await document.waitFor();

      const resume = await world.database.halt();
      await offline.waitFor({ timeout: 60_000 });
      await page.reload();
      await offline.waitFor();
      await window.goTo("Docs");
      await document.waitFor();
      await page
        .getByText(/^as of/u)
        .first()
        .waitFor();
      await page.keyboard.press("c");
      await page.locator("textarea:focus").waitFor();
      await page.keyboard.type("Which guests?");
      await page.keyboard.press("Control+Enter");
      await page.getByText("Draft, not sent").waitFor();
      await window.goTo("Inbox");
      await page.getByRole("link", { name: "Stage gate" }).waitFor();
      await page.keyboard.press("j");
      await page.getByRole("article").press("End");
      await page.getByRole("button", { name: "Approve a", exact: true }).and(page.locator(":enabled")).waitFor();
      await page.keyboard.press("a");
      await page.getByText("Drafted: Approve.").waitFor();
      await page.keyboard.press("Shift+D");
      await page.getByText("not compared yet").first().waitFor();

      await resume();
      await offline.waitFor({ state: "detached", timeout: 60_000 });
      const gate = (await world.command<Inbox>("inbox", "list")).value.items.find(({ kind }) => kind === "gate");
      await world.command("inbox", "deny", gate?.id ?? "", "--reason", "Not this year.", "--detach");

      await page.keyboard.press("Shift+D");
      await page.getByText("Already decided: Denied by owner via command-line").waitFor({ timeout: 60_000 });
      const comment = page.getByRole("listitem").filter({ hasText: "Which guests?" });
      await comment.getByText("fits, can be sent").waitFor();
      await page.keyboard.press("Shift+S");
      await comment.waitFor({ state: "detached", timeout: 60_000 });
      await page.getByText("1 sent, 1 left.").waitFor();

      expect(await comments()).toEqual(["Which guests?"]);
      expect(window.complaints).toEqual([]);
    });

    /** Takes an idea to the gate of its intake, in the window. */
    async function reachGate(): Promise<void> {
      const { number } = await world.forge.createIssue(world.repository, {
        title: "Let guests pay by card",
        body: "Guests ask for it every day.\n\nSuccess: 50 card payments a week by June.",
      });
      await world.forge.addLabels(world.repository, number, ["run:intake"]);
      await window.openRequest("Stage gate");
    }

    async function comments(): Promise<readonly string[]> {
      const pull = await world.command<{ runs: readonly { pull?: number }[] }>("runs", "list");
      const threads = await world.forge.reviewThreads(world.repository, pull.value.runs[0]?.pull ?? 0);
      return threads.flatMap((thread) => thread.comments.map(({ body }) => body));
    }
  });
