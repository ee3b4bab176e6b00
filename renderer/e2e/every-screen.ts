import type { Page } from "playwright-core";
import { untilStill } from "./in-page.ts";
import type { ShopRequests } from "./shop-project.ts";

/** Called with the name of each state in which a screen stands still. */
export type Look = (state: string) => Promise<void>;

/** What a walk does on a screen: none of it names a text of the window, so that it can be done in every language. */
interface Steps {
  readonly page: Page;
  readonly look: Look;
  /** Goes to an address of the window and waits for something on it. */
  go(place: string, sign: string): Promise<void>;
  /** Presses a key and waits for what it brings. */
  press(key: string, sign: string): Promise<void>;
  /** Goes to a screen and looks at it. */
  see(state: string, place: string, sign: string): Promise<void>;
  /** Opens a dialog by its key, looks at it, and leaves it. */
  seeDialog(state: string, key: string, sign: string): Promise<void>;
  choose(what: string): Promise<void>;
}

/** A request in the inbox. */
const listed = "main a[href*='#/inbox/']";
const row = "main [role=listitem] a";
const logLine = "main [role=region] [class*=_line_]";
const banner = "[class*=_banner_]";

/** The screens of a workspace in which nothing has happened. */
export async function emptyScreens(page: Page, look: Look): Promise<void> {
  const steps = stepsOn(page, look);
  for (const place of ["inbox", "board", "runs", "docs", "drafts", "knowledge", "audit", "settings"]) await steps.see(`${place}-empty`, place, "main h1");
  await steps.see("settings-server-empty", "settings/server", "main ol li");
}

/** Every screen of a shop at which agents are at work. */
export async function fullScreens(page: Page, look: Look, requests: ShopRequests): Promise<void> {
  const steps = stepsOn(page, look);
  await inbox(steps, requests);
  await board(steps);
  await runs(steps, requests);
  await documents(steps);
  await knowledge(steps);
  await audit(steps, requests);
  await settings(steps);
  await everywhere(steps);
}

/** The screens while the database is away: what was read before, with its age. */
export async function offlineScreens(page: Page, look: Look, requests: ShopRequests): Promise<void> {
  const steps = stepsOn(page, look);
  await page.locator(banner).waitFor();
  await steps.go("inbox", listed);
  await openRequest(steps, requests.gate);
  await steps.look("inbox-offline");
  await steps.see("board-offline", "board", "[aria-posinset]");
  await steps.see("runs-offline", `runs/${requests.labels.runId}`, "main [role=tab]");
  await steps.see("docs-offline", "docs?issue=12", "main article h2");
  await steps.see("drafts-offline", "drafts", "main ol li");
  await steps.go("knowledge", "main input");
  await page.locator("main header input").fill("guest");
  await page.locator("main ol a").first().waitFor();
  await steps.look("knowledge-offline");
  await steps.see("audit-offline", "audit", "main h1");
  await steps.see("settings-offline", "settings", "main h1");
}

async function openRequest({ go, page }: Steps, { id }: ShopRequests[keyof ShopRequests]): Promise<void> {
  await go(`inbox/${id}`, `main a[data-selected=true][href$="${id}"]`);
  await page.locator("main article h1").waitFor();
}

async function inbox(steps: Steps, requests: ShopRequests): Promise<void> {
  const { page, look, go, press } = steps;
  await steps.see("inbox-list", "inbox", listed);
  await openRequest(steps, requests.gate);
  await look("inbox");
  await press("r", "main textarea");
  await look("inbox-words");
  await page.keyboard.press("Escape");
  await openRequest(steps, requests.labels);
  await look("inbox-labels");
  await openRequest(steps, requests.question);
  await look("inbox-question");
  await press("w", "main textarea");
  await look("inbox-answer");
  await page.keyboard.press("Escape");
  for (const name of ["receipts", "currency", "stock"] as const) {
    await go(`inbox/${requests[name].id}`, `main a[data-selected=true][href$="${requests[name].id}"]`);
    await page.keyboard.press("b");
  }
  await page.locator("main article section").nth(2).waitFor();
  await look("inbox-batch");
  await page.keyboard.press("Escape");
  await steps.choose("decided");
  await openRequest(steps, requests.answered);
  await look("inbox-decided");
}

