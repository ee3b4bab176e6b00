import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { _electron, type ElectronApplication } from "playwright-core";
import { startDisplay } from "../../build/testbed/display.ts";
import { obtainElectron } from "../../build/testbed/electron-runtime.ts";
import { electronWith } from "../../build/testbed/electron-with.ts";
import type { Bench, Benchmark, Prepared, Results } from "./benchmark.ts";
import { median } from "./results.ts";
import { showNumber } from "./words.ts";

const root = join(import.meta.dirname, "../..");
/** Of each kind, in a round. */
const starts = (bench: Bench): number => (bench.quick ? 1 : 5);

/** How long the owner waits for the inbox. */
export const desktopStartBenchmark: Benchmark = {
  id: "desktop-start",
  title: "From a start to the inbox",
  method:
    "The desktop in a real Electron, on a rehearsal workspace that was open before: from the start of the process until the inbox says what waits. Each time beside an Electron that shows an empty window, started and ended right before. " +
    "Nothing of either runs before its start, and their files have been read before. Both are started by Playwright, which takes the same of both and looks at every frame.",
  figures: [
    { key: "started", label: "From the start to the window, with what it shows", unit: "ms", better: "lower" },
    { key: "more", label: "More than an empty window", unit: "ms", better: "lower" },
  ],
  limits: [{ figure: "more", of: "ours", must: "at-most", value: 1_000 }],
  ours: { name: "Signalbox", prepare: prepareOurs },
  partner: { name: "an empty Electron window", prepare: preparePartner },
  difference:
    "The partner has a window with a word in it, and no other process than Electron's. Ours starts the host, which opens the database, the forge and the server of the workspace, connects, and reads what waits.",
  why:
    "The window itself is there as soon as an empty one; what it waits for is the host, a process of its own ([ADR 0030](adr/0030-shell.md)), which in a rehearsal workspace has the database in it: the two share two cores " +
    "with the window's page, and each takes about twice as long as alone. It was 2.3 s. What took the difference away ([ADR 0039](adr/0039-start-of-the-desktop.md)): the host as one file, started before Electron is ready; " +
    "database and forge opened together; answers before work begins; a quarter of the database's shared buffers, which are filled with zeros at every start; templates and schemas read when they are first wanted. " +
    "Tried, without an effect that could be measured: beginning to work later still, a minified file, fewer compilers of WebAssembly.",
  chart: { kind: "bars", figures: ["started", "more"] },
  finding: ({ ours }: Results) =>
    `The inbox is there ${showNumber((ours.median["started"] ?? 0) / 1_000)} s after the start, ${showNumber((ours.median["more"] ?? 0) / 1_000)} s later than an empty Electron window`,
};

/** Starts programs in an Electron with a display, each until a text stands in its window. */
interface Starter {
  /** @returns milliseconds. */
  start(which: "ours" | "empty"): Promise<number>;
  close(): Promise<void>;
}

async function createStarter(): Promise<Starter> {
  const runtime = await obtainElectron();
  await promisify(execFile)("npm", ["run", "--silent", "build:desktop"], { cwd: root, env: { ...process.env, NODE_ENV: "production" } });
  const display = await startDisplay();
  const workspace = await mkdtemp(join(tmpdir(), "signalbox-start-"));
  const [ours, empty] = [await electronWith(runtime, join(root, "electron/dist")), await electronWith(runtime, join(import.meta.dirname, "empty-window"))];
  const kinds = { ours: { electron: ours.electron, shows: "Nothing waits for you" }, empty: { electron: empty.electron, shows: "An empty window" } };
  const env = {
    ...Object.fromEntries(["PATH", "HOME", "TMPDIR"].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    LANG: "C.UTF-8",
    DISPLAY: display.name,
    SIGNALBOX_NODE: process.execPath,
    SIGNALBOX_PROGRAM: join(root, "core/apps/cli/signalbox.js"),
    SIGNALBOX_WORKSPACE: workspace,
  };
  return {
    async start(which) {
      const { electron, shows } = kinds[which];
      // As root, as in a container, Chromium refuses its own sandbox.
      const args = [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--lang=en-US"];
      let begun = performance.now();
      const launch = (): Promise<ElectronApplication> => {
        begun = performance.now();
        return _electron.launch({ executablePath: electron, args, env, timeout: 30_000 });
      };
      // The driver's way into an Electron this old is lost now and then: that start is not counted.
      const app = await launch().catch(launch);
      try {
        const page = await app.firstWindow();
        // Looks with every frame; a locator would look every half second after the first few times.
        await page.waitForFunction(isShown, shows, { polling: "raf", timeout: 120_000 });
        return performance.now() - begun;
      } finally {
        await app.close();
      }
    },
    async close() {
      await Promise.all([ours.remove(), empty.remove()]);
      await display.stop();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

/** Runs in the page. */
function isShown(text: string): boolean {
  const { document } = globalThis as unknown as { readonly document: { readonly body: { readonly textContent: string } | null } };
  return document.body?.textContent.includes(text) === true;
}

async function prepareOurs(bench: Bench): Promise<Prepared> {
  const starter = await createStarter();
  return {
    async measure() {
      const took: { readonly started: number; readonly more: number }[] = [];
      while (took.length < starts(bench)) {
        const empty = await starter.start("empty");
        const started = await starter.start("ours");
        took.push({ started, more: started - empty });
      }
      return { figures: { started: median(took.map(({ started }) => started)), more: median(took.map(({ more }) => more)) } };
    },
    close: () => starter.close(),
  };
}

async function preparePartner(bench: Bench): Promise<Prepared> {
  const starter = await createStarter();
  return {
    async measure() {
      const took: number[] = [];
      while (took.length < starts(bench)) took.push(await starter.start("empty"));
      return { figures: { started: median(took) } };
    },
    close: () => starter.close(),
  };
}
