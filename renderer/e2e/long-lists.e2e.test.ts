import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import { createHostRouter } from "../../core/apps/host/router.ts";
import { serveHost, type HostServer } from "../../core/apps/host/websocket-server.ts";
import type { RequestId } from "../../core/domain/kernel/values.ts";
import type { Run } from "../../core/domain/run/run.ts";
import { freshPglite } from "../../core/testing/databases.ts";
import { createHostWorld, type HostWorld } from "../../core/testing/host-world.ts";
import { askUrgently, fillLongLists } from "../../core/testing/long-lists.ts";
import { sampleDecision, sampleFlowEvent } from "../../core/testing/samples.ts";
import { browse } from "./browser.ts";
import type { Surface } from "./window.ts";

const [waiting, issues] = [3_000, 600];
const token = "the-owner's-token";

describe.skipIf(browserUnavailable !== undefined)(`long lists in the window ${browserUnavailable ?? ""}`, () => {
  let world: HostWorld;
  let run: Run;
  let host: HostServer;
  let surface: Omit<Surface, "killHost">;
  const serve = (port?: number): Promise<HostServer> =>
    serveHost({ router: createHostRouter(world.deps), token, page: new URL("../dist", import.meta.url).pathname, port });

  beforeAll(async () => {
    world = createHostWorld(await freshPglite());
    [run] = (await fillLongLists(world, { issues, waiting })) as [Run];
    host = await serve();
    surface = await browse(`${host.endpoint.url.replace(/^ws/u, "http")}/#token=${token}`);
  });
  afterAll(async () => {
    await surface.close();
    await host.close();
    await world.database.close();
  });

  const page = (): Page => surface.page;
  const rows = (): ReturnType<Page["locator"]> => page().locator("[role=region] a");
  const counts = (): Promise<string | null> => page().locator("nav a[aria-current=page]").textContent();

  /** Makes issues sub-issues of another one, and has the forge say so. */
  async function belong(parts: readonly number[], epic: number): Promise<void> {
    for (const number of parts) Object.assign(world.forge.issues.get(number) ?? {}, { parent: epic });
    Object.assign(world.forge.issues.get(epic) ?? {}, { subIssues: parts.length });
    const payload = { event: "sub_issues" };
    await world.inStore((tx) => tx.flow.append([sampleFlowEvent({ subject: "delivery:of-the-forge", payload })]));
  }

  async function openFromPalette(screen: string): Promise<void> {
    await page().keyboard.press("Control+k");
    await page().locator("[role=dialog] input:focus").waitFor();
    await page().keyboard.type(screen);
    await page().keyboard.press("Enter");
    // It gives the focus back when it has gone.
    await page().getByRole("dialog").waitFor({ state: "detached" });
  }

  it("count all that waits, and find the one among thousands that is looked for", async () => {
    await page().getByText(`Needs me · ${waiting}`).waitFor();
    expect(await counts()).toContain(String(waiting));

    await page().keyboard.press("/");
    await page().keyboard.type("issue 2345.");
    await expect.poll(() => rows().count()).toBe(1);
    expect(await rows().first().textContent()).toContain("on issue 2345.");
    await page().keyboard.press("Escape");
    await expect.poll(() => rows().count()).toBeGreaterThan(5);
  });

  it("show what comes and what is decided elsewhere as it happens", async () => {
    const id = await askUrgently(world, run, "Merge pull request 7 at once.");
    await page().getByText("Merge pull request 7 at once.").waitFor();
    expect(await rows().first().textContent()).toContain("Merge pull request 7");
    expect(await counts()).toContain(String(waiting + 1));

    await world.inStore(async (tx) => {
      const request = await tx.requests.get(id as RequestId, { lock: true });
      if (request) await tx.requests.save({ ...request, state: { phase: "decided", decision: sampleDecision() } });
      await tx.flow.append([sampleFlowEvent({ subject: `request:${id}` })]);
    });
    await page().getByText("Merge pull request 7 at once.").waitFor({ state: "detached" });
    await page().getByText(`Needs me · ${waiting}`).waitFor();
  });

  it("read what was decided as far as somebody scrolls", async () => {
    await page().getByText("Decided", { exact: true }).click();
    await page().getByText("Merge pull request 7 at once.").waitFor();
    expect(await rows().count()).toBe(1);
    await page().getByText("Needs me").first().click();
  });

  it("have all cards of the board, and find one", async () => {
    await openFromPalette("Board");
    await page()
      .locator("h2", { hasText: String(issues) })
      .first()
      .waitFor();
    await page().keyboard.press("/");
    await page().keyboard.type("part 599");
    await expect.poll(() => page().locator("section li [role=button]").count()).toBe(1);
    await page().keyboard.press("Escape");
  });

  it("stand in lanes by their epics, in which an issue stands as soon as it belongs to one", async () => {
    const lane = (name: string) => page().getByRole("group", { name });
    const focused = (): Promise<string> => page().evaluate<string>("document.activeElement.textContent");
    await page().keyboard.press("j");
    const chosen = await page().locator("main [aria-current=true]").textContent();
    await page().keyboard.press("e");
    await page().getByText("No issue here has an epic yet.").waitFor();
    expect(await page().locator("main [aria-current=true]").textContent()).toBe(chosen);
    expect(await page().locator("main h3").count()).toBe(1);

    await belong([7, 9], 5);
    await lane("#5 Guests book a berth at night, part 5").waitFor();
    expect(await lane("#5 Guests").locator("li").count()).toBe(3);
    expect(await page().locator("main h3").count()).toBe(1 + 1);
    expect(await page().getByText("No issue here has an epic yet.").count()).toBe(0);

    await page().keyboard.press("Shift+K");
    await expect.poll(focused).toContain("#9 ");
    await page().keyboard.press("j");
    await page().keyboard.press("j");
    await expect.poll(focused).toContain("#5 ");
    await page().keyboard.press("j");
    await expect.poll(focused).toContain(`#${issues} `);
    await page().keyboard.press("k");
    await page().keyboard.press("f");
    await expect.poll(() => lane("#5 Guests").locator("li").count()).toBe(0);
    await page().keyboard.press("j");
    await expect.poll(focused).toContain(`#${issues} `);

    await openFromPalette("Inbox");
    await openFromPalette("Board");
    await lane("Without an epic").locator("li").first().waitFor();
    expect(await lane("#5 Guests").locator("li").count()).toBe(0);
    await page().keyboard.press("Shift+F");
    await expect.poll(() => page().locator("main section li").count()).toBe(0);
    await page().keyboard.press("Shift+F");

    await page().keyboard.press("/");
    await page().keyboard.type("part 599");
    await expect.poll(() => page().locator("main section li").count()).toBe(1);
    expect(await page().locator("main h3").allTextContents()).toEqual([expect.stringContaining("Without an epic")]);
    await page().keyboard.press("Escape");
    await page().keyboard.press("e");
    await page().locator("main h3").first().waitFor({ state: "detached" });
  });

  it("move to a column in whatever lane they are dropped", async () => {
    await page().keyboard.press("e");
    const [lane, other] = ["#5 Guests", "Without an epic"].map((name) => page().getByRole("group", { name })) as [Locator, Locator];
    await other.locator("li").first().waitFor();
    const [column, area] = await Promise.all([page().getByRole("heading", { name: "Vision" }).boundingBox(), other.boundingBox()]);
    const targetPosition = { x: (column?.x ?? 0) - (area?.x ?? 0) + 40, y: 60 };

    await lane.locator("[role=button]", { hasText: "#7 " }).dragTo(other, { targetPosition });

    await page().locator("main aside select").waitFor();
    expect(await page().locator("main aside h2").first().textContent()).toBe("Move #7 to Vision");
    await page().keyboard.press("Escape");
    await page().keyboard.press("e");
  });

  it("are whole again when the host was away, with what came meanwhile", async () => {
    const port = Number(new URL(host.endpoint.url).port);
    await host.close();
    await page().getByRole("alert").first().waitFor();
    await askUrgently(world, run, "Restore the ferry.");
    host = await serve(port);

    await openFromPalette("Inbox");
    await page().getByText("Restore the ferry.").waitFor({ timeout: 20_000 });
    await page()
      .getByText(`Needs me · ${waiting + 1}`)
      .waitFor();
    expect(await counts()).toContain(String(waiting + 1));
  });
});
