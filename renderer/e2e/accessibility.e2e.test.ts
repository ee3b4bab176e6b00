import type { Browser, Page, WebSocket } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserUnavailable, launchBrowser } from "../../build/testbed/browser.ts";
import { emptyScreens, fullScreens, offlineScreens, type Look } from "./every-screen.ts";
import { barriers, callInPage, openInLanguage, showIn } from "./in-page.ts";
import type { ShopRequests } from "./shop-project.ts";
import { openShopWorld, type ShopWorld } from "./shop-world.ts";
import { complaintsOf } from "./window.ts";

/** Each with the theme that it starts in. The last language is nobody's: its texts are longer, and stand in brackets (renderer/i18n/pseudo.ts). */
const themes = { en: "dark", ru: "light", "x-pseudo": "light" } as const;
type Language = keyof typeof themes;
const languages = Object.keys(themes) as Language[];

/** Names, and examples of a path, an address and a label, are the same in every language. */
const names = ["Signalbox", "English", "Русский", "GitHub", "/home/olga/shop", "postgres://signalbox:…@db.example:5432/signalbox"];

interface Placed {
  readonly text: string;
  readonly place: string;
}

/** Each language has a page of its own on the same two workspaces: an empty one, and a full one whose database goes away in the end. */
describe.skipIf(browserUnavailable !== undefined)(`every screen ${browserUnavailable ?? ""}`, () => {
  const found = { barriers: [] as string[], flaws: [] as string[], untranslated: [] as string[] };
  const states = new Set<string>();
  const complaints: (readonly string[])[] = [];
  let empty: ShopWorld;
  let full: ShopWorld;
  let browser: Browser;

  beforeAll(async () => {
    empty = await openShopWorld("empty");
    full = await openShopWorld("full");
    browser = await launchBrowser();
    const walks = await Promise.all(languages.map((language) => openWalk(language)));
    await Promise.all(walks.map((walk) => walk(empty, emptyScreens)));
    await Promise.all(walks.map((walk) => walk(full, fullScreens)));
    await full.goAway();
    await Promise.all(walks.map((walk) => walk(full, offlineScreens)));
  }, 280_000);

  type Walk = (world: ShopWorld, screens: (page: Page, look: Look, requests: ShopRequests) => Promise<void>) => Promise<void>;

  async function openWalk(language: Language): Promise<Walk> {
    const page = await openInLanguage(browser, language, themes[language]);
    const sent = whatIsSentTo(page);
    complaints.push(complaintsOf(page));
    const look: Look = async (state) => {
      states.add(state);
      if (language !== "x-pseudo")
        return void found.barriers.push(...(await barriersInBoth(page, themes[language])).map((barrier) => `${state}, ${language}, ${barrier}`));
      found.flaws.push(...(await flawsOf(page)).map((flaw) => `${state}: ${flaw}`));
      found.untranslated.push(...(await untranslatedOn(page, sent())).map((text) => `${state}: ${text}`));
    };
    return async (world, screens) => {
      if (new URL(page.url()).origin !== new URL(world.address).origin) await page.goto(world.address);
      await page.locator("main h1").first().waitFor({ state: "attached" });
      await screens(page, look, world.requests ?? ({} as ShopRequests));
    };
  }

  afterAll(async () => {
    await browser?.close();
    await empty?.close();
    await full?.close();
  });

  it("can be used by everybody: axe finds nothing serious, in both themes and both languages", () => {
    expect(states.size).toBeGreaterThan(50);
    expect(tally(found.barriers)).toEqual([]);
  });

  it("has room for a language that is longer by two fifths: nothing is cut off", () => {
    expect(tally(found.flaws)).toEqual([]);
  });

  it("says nothing that is not in the catalogue, but what the host has sent", () => {
    expect(tally(found.untranslated)).toEqual([]);
  });

  it("would be told of a text that is cut off, one that is in no catalogue, and one that nobody can read", async () => {
    const page = await browser.newPage();
    await page.setContent(
      '<main><p style="width: 3em; overflow: hidden; white-space: nowrap; color: #eee; background: #fff">A text that does not fit</p></main>',
    );

    expect(await flawsOf(page)).toEqual(["cut off: “A text that does not fit” in body > main > p"]);
    expect(await untranslatedOn(page, "")).toEqual(["“A text that does not fit” in body > main > p"]);
    expect((await barriers(page)).filter((barrier) => barrier.startsWith("color"))).toEqual([expect.stringMatching(/^color-contrast: p: .*insufficient/u)]);
  });

  it("complains of nothing while it is shown", () => {
    expect(complaints.flat()).toEqual([]);
  });
});

/** What is in the way in the theme that a page is in, and then what the other theme changes: its colours. */
async function barriersInBoth(page: Page, theme: "dark" | "light"): Promise<readonly string[]> {
  const other = theme === "dark" ? "light" : "dark";
  const here = await barriers(page);
  await showIn(page, other);
  const there = await barriers(page, ["color-contrast", "link-in-text-block"]);
  await showIn(page, theme);
  return [...here.map((barrier) => `${theme}: ${barrier}`), ...there.map((barrier) => `${other}: ${barrier}`)];
}

/** The same on many screens is one finding, told with the first of them. */
function tally(findings: readonly string[]): readonly string[] {
  const first = new Map<string, string>();
  for (const finding of findings) {
    const what = finding.slice(finding.indexOf(": ") + 2);
    if (!first.has(what)) first.set(what, finding);
  }
  return [...first.values()];
}

async function flawsOf(page: Page): Promise<readonly string[]> {
  const flaws = await callInPage<readonly (Placed & { readonly flaw: string })[]>(page, "layout-flaws.ts", "layoutFlaws");
  return flaws.map(({ flaw, text, place }) => `${flaw}: “${text}” in ${place}`);
}

async function untranslatedOn(page: Page, sent: string): Promise<readonly string[]> {
  const plain = await callInPage<readonly Placed[]>(page, "layout-flaws.ts", "plainTexts");
  const isKnown = (part: string): boolean => names.includes(part) || sent.includes(JSON.stringify(part).slice(1, -1));
  return plain.filter(({ text }) => !partsOf(text).every(isKnown)).map(({ text, place }) => `“${text}” in ${place}`);
}

/** The words between separators; an issue is its repository and its number. */
function partsOf(text: string): readonly string[] {
  return text
    .split(" · ")
    .flatMap((part) => /^(?<repository>[\w.-]+\/[\w.-]+)#\d+$/u.exec(part.trim())?.[1] ?? part.trim().replace(/ ?·$/u, ""))
    .filter((part) => /\p{L}/u.test(part));
}

/** @returns what gives everything that the host has sent so far. */
function whatIsSentTo(page: Page): () => string {
  const frames: string[] = [];
  const listen = (socket: WebSocket): void => void socket.on("framereceived", ({ payload }) => frames.push(String(payload)));
  page.on("websocket", listen);
  return () => frames.join("\n");
}