async function board(steps: Steps): Promise<void> {
  const { page, look, press } = steps;
  await steps.see("board", "board", "[aria-posinset]");
  await press("j", "[aria-current=true]");
  await press("m", "aside select");
  await look("board-sheet");
  await page.keyboard.press("Escape");
  await page.locator("main aside").waitFor({ state: "detached" });
  await steps.seeDialog("board-new", "n", "textarea");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await steps.seeDialog("board-limit", "w", "form input");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await press("e", "main h3");
  await look("board-lanes");
  await press("Shift+F", "main [aria-expanded=false]");
  await look("board-lanes-folded");
  await press("Shift+F", "main [aria-expanded=true]");
  await press("e", "main:not(:has(h3))");
}

async function runs(steps: Steps, { labels }: ShopRequests): Promise<void> {
  const { page, look, press } = steps;
  await steps.see("runs-list", "runs", row);
  await steps.see("runs", `runs/${labels.runId}`, "main [role=tab]");
  await page.locator("main [role=tabpanel] [aria-expanded=false]").first().click();
  await look("runs-entry");
  await page.locator("main [role=tab]").nth(1).click();
  await look("runs-log");
  await log(steps);
  await press("l", `main:not(:has([role=listitem] a))`);
  await look("runs-wide");
  await press("l", row);
  await steps.seeDialog("runs-cancel", "c", "textarea");
}

async function log({ page, look, press }: Steps): Promise<void> {
  const leave = (): Promise<unknown> => page.evaluate("document.activeElement instanceof HTMLElement && document.activeElement.blur()");
  await press("i", "main [role=group] input:focus");
  // At once: every letter more looks through the log anew, and a line is marked only when it is there.
  await page.keyboard.insertText("warn");
  await page.locator(logLine, { hasText: "warn" }).first().waitFor();
  await page.locator(logLine, { hasNotText: "warn" }).first().waitFor({ state: "detached" });
  await leave();
  await press("m", "main [data-bookmarked=true]");
  await look("runs-log-filter");
  await page.locator("main [role=group] input[type=checkbox]").check();
  await look("runs-log-json");
  await page.locator("main [role=group] input[type=checkbox]").uncheck();
  await page.locator("main [role=group] input").first().fill("");
  await leave();
  await press("i", "main:not(:has([role=group] input))");
  await press("/", "main input:focus");
  await page.keyboard.type("/cart/");
  await page.keyboard.press("Enter");
  await page.locator("main mark[data-current]").waitFor();
  await look("runs-log-search");
  await page.keyboard.press("Escape");
  await leave();
  await press("Shift+J", "main [class*=canvas] [aria-current=true]");
  await look("runs-log-line");
}

async function documents(steps: Steps): Promise<void> {
  const { page, look, press } = steps;
  await steps.see("docs", "docs?issue=12", "main article h2");
  await press("2", "main [role=region] button");
  await look("docs-source");
  await press("c", "form textarea");
  await look("docs-comment");
  await page.keyboard.press("Escape");
  await page.locator("form textarea").waitFor({ state: "detached" });
  await press("3", "main [role=region] [data-kind=added]");
  await look("docs-changes");
  await press("n", "form textarea");
  await look("docs-verdict");
  await page.keyboard.press("Escape");
  await page.locator("form textarea").waitFor({ state: "detached" });
  await steps.choose("trace");
  await page.locator("[role=table]").waitFor();
  await look("docs-trace");
  await press("h", "main aside h3 button, main aside p");
  await look("docs-trace-pulls");
  for (let step = 0; step < 12; step += 1) await page.keyboard.press("l");
  await page.locator("[role=row] [role=cell]:last-child [aria-pressed=true]").waitFor();
  await look("docs-trace-release");
  await steps.see("docs-pull", "docs?pull=45", "main article h2");
  await steps.see("drafts", "drafts", "main ol li");
  await press("j", "main ol li:nth-child(2)[aria-current=true]");
  await press("e", "main ol textarea");
  await look("drafts-words");
  await page.keyboard.press("Escape");
}

