import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { startCommand } from "../../core/testing/command-line.ts";
import { complaintsOf, type Surface } from "./window.ts";

/** Names under which systems have a Chromium. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The machine's own browser: SIGNALBOX_TEST_BROWSER, or the first that is on the path. */
const executable =
  process.env["SIGNALBOX_TEST_BROWSER"] ??
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(existsSync);

/** Why no window can be looked at here; undefined when one can. */
export const browserUnavailable =
  executable === undefined ? "(skipped: there is no Chromium on this machine; install one, or name it in SIGNALBOX_TEST_BROWSER)" : undefined;

function launchBrowser(): Promise<Browser> {
  // As root, as in a container, Chromium refuses its own sandbox.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: executable ?? "", args });
}

/** A browser at an address of the window, which whoever opened it has served. */
export async function browse(address: string): Promise<Omit<Surface, "killHost">> {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, locale: "en" });
  const complaints = complaintsOf(page);
  await page.goto(address);
  return { page, complaints, close: () => browser.close() };
}

/** The window in a browser, served by the program on its own. */
export async function openInBrowser(workspace: string): Promise<Surface> {
  const server = startCommand(["desktop", "--web", "--no-open", "--workspace", workspace]);
  await server.shows("#token=");
  const surface = await browse(/http:\S+/u.exec(server.said())?.[0] ?? "");
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server.process.kill(signal);
    await server.ended;
  };
  return {
    ...surface,
    killHost: () => end("SIGKILL"),
    async close() {
      await surface.close();
      await end("SIGINT");
    },
  };
}
