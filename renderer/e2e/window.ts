import type { Page } from "playwright-core";

/** A surface with its page loaded, before anything was asked of it. */
export interface Surface {
  readonly page: Page;
  /** What the page complained of so far. */
  readonly complaints: readonly string[];
  /** Kills the process behind the window, as a fault would. */
  killHost(): Promise<void>;
  close(): Promise<void>;
}

/** Collects a page's complaints from now on. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  return complaints;
}

/** The window as its owner has it, with a whole rehearsal workspace behind it. It is driven by keyboard only. */
export interface OpenWindow extends Surface {
  /** Goes to a screen by its name in the palette. */
  goTo(place: string): Promise<void>;
  /** Sets the issue with this title going, from the board. */
  moveToIntake(title: string): Promise<void>;
  /** Opens the next request of this kind, as soon as there is one. */
  openRequest(kind: string): Promise<void>;
  /** Approves the opened request and waits until it is gone. */
  approve(kind: string): Promise<void>;
  /** Answers the opened request in words, by the key of the verdict, and waits until it was sent. */
  write(key: string, words: string): Promise<void>;
  /** Opens the newest run. */
  openRun(): Promise<void>;
}

export async function driveWindow(surface: Surface): Promise<OpenWindow> {
  const { page } = surface;
  // A first start makes a database, on a machine that may be busy with something else.
  await page.getByText("Nothing waits for you").waitFor({ timeout: 60_000 });

  async function goTo(place: string): Promise<void> {
    await page.keyboard.press("Control+k");
    await page.locator("[role=dialog] input:focus").waitFor();
    await page.keyboard.type(place);
    await page.locator("[role=dialog] [data-selected]", { hasText: place }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator(`nav a[aria-current=page]`, { hasText: place }).waitFor();
  }

  async function seeSent(): Promise<void> {
    await page.getByText(": sent in").waitFor();
    await page.getByText(": sent in").waitFor({ state: "detached" });
  }

  return {
    ...surface,
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
      const comes = page.getByRole("link", { name: kind }).first().waitFor({ timeout: 120_000 });
      await comes.catch(async (error: unknown) => {
        throw new Error(`no ${kind} came; the window shows:\n${await page.locator("body").innerText()}`, { cause: error });
      });
      await page.keyboard.press("j");
      await page
        .getByRole("button", { name: /^(?:Approve|Take the first option) a$/u })
        .and(page.locator(":enabled"))
        .waitFor();
    },
    async approve(kind) {
      await page.keyboard.press("a");
      await seeSent();
      await page.getByRole("link", { name: kind }).first().waitFor({ state: "detached", timeout: 60_000 });
    },
    async write(key, words) {
      await page.keyboard.press(key);
      await page.locator("textarea:focus").waitFor();
      await page.keyboard.type(words);
      await page.keyboard.press("Control+Enter");
      await seeSent();
    },
    async openRun() {
      await goTo("Runs");
      await page
        .getByText(/^intake on/u)
        .first()
        .waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.getByRole("tab", { name: "Log" }).waitFor();
    },
  };
}
