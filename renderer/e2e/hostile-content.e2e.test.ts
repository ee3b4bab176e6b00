import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endless, lineAttack, markOf, shortAttack, textAttack } from "./attack.ts";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import { browse } from "./browser.ts";
import { openHostileWorld, type HostileWorld } from "./hostile-world.ts";
import { callInPage, untilStill } from "./in-page.ts";
import type { Surface } from "./window.ts";

/** Every screen of one window, whose every foreign text runs, loads, navigates, hides and does not end, as far as it can. */
describe.skipIf(browserUnavailable !== undefined)(`hostile content ${browserUnavailable ?? ""}`, () => {
  let world: HostileWorld;
  let window: Omit<Surface, "killHost">;
  let page: Page;
  /** What the page asked for that its host does not have, and what it opened. */
  const asked: string[] = [];

  beforeAll(async () => {
    world = await openHostileWorld();
    window = await browse(world.address);
    page = window.page;
    const own = new URL(world.address).host;
    page.context().on("request", (request) => new URL(request.url()).host !== own && asked.push(request.url()));
    page.context().on("page", (opened) => asked.push(`a page: ${opened.url()}`));
    page.on("framenavigated", (frame) => new URL(frame.url()).host !== own && asked.push(`a frame: ${frame.url()}`));
    page.on("download", (download) => asked.push(`a download: ${download.url()}`));
    page.on("dialog", (dialog) => {
      asked.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.setDefaultTimeout(15_000);
    await page.emulateMedia({ reducedMotion: "reduce" });
  }, 120_000);

  afterAll(async () => {
    await window?.close();
    await world?.close();
  });

  /** Whatever was shown: nothing of it ran, loaded, led away, became an element or hid. */
  afterEach(async () => {
    await expectInert();
    expect(asked).toEqual([]);
    expect(page.frames()).toHaveLength(1);
    expect(await page.getByText("This screen has failed").count()).toBe(0);
    expect(window.complaints).toEqual([]);
  });

  async function expectInert(): Promise<void> {
    expect(await callInPage<readonly string[]>(page, "strangers.ts", "strangers")).toEqual([]);
  }

  const go = async (place: string): Promise<void> => {
    await page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);
    await page
      .locator(`nav a[aria-current=page][href*="#/${place.split(/[/?]/u)[0]}"]`)
      .first()
      .waitFor();
    await page.evaluate("document.activeElement.blur()");
  };

  /** The attacks of these places are on the screen, as text. */
  const see = async (...places: readonly string[]): Promise<void> => {
    for (const place of places) await page.locator("main").getByText(markOf(place)).first().waitFor({ state: "attached" });
    await untilStill(page);
    await expectInert();
  };

  /** Goes through a list that draws only what is in sight, opening whatever is folded in it, until the attacks of all these places have stood there. */
  const sweep = async (name: string, places: readonly string[]): Promise<void> => {
    const list = page.getByRole("region", { name, exact: true });
    const folded = list.locator("[aria-expanded=false], details:not([open]) summary").filter({ visible: true }).first();
    const missing = new Set(places);
    const read = async (): Promise<void> => {
      await untilStill(page);
      await expectInert();
      const shown = await list.innerText();
      for (const place of missing) if (shown.includes(markOf(place))) missing.delete(place);
    };
    const goOn = (): Promise<boolean> =>
      list.evaluate((element) => {
        const before = element.scrollTop;
        element.scrollTop += element.clientHeight * 0.8;
        return element.scrollTop > before;
      });
    do {
      await read();
      // What is opened pushes the rest out of sight: it is read after each.
      while ((await folded.count()) > 0) {
        await folded.click();
        await read();
      }
    } while (missing.size > 0 && (await goOn()));
    expect([...missing]).toEqual([]);
  };

  it("would be found out if it were not", async () => {
    const other = await page.context().browser()?.newPage();
    if (!other) throw new Error("the page belongs to no browser");
    await other.setContent(`<body onload="ran=1"><img src="x"><a href="javascript:1">x</a><iframe></iframe><p title="a\u202Eb">c\u200Bd</p>`);

    expect((await callInPage<readonly string[]>(other, "strangers.ts", "strangers")).map((found) => found.split(" ").slice(0, 3).join(" "))).toEqual([
      "an attribute onload=ran=1",
      "an element html",
      "an attribute src=x",
      "an attribute href=javascript:1",
      "an element html",
      "an attribute title=a\u202Eb",
      "hidden characters in",
      "1 ran",
      "the title is",
    ]);
    await other.close();
    asked.length = 0;
  });

  it("is inert on the board: titles, labels, why a run failed, and an issue that the owner opens", async () => {
    await go("board");
    await see("title", "label", "failed-title", "failure", "idea-label");
    await page.keyboard.press("e");
    await page.locator("main h3", { hasText: markOf("title") }).waitFor();
    await see("title", "label", "failed-title", "failure", "idea-label");
    await page.keyboard.press("e");
    await page.locator("main h3").first().waitFor({ state: "detached" });
    await page
      .locator("[aria-posinset]", { hasText: markOf("title") })
      .first()
      .click();
    await page.keyboard.press("m");
    await page.locator("aside select").waitFor();
    await see("label");
    await page.keyboard.press("Escape");
    await page.keyboard.press("n");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Title").fill(shortAttack("opened-title"));
    await dialog.getByLabel("What is it about?").fill(textAttack("opened-body"));
    await dialog.getByLabel("Labels").fill(`${markOf("opened-label")}<b>\u202E`);
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Open issue" }).click();
    await dialog.waitFor({ state: "detached" });
    await world.happens();
    await see("opened-title", "opened-label");
    await page.getByLabel("Filter by title").fill(lineAttack("title").slice(0, 40));
    await see("title");
  });

  it("is inert in the inbox: what an agent asks for, why, with which words, and what came of it", async () => {
    const shown: Readonly<Record<keyof HostileWorld["requests"], readonly string[]>> = {
      labels: ["before", "removed", "added", "after"],
      question: ["question", "option", "option-2"],
      comment: ["comment"],
      pull: ["pull-title", "pull-body", "branch", "base"],
      gate: ["removed", "file"],
      other: ["other"],
      answered: ["answered", "decider", "result-key", "came-of-it"],
    };
    for (const [name, places] of Object.entries(shown)) {
      await go(`inbox/${world.requests[name as keyof HostileWorld["requests"]]}`);
      await see(`${name}-summary`, `${name}-why`, `${name}-arguments`, `${name}-rule`, ...places.filter((place) => place !== "before"));
      await page.locator("main article").getByText("⟦U+202E⟧").first().waitFor();
    }
    await go(`inbox/${world.requests.question}`);
    await see("question");
    await page.keyboard.press("w");
    await page.locator("main textarea").first().waitFor();
    await see("option-2");
    await page.keyboard.press("Escape");
  });

  it("is inert in a run: what the agent said, did, printed and called, and what the record says of it", async () => {
    await go(`runs/${world.runs.attacking}`);
    await see("timeline");
    const transcript = page.getByRole("region", { name: "Transcript", exact: true });
    await transcript.getByText(markOf("open-tool")).first().waitFor();
    // An active run is followed: its beginning is out of sight.
    await page.keyboard.press("f");
    await transcript.evaluate((element) => void (element.scrollTop = 0));
    await transcript.getByText("Shown as it was written").first().waitFor();
    await transcript.getByText("⟦U+202E⟧").first().waitFor();
    await sweep("Transcript", [
      "message",
      "reasoning",
      "command",
      "output",
      "written-file",
      "written-line",
      "changed-file",
      "other-file",
      "tool",
      "argument",
      "value",
      "result",
      "notice",
      "turn",
      "log-line",
      "unknown-type",
      "unknown",
      "open-tool",
      "open-arguments",
      "open-rule",
    ]);
    await page.getByRole("tab", { name: "Log" }).click();
    await page.getByRole("region", { name: "Log", exact: true }).evaluate((element) => void (element.scrollTop = 0));
    await sweep("Log", ["thread", "message", "command", "output", "other-file", "tool", "notice", "log-line"]);
    await page.keyboard.press("p");
    await page.getByRole("alert").getByText(markOf("refusal")).first().waitFor();
    await page.getByRole("alert").getByText(markOf("remedy")).first().waitFor();
  });

  it("does not stop the window with a line of ten megabytes", async () => {
    await go(`runs/${world.runs.endless}`);
    await page.locator("main").getByText("endlessendless").first().waitFor();
    await page.locator("main").getByText("more characters").first().waitFor();
    await page.getByRole("tab", { name: "Log" }).click();
    await page.getByLabel("Search, /regex/").fill("the end");
    await page.getByText("0 of 1", { exact: true }).waitFor();
    await page.getByLabel("Search, /regex/").press("Enter");
    expect(await page.locator("main mark[data-current]").innerText()).toBe("the end");
    await go("board");
    await page.getByText("No end").waitFor();
    await expectInert();
  });

  it("is inert in the documents: front matter, text, source, changes, names of files and branches, reviews", async () => {
    await go("docs?issue=101");
    await see("document-title", "file-name");
    await page.locator("main nav button", { hasText: "problem.md" }).click();
    await see("field", "field-value", "inner", "document", "reviewer", "review", "owner-role", "branch", "doc-id-0");
    await page.keyboard.press("2");
    await page.getByRole("region", { name: "Source" }).waitFor();
    await see("front-matter", "document");
    await page.keyboard.press("3");
    await see("approved-line", "document");
    await page.locator("main nav button", { hasText: "endless.md" }).click();
    await page.keyboard.press("2");
    await page.locator("main").getByText("endlessendless").first().waitFor();
    await page.keyboard.press("1");
    await page.locator("main").getByText("endlessendless").waitFor({ state: "detached" });
    await page.keyboard.press("2");
    await page
      .locator("main")
      .getByText(new Intl.NumberFormat("en").format(endless.length - 5_000))
      .first()
      .waitFor();
    await page.locator("input[type=radio][value=trace] + label").click();
    await see("title");
  });

  it("is inert among what was found: titles, sections, excerpts, paths", async () => {
    await go("knowledge");
    await page.locator("main header input").fill("ferry");
    await see("document-title", "section", "excerpt", "file-name");
  });

  it("is inert in the audit: events, payloads, who did it, suggestions, a replay, what does not fit", async () => {
    await go("audit");
    await see("event-type", "subject", "actor");
    await page.locator("main [role=region] button", { hasText: markOf("event-type") }).click();
    await see("payload", "payload-key", "payload-text");
    for (const place of [0, 2]) {
      await page.locator("main search input").nth(place).click();
      await page.locator("[role=option]:visible").first().waitFor();
      await untilStill(page);
      await expectInert();
      await page.keyboard.press("Escape");
    }
    await go(`audit?request=${world.requests.answered}`);
    await see("answered-summary", "answered-rule", "decider", "answer", "key-id", "result-key", "came-of-it");
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press("v");
    await see("problem", "problem-remedy", "problem-subject");
  });

  it("is inert in the palette: what waits, and every issue", async () => {
    await page.keyboard.press("Control+k");
    await page.locator("[role=dialog] input:focus").fill("«");
    for (const place of ["title", "labels-summary"]) await page.getByRole("dialog").getByText(markOf(place)).first().waitFor();
    await untilStill(page);
    await expectInert();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("is inert in the settings: what programs say of themselves", async () => {
    await go("settings/checks");
    await see("check", "check-remedy");
    await go("settings/about");
    await see("connection", "gateway");
    await go("settings/keys");
    await see("signer");
  });

  it("is inert in the settings: checks, labels, people and models", async () => {
    await go("settings/projects?repository=acme%2Fshop");
    await see("preflight", "preflight-remedy");
    await go("settings/labels");
    await see("listed-label", "label-model", "label-fault");
    await go("settings/people");
    await see("signer-name", "keys-place", "right-login");
    await go("settings/models");
    await see("default-model", "used-model");
  });

  it("is inert in the approval matrix: rules that somebody has put into the database", async () => {
    await go("settings/rules");
    await see("rule-description", "rule-tool");
  });
});
