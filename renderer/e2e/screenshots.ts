import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import { openInBrowser } from "./browser.ts";
import { driveWindow, type OpenWindow } from "./window.ts";

const folder = fileURLToPath(new URL("../../docs/screens/", import.meta.url));
const places = ["Inbox", "Board", "Runs", "Docs", "Knowledge", "Audit", "Settings"] as const;

/** Takes a picture as it is, in both themes. */
async function shoot({ page }: OpenWindow, name: string): Promise<void> {
  // Lists and documents come a moment after their screen.
  await page.waitForTimeout(1_200);
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(200);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
}

/** Every screen, empty, and with an intake that waits at its gate. */
async function takeAll(window: OpenWindow): Promise<void> {
  for (const place of places) {
    await window.goTo(place);
    await shoot(window, `${place.toLowerCase()}-empty`);
  }
  await window.moveToIntake("Who is on call at night?");
  await window.goTo("Inbox");
  await window.openRequest("Question");
  await shoot(window, "question");
  await window.approve("Question");
  await window.openRequest("Stage gate");
  await shoot(window, "gate");
  for (const place of places.slice(1)) {
    await window.goTo(place);
    await window.page.keyboard.press("j");
    await shoot(window, place.toLowerCase());
  }
}

if (browserUnavailable !== undefined) throw new Error(browserUnavailable);
const workspace = await mkdtemp(join(tmpdir(), "signalbox-screens-"));
await mkdir(folder, { recursive: true });
const window = await driveWindow(await openInBrowser(workspace));
try {
  await takeAll(window);
} finally {
  await window.close();
  await rm(workspace, { recursive: true, force: true });
}
