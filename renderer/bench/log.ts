import "@fontsource-variable/jetbrains-mono";
import "@mantine/core/styles.css";
import { nextFrame, nextTask, watchFrames, type Frames } from "./frames.ts";
import { logLines, wanted } from "./log-lines.ts";
import type { LogSurface, OpenLog, Search } from "./log-surface.ts";
import { openSignalboxLog } from "./signalbox-log.tsx";
import { openVirtuosoLog } from "./virtuoso-log.tsx";
import { openXtermLog } from "./xterm-log.ts";

const kinds: Readonly<Record<string, OpenLog>> = { signalbox: openSignalboxLog, xterm: openXtermLog, virtuoso: openVirtuosoLog };
/** Lines that are taken in at once, as they come from a host. */
const portion = 2_000;

/** What the measuring program calls in this page. */
export interface LogBench {
  /** @returns milliseconds until every line was taken in and the last frame was drawn. */
  open(kind: string, lines: number): Promise<{ readonly took: number; readonly frames: Frames }>;
  search(): Promise<Search | undefined>;
  scroll(frames: number): Promise<Frames>;
  /** Takes in so many lines a second for so long, with the end in sight. `behind` are lines that came and were not taken in at the end. */
  follow(kind: string, perSecond: number, seconds: number): Promise<{ readonly frames: Frames; readonly behind: number }>;
}

let surface: LogSurface | undefined;

async function openSurface(kind: string, lines: number, follows: boolean): Promise<LogSurface> {
  const open = kinds[kind];
  const place = document.querySelector<HTMLElement>("#log");
  if (!open || !place) throw new Error(`there is no ${kind}`);
  surface = await open(place, lines, follows);
  await nextFrame();
  return surface;
}

const bench: LogBench = {
  async open(kind, lines) {
    const log = await openSurface(kind, lines, false);
    const frames = watchFrames();
    const begun = performance.now();
    for (let from = 0; from < lines; from += portion) {
      await log.append(logLines(from, Math.min(portion, lines - from)));
      await nextTask();
    }
    log.scrollTo(1);
    const last = `request ${lines - 1} `;
    while (!log.shown().includes(last)) await nextFrame();
    return { took: performance.now() - begun, frames: frames() };
  },
  search: async () => surface?.search(wanted),
  async scroll(count) {
    await nextFrame();
    const frames = watchFrames();
    // Every third step is a leap to somewhere else; the others go on from there, as a wheel does.
    for (let frame = 0; frame < count; frame += 1) {
      surface?.scrollTo((((frame - (frame % 3)) * 0.618) % 1) * 0.99 + (frame % 3) * 0.00001);
      await nextFrame();
    }
    return frames();
  },
  async follow(kind, perSecond, seconds) {
    const log = await openSurface(kind, perSecond * seconds, true);
    const frames = watchFrames();
    const begun = performance.now();
    let taken = 0;
    for (let now = begun; now - begun < seconds * 1_000; now = performance.now()) {
      const come = Math.floor(((now - begun) / 1_000) * perSecond);
      if (come > taken) await log.append(logLines(taken, come - taken));
      taken = come;
      await nextFrame();
    }
    return { frames: frames(), behind: perSecond * seconds - taken };
  },
};

Object.assign(window, { logBench: bench });
