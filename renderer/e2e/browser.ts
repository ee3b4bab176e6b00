import { launchBrowser } from "../../build/testbed/browser.ts";
import { startCommand } from "../../core/testing/command-line.ts";
import { complaintsOf, type Surface } from "./window.ts";

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
