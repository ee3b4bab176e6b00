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

/** A page in which one thing is measured (renderer/bench). */
export interface BenchPage {
  /** Calls a function of what the page offers. */
  call<Answer>(name: string, ...given: readonly (string | number)[]): Promise<Answer>;
  /** Megabytes of the heap that are in use after everything that nobody holds was collected. */
  heap(): Promise<number>;
  close(): Promise<void>;
}

/** Which page, the name of what it offers, and how large its window is. */
export interface PageKind {
  readonly path: string;
  readonly offers: string;
  readonly viewport: { readonly width: number; readonly height: number };
}

/** Builds a page with Vite, by its configuration, into a directory of its own. */
export async function buildPage(configuration: string): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-bench-page-"));
  const vite = join(root, "node_modules/vite/bin/vite.js");
  // What is measured is what the owner gets: React's build for development is another program.
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, [vite, "build", "--config", join(root, configuration), "--outDir", directory, "--logLevel", "warn"], {
    cwd: root,
    env,
  });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

interface BenchPages {
  open(): Promise<BenchPage>;
  close(): Promise<void>;
}

/** Builds the pages, and has a browser for one of them. */
async function benchPages(kind: PageKind): Promise<BenchPages> {
  if (browserUnavailable !== undefined) throw new Error(browserUnavailable);
  const { directory, remove } = await buildPage("build/renderer/bench.vite.config.ts");
  const server = await serve(directory);
  const browser = await launchBrowser("--js-flags=--max-old-space-size=8192");
  return {
    open: () => openPage(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, kind),
    async close() {
      await browser.close();
      server.close();
      await remove();
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

async function openPage(browser: Browser, origin: string, { path, offers, viewport }: PageKind): Promise<BenchPage> {
  const page: Page = await browser.newPage({ viewport, locale: "en" });
  page.setDefaultTimeout(600_000);
  await page.goto(`${origin}${path}`);
  await page.waitForFunction(`'${offers}' in window`);
  const tools: CDPSession = await page.context().newCDPSession(page);
  await tools.send("Performance.enable");
  return {
    call: (name, ...given) => page.evaluate(`window.${offers}.${name}(...${JSON.stringify(given)})`),
    async heap() {
      await tools.send("HeapProfiler.collectGarbage");
      const { metrics } = await tools.send("Performance.getMetrics");
      return (metrics.find((metric) => metric.name === "JSHeapUsedSize")?.value ?? 0) / 1e6;
    },
    close: () => page.close(),
  };
}

/** One round on a page of its own. */
export type MeasurePage = (page: BenchPage, bench: Bench) => Promise<Readonly<Record<string, number>>>;

export function pageContestant(name: string, kind: PageKind, measure: MeasurePage): Contestant {
  return {
    name,
    async prepare(bench) {
      const pages = await benchPages(kind);
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