async function knowledge(steps: Steps): Promise<void> {
  const { page, look } = steps;
  await steps.go("knowledge", "main input");
  await page.locator("main header input").fill("guest");
  await page.locator("main ol a").first().waitFor();
  await look("knowledge");
  await page.locator("main header input").fill("xyzzy");
  await page.locator("main ol").waitFor({ state: "detached" });
  await look("knowledge-none");
  await page.locator("main header input").fill("");
}

async function audit(steps: Steps, { answered }: ShopRequests): Promise<void> {
  await steps.go("audit", "main [role=region] button");
  await steps.press("j", "[aria-current=true]");
  await steps.look("audit");
  await steps.see("audit-replay", `audit?request=${answered.id}`, "main ol li");
  await steps.go("audit", "main [role=region] button");
  await steps.press("i", "main section dl");
  await steps.look("audit-insights");
  await steps.press("v", "main [role=status] time");
  await steps.look("audit-verified");
}

async function settings(steps: Steps): Promise<void> {
  await steps.go("settings", "main nav a");
  for (const link of await steps.page.locator("main nav a").all()) {
    const place = ((await link.getAttribute("href")) ?? "").split("#/").at(-1) ?? "";
    await steps.see(place.replace("/", "-"), place, "main h2");
  }
  await steps.see("settings-preflight", "settings/projects?repository=acme%2Fshop", "main li[data-status]");
  await proposedRules(steps);
}

/** A rule that is made stricter, one that is added, and what both would have made of the calls so far. */
async function proposedRules(steps: Steps): Promise<void> {
  const { page, look, press } = steps;
  const leave = (): Promise<unknown> => page.evaluate("document.activeElement instanceof HTMLElement && document.activeElement.blur()");
  await steps.go("settings/rules", "main select");
  await page.locator("main li select").nth(5).selectOption("deny");
  await page.locator("main details summary").first().click();
  await page.locator("main details form button[type=submit]").click();
  await leave();
  await press("r", "main [role=region] h4");
  await look("settings-rules-rehearsal");
  await page.locator("main details summary").nth(1).click();
  await look("settings-rules-floors");
  await press("z", "main:not(:has([role=region] h4))");
}

/** What can be opened on every screen. */
async function everywhere(steps: Steps): Promise<void> {
  const { page, look } = steps;
  await steps.go("board", "[aria-posinset]");
  await page.keyboard.press("Control+k");
  await page.locator("[role=dialog] input:focus").waitFor();
  await look("palette");
  await page.keyboard.type("12");
  await look("palette-search");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await steps.seeDialog("keys", "Shift+?", "table");
  await steps.seeDialog("pause", "Shift+P", "textarea");
}

function stepsOn(page: Page, look: Look): Steps {
  const steps: Steps = {
    page,
    async look(state) {
      await untilStill(page);
      await look(state);
    },
    async go(place, sign) {
      await page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);
      await page
        .locator(`nav a[aria-current=page][href*="#/${place.split(/[/?]/u)[0]}"]`)
        .first()
        .waitFor();
      await page.locator(sign).first().waitFor({ state: "attached" });
      // Keys are the screen's, not those of what was left.
      await page.evaluate("document.activeElement instanceof HTMLElement && document.activeElement.blur()");
    },
    async press(key, sign) {
      await page.keyboard.press(key);
      await page.locator(sign).first().waitFor();
    },
    async see(state, place, sign) {
      await steps.go(place, sign);
      await steps.look(state);
    },
    async seeDialog(state, key, sign) {
      await steps.press(key, `[role=dialog] ${sign}`);
      await steps.look(state);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    },
    choose: (what) => page.locator(`input[type=radio][value=${what}] + label`).click(),
  };
  return steps;
}
