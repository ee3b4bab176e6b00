import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { launchBrowser } from "../../build/testbed/browser.ts";
import { createSystemClock } from "../../core/adapters/system-clock/clock.ts";
import { createHostRouter } from "../../core/apps/host/router.ts";
import { serveHost } from "../../core/apps/host/websocket-server.ts";
import type { Run } from "../../core/domain/run/run.ts";
import { freshPostgres } from "../../core/testing/databases.ts";
import { createHostWorld } from "../../core/testing/host-world.ts";
import { askUrgently, fillLongLists } from "../../core/testing/long-lists.ts";
import { buildPage } from "./bench-pages.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { exactNow, paintedAt, watchPaint } from "./painted.ts";
import { quantile } from "./results.ts";
import { showNumber } from "./words.ts";

const sizes = (bench: Bench): { readonly waiting: number; readonly issues: number; readonly events: number } =>
  bench.quick ? { waiting: 200, issues: 100, events: 10 } : { waiting: 10_000, issues: 5_000, events: 500 };
/** Milliseconds between two events: another one each time, so that no frame is always met at the same moment. */
const pauseBefore = (event: number): number => 40 + ((event * 7) % 23);

/** How soon the window shows what has happened. */
export const desktopEventBenchmark: Benchmark = {
  id: "desktop-event",
  title: "From an event to the screen",
  method:
    "A host on PostgreSQL, with 10,000 requests that wait and 5,000 open issues, and the window in Chromium with its inbox. 500 times an agent asks for something: request, run and event are stored in one transaction. " +
    "From the begin of that transaction until the request is painted, on top of the list. The next one comes 40 to 62 ms later.",
  figures: [
    { key: "p50", label: "From the event to the screen, median", unit: "ms", better: "lower" },
    { key: "p99", label: "From the event to the screen, 99 of 100", unit: "ms", better: "lower" },
  ],
  limits: [
    { figure: "p50", of: "ours", must: "at-most", value: 50 },
    { figure: "p99", of: "ours", must: "at-most", value: 250 },
  ],
  ours: { name: "Signalbox's window", prepare: prepareOurs },
  partner: { name: "a bare WebSocket message", prepare: preparePartner },
  difference:
    "The partner stores nothing and looks for nothing: a server sends the text to a page that writes it into its one element. It is what a message and a frame take in the same browser.",
  chart: { kind: "bars", figures: ["p50", "p99"] },
  finding: ({ ours, ratio }: Results) =>
    `With 10,000 requests waiting, a new one is painted ${showNumber(ours.median["p50"] ?? 0)} ms after it began to be stored, ${showNumber(ratio["p50"] ?? 0)} times a bare message`,
  rounds: { count: 3, because: "a round lasts half a minute" },
};

/** @param happen makes something happen that shows this text. */
async function measureEvents(
  page: Parameters<typeof paintedAt>[0],
  events: number,
  happen: (text: string) => Promise<unknown>,
): Promise<Record<string, number>> {
  const took: number[] = [];
  for (let event = 0; event < events; event += 1) {
    const text = `Something new, number ${crypto.randomUUID()}`;
    const painted = paintedAt(page, text);
    await delay(pauseBefore(event));
    const begun = exactNow();
    await happen(text);
    took.push((await painted) - begun);
  }
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
}

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const { waiting, issues, events } = sizes(bench);
  const database = await freshPostgres(bench.postgresUrl);
  const world = createHostWorld(database);
  const clock = createSystemClock((error) => {
    throw error;
  });
  const runs = await fillLongLists(world, { issues, waiting });
  const built = await buildPage("build/renderer/vite.config.ts");
  const token = "token-of-the-measurement";
  const host = await serveHost({ router: createHostRouter({ ...world.deps, clock }), token, page: built.directory });
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, locale: "en" });
  await page.goto(`${host.endpoint.url.replace(/^ws/u, "http")}/#token=${token}`);
  await page.getByText(/Needs me · \d/u).waitFor({ timeout: 60_000 });
  await watchPaint(page);
  let asked = 0;
  return {
    async measure() {
      return {
        figures: await measureEvents(page, events, (summary) => askUrgently(world, runs[(asked += 1) % runs.length] as Run, summary)),
      };
    },
    async close() {
      await browser.close();
      await host.close();
      await built.remove();
      await database.close();
    },
  };
}

const barePage = `<!doctype html><html><body><p></p><script>
  new WebSocket("ws://" + location.host).onmessage = ({ data }) => { document.querySelector("p").textContent = data; };
</script></body></html>`;

async function preparePartner(bench: Bench): Promise<Prepared> {
  const server = createServer((_request, response) => void response.writeHead(200, { "content-type": "text/html" }).end(barePage));
  const sockets = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const connected = new Promise<void>((resolve) => sockets.once("connection", () => resolve()));
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await connected;
  await watchPaint(page);
  return {
    measure: async () => ({
      figures: await measureEvents(page, sizes(bench).events, async (text) => {
        for (const socket of sockets.clients) socket.send(text);
      }),
    }),
    async close() {
      await browser.close();
      sockets.close();
      server.close();
    },
  };
}
