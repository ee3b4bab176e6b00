import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, CDPSession, Page } from "playwright-core";
import { browserUnavailable, launchBrowser } from "../../build/testbed/browser.ts";
import { pageFiles } from "../../core/apps/host/page-files.ts";
import type { Bench, Contestant } from "./benchmark.ts";

const root = join(import.meta.dirname, "../..");

/** A page in which one thing that shows a log is measured (renderer/bench). */
export interface LogPage {
  /** Calls a function of the page's `logBench`. */
  call<Answer>(name: "open" | "search" | "scroll" | "follow", ...given: readonly (string | number)[]): Promise<Answer>;
  /** Megabytes of the heap that are in use after everything that nobody holds was collected. */
  heap(): Promise<number>;
  close(): Promise<void>;
}

interface LogPages {
  open(): Promise<LogPage>;
  close(): Promise<void>;
}

/** Builds the page, and has a browser for it. */
async function logPages(): Promise<LogPages> {
  if (browserUnavailable !== undefined) throw new Error(browserUnavailable);
  const directory = await mkdtemp(join(tmpdir(), "signalbox-log-page-"));
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const build = ["build", "--config", join(root, "build/renderer/bench.vite.config.ts"), "--outDir", directory, "--logLevel", "warn"];
  await promisify(execFile)(process.execPath, [vite, ...build], { cwd: root });
  const server = await serve(directory);
  const browser = await launchBrowser("--js-flags=--max-old-space-size=8192");
  return {
    open: () => openPage(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    async close() {
      await browser.close();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function serve(directory: string): Promise<Server> {
  const files = pageFiles(directory);
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? "/");
    if (!file) return void response.writeHead(404).end();
    readFile(file.path).then(
      (content) => response.writeHead(200, { "content-type": file.type }).end(content),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function openPage(browser: Browser, address: string): Promise<LogPage> {
  const page: Page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.setDefaultTimeout(600_000);
  await page.goto(address);
  await page.waitForFunction("'logBench' in window");
  const tools: CDPSession = await page.context().newCDPSession(page);
  await tools.send("Performance.enable");
  return {
    call: (name, ...given) => page.evaluate(`window.logBench.${name}(...${JSON.stringify(given)})`),
    async heap() {
      await tools.send("HeapProfiler.collectGarbage");
      const { metrics } = await tools.send("Performance.getMetrics");
      return (metrics.find((metric) => metric.name === "JSHeapUsedSize")?.value ?? 0) / 1e6;
    },
    close: () => page.close(),
  };
}

/** One round on a page of its own. */
export type MeasureLog = (page: LogPage, bench: Bench) => Promise<Readonly<Record<string, number>>>;

export function logContestant(name: string, measure: MeasureLog): Contestant {
  return {
    name,
    async prepare(bench) {
      const pages = await logPages();
      return {
        async measure() {
          const page = await pages.open();
          try {
            return { figures: await measure(page, bench) };
          } finally {
            await page.close();
          }
        },
        close: () => pages.close(),
      };
    },
  };
}
