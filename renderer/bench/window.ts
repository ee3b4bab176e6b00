import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "../app/app.css";
import { nextFrame, nextTask, watchFrames, type Frames } from "./frames.ts";
import type { ListSurface, OpenList } from "./list-surface.ts";
import { openSignalboxBoard, openSignalboxInbox, openSignalboxTranscript } from "./signalbox-lists.tsx";
import { openVirtuosoBoard, openVirtuosoInbox, openVirtuosoTranscript } from "./virtuoso-lists.tsx";

const kinds: Readonly<Record<string, OpenList>> = {
  "signalbox inbox": openSignalboxInbox,
  "signalbox board": openSignalboxBoard,
  "signalbox transcript": openSignalboxTranscript,
  "virtuoso inbox": openVirtuosoInbox,
  "virtuoso board": openVirtuosoBoard,
  "virtuoso transcript": openVirtuosoTranscript,
};

/** What the measuring program calls in this page. */
export interface WindowBench {
  /** Opens the list while it is empty. */
  open(kind: string, amount: number): Promise<void>;
  /** @returns milliseconds until all of it was taken in and stands on the screen. */
  fill(): Promise<{ readonly took: number; readonly frames: Frames }>;
  /** @returns for each change, the milliseconds from its coming until it was painted. */
  change(times: number): Promise<readonly number[]>;
  /** @returns milliseconds until only what was looked for is left; nothing where that cannot be done. */
  filter(): Promise<number | undefined>;
  scroll(frames: number): Promise<Frames>;
}

let surface: ListSurface | undefined;

function opened(): ListSurface {
  if (!surface) throw new Error("nothing is opened");
  return surface;
}

/** Resolves when something is so on the screen, and is painted. */
async function painted(isSo: () => boolean): Promise<void> {
  do await nextFrame();
  while (!isSo());
  await nextTask();
}

const stands = (text: string) => (): boolean => document.body.textContent.includes(text);

const bench: WindowBench = {
  async open(kind, amount) {
    const open = kinds[kind];
    const place = document.querySelector<HTMLElement>("#root");
    if (!open || !place) throw new Error(`there is no ${kind}`);
    surface = open(place, amount);
    // The window draws itself before its first answer comes.
    for (let frames = 0; frames < 30; frames += 1) await nextFrame();
  },
  async fill() {
    const list = opened();
    const frames = watchFrames();
    const begun = performance.now();
    await list.fill();
    await painted(stands(list.last));
    return { took: performance.now() - begun, frames: frames() };
  },
  async change(times) {
    const took: number[] = [];
    for (let number = 0; number < times; number += 1) {
      const begun = performance.now();
      await painted(stands(opened().change(number)));
      took.push(performance.now() - begun);
    }
    return took;
  },
  async filter() {
    const begun = performance.now();
    const isDone = opened().filter();
    if (isDone === undefined) return undefined;
    await painted(isDone);
    return performance.now() - begun;
  },
  async scroll(count) {
    await nextFrame();
    const frames = watchFrames();
    // Every third step is a leap to somewhere else; the others go on from there, as a wheel does.
    for (let frame = 0; frame < count; frame += 1) {
      surface?.scrollTo((((frame - (frame % 3)) * 0.618) % 1) * 0.99 + (frame % 3) * 0.0005);
      await nextFrame();
    }
    return frames();
  },
};

Object.assign(window, { windowBench: bench });
