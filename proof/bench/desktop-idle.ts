import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../../build/testbed/browser.ts";
import { startCommand } from "../../core/testing/command-line.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { watchFootprint } from "./footprint.ts";
import { showNumber } from "./words.ts";

const seconds = (bench: Bench): { readonly settle: number; readonly watch: number } => (bench.quick ? { settle: 3, watch: 5 } : { settle: 20, watch: 60 });

/** What the window takes while nothing happens. */
export const desktopIdleBenchmark: Benchmark = {
  id: "desktop-idle",
  title: "A window that nothing happens in",
  method:
    "`signalbox desktop --web` on a rehearsal workspace, with database, forge, server and host in its process, and the window in Chromium at its inbox. After 20 seconds, the processor time of a minute: of that process, and of all " +
    "processes of the browser.",
  figures: [
    { key: "cpu", label: "Host and window, of one core", unit: "%", better: "lower" },
    { key: "host", label: "Host with the whole workspace", unit: "%", better: "lower" },
    { key: "window", label: "Browser with the window", unit: "%", better: "lower" },
  ],
  limits: [{ figure: "cpu", of: "ours", must: "at-most", value: 1 }],
  ours: { name: "Signalbox", prepare: prepareOurs },
  partner: { name: "an empty page", prepare: preparePartner },
  difference: "The partner is the same browser with an empty page, and nothing behind it.",
  why:
    "The window takes a tenth of a percent; the rest is the database in the host's process, which answers some seven statements a second although nothing happens, each in one to three milliseconds of that one thread. " +
    "Tried: its queue supervised every half minute instead of every second, which was nine tenths of 5.6 %; a queue at rest asked every five seconds; streams that look for what they were not told every five seconds instead of two. " +
    "What is left are those looks, and the orchestrator's for what was lost. On a server's PostgreSQL the same parts take 0.8 % ([idle](#idle)).",
  chart: { kind: "bars", figures: ["cpu", "host", "window"] },
  finding: ({ ours }: Results) => `While nothing happens, workspace, host and window together take ${showNumber(ours.median["cpu"] ?? 0)} % of a core`,
  rounds: { count: 3, because: "a round watches for more than a minute" },
};

/** Of one core, in percent, what all processes of a browser take. */
async function watchBrowser(browser: Browser, watch: number): Promise<number> {
  const tools = await browser.newBrowserCDPSession();
  const used = async (): Promise<number> => {
    const { processInfo } = await tools.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  const [before, begun] = [await used(), performance.now()];
  await delay(watch * 1_000);
  return (((await used()) - before) / ((performance.now() - begun) / 1_000)) * 100;
}

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const workspace = await mkdtemp(join(tmpdir(), "signalbox-idle-window-"));
  const server = startCommand(["desktop", "--web", "--no-open", "--workspace", workspace]);
  const browser = await launchBrowser();
  try {
    await server.shows("#token=");
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, locale: "en" });
    await page.goto(/http:\S+/u.exec(server.said())?.[0] ?? "");
    await page.getByText("Nothing waits for you").waitFor();
  } catch (error) {
    await end();
    throw error;
  }
  async function end(): Promise<void> {
    await browser.close();
    server.process.kill("SIGINT");
    await server.ended;
    await rm(workspace, { recursive: true, force: true });
  }
  return {
    async measure() {
      const { settle, watch } = seconds(bench);
      await delay(settle * 1_000);
      const [{ cpu: host }, window] = await Promise.all([watchFootprint([server.process.pid ?? 0], watch), watchBrowser(browser, watch)]);
      return { figures: { cpu: host + window, host, window } };
    },
    close: end,
  };
}

async function preparePartner(bench: Bench): Promise<Prepared> {
  const browser = await launchBrowser();
  await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  return {
    async measure() {
      const { settle, watch } = seconds(bench);
      await delay(settle * 1_000);
      const window = await watchBrowser(browser, watch);
      return { figures: { cpu: window, window } };
    },
    close: () => browser.close(),
  };
}
