import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { browserUnavailable, launchBrowser } from "../../build/testbed/browser.ts";
import { emptyScreens, fullScreens, offlineScreens } from "./every-screen.ts";
import { openInLanguage, showIn } from "./in-page.ts";
import type { ShopRequests } from "./shop-project.ts";
import { openShopWorld, type ShopWorld } from "./shop-world.ts";
import { smallPng } from "./small-png.ts";

const folder = fileURLToPath(new URL("../../docs/screens/", import.meta.url));
const languages = ["en", "ru"] as const;

/** What is kept of the full workspace; of the empty one and of the one whose database is away, it is every screen. */
const kept =
  "inbox inbox-labels inbox-question inbox-batch board board-lanes board-sheet runs runs-log-filter docs docs-changes docs-verdict docs-trace docs-trace-pulls docs-pull drafts knowledge audit audit-replay audit-insights settings-checks settings-preflight settings-rules-rehearsal settings-people settings-labels settings-models palette-search".split(
    " ",
  );

type Walk = (page: Awaited<ReturnType<typeof openInLanguage>>, look: (state: string) => Promise<void>, requests: ShopRequests) => Promise<void>;

/** Takes the pictures of one walk, in one language, in both themes. @param wanted names of states; part of one, to look at it again, on the command line. */
async function take(browser: Browser, world: ShopWorld, walk: Walk, language: string, wanted: (state: string) => boolean): Promise<void> {
  const page = await openInLanguage(browser, language, "dark");
  await page.goto(world.address);
  await page.locator("main h1").first().waitFor({ state: "attached" });
  const look = async (state: string): Promise<void> => {
    if (!wanted(state)) return;
    for (const theme of ["dark", "light"] as const) {
      await showIn(page, theme);
      await writeFile(join(folder, `${state}-${language}-${theme}.png`), smallPng(await page.screenshot()));
    }
  };
  await walk(page, look, world.requests ?? ({} as ShopRequests));
  await page.close();
}

async function takeAll(browser: Browser, empty: ShopWorld, full: ShopWorld): Promise<void> {
  const [only] = process.argv.slice(2);
  const isKept = (state: string): boolean => (only === undefined ? kept.includes(state) || /-(?:empty|offline)$/u.test(state) : state.includes(only));
  const each = (world: ShopWorld, walk: Walk): Promise<unknown> => Promise.all(languages.map((language) => take(browser, world, walk, language, isKept)));
  if (only === undefined) for (const name of await readdir(folder)) if (name.endsWith(".png")) await rm(join(folder, name));
  await each(empty, emptyScreens);
  await each(full, fullScreens);
  const open = await openInLanguage(browser, "en", "dark");
  await open.goto(full.address);
  await full.goAway();
  await each(full, offlineScreens);
}

if (browserUnavailable !== undefined) throw new Error(browserUnavailable);
await mkdir(folder, { recursive: true });
const empty = await openShopWorld("empty");
const full = await openShopWorld("full");
const browser = await launchBrowser();
try {
  await takeAll(browser, empty, full);
} finally {
  await browser.close();
  await empty.close();
  await full.close();
}
