import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";

/** A page of its own, with no motion, in which somebody has chosen a language before, on a system with a theme. */
export async function openInLanguage(browser: Browser, language: string, colorScheme: "dark" | "light"): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, locale: "en", reducedMotion: "reduce", colorScheme });
  await page.addInitScript(`localStorage.setItem("signalbox.language", ${JSON.stringify(language)})`);
  page.setDefaultTimeout(30_000);
  return page;
}

/** Calls a function of `renderer/in-page` in the page, as the debugger does: the page's content security policy stays as it is. */
export async function callInPage<T>(page: Page, file: string, name: string): Promise<T> {
  const source = await readFile(new URL(`../in-page/${file}`, import.meta.url), "utf8");
  const program = stripTypeScriptTypes(source).replaceAll(/^export /gmu, "");
  return page.evaluate<T>(`(() => { ${program}; return ${name}(); })()`);
}

/**
 * What axe finds on the screen as it is that keeps somebody from using it: its serious and critical findings, each with where it is.
 *
 * @param rules only these of axe's rules, by their ids; every one of them unless told
 */
export async function barriers(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const options: axe.RunOptions = { resultTypes: ["violations"], preload: false, ...(rules && { runOnly: [...rules] }) };
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ""}`),
    );
}

/** Has the system ask for a theme, and waits until it is painted and no colour is on its way to another. */
export async function showIn(page: Page, theme: "dark" | "light"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor({ state: "attached" });
  await page.evaluate(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const isOnItsWay = ({ effect, playState }) => playState === "running" && Number.isFinite(effect?.getComputedTiming().endTime);
    do await frame(), await frame();
    while (document.getAnimations().some(isOnItsWay));
  })()`);
}

/** Waits until a screen stands still: nothing in it has changed for a while. */
export async function untilStill(page: Page): Promise<void> {
  await page.evaluate(
    `new Promise((resolve) => {
      const still = () => { observer.disconnect(); resolve(undefined); };
      let timer = setTimeout(still, 150);
      const observer = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(still, 150); });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    })`,
  );
}
