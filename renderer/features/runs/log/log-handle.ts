import type { RefObject } from "react";
import { nextMark } from "./bookmarks.ts";
import type { Lines } from "./line-store.ts";
import { lineOf, type LinkedLine } from "./linked-line.ts";
import type { LogViewHandle } from "./log-view.tsx";
import { nextHit, type Hits } from "./search.ts";

/** What the keys of the screen do in the log. */
export interface LogHandle {
  focusSearch(): void;
  step(step: 1 | -1): void;
  showTime(at: number): void;
  /** Marks the line that one is at, or takes its mark away. */
  bookmark(): void;
  /** Goes to the next marked line. */
  stepBookmark(): void;
  toggleFilter(): void;
  /** The number of the line that one is at: of the hit, or else of the chosen line if it is in sight, or else of the one at the upper edge. Undefined without lines. */
  lineHere(): number | undefined;
  /** Chooses the line after or before the one that one is at. */
  stepLine(step: 1 | -1): void;
}

/** The log as it is now, and what changes it. */
interface LogNow {
  readonly view: RefObject<LogViewHandle | null>;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly shown: Lines;
  readonly hits: Hits;
  readonly current: number | undefined;
  readonly onCurrent: (hit: number | undefined) => void;
  readonly linked: LinkedLine | undefined;
  readonly onLine: (number: number) => void;
  readonly bookmarks: ReadonlySet<number>;
  readonly toggleBookmark: (number: number) => void;
  /** The bookmark that one has gone to last. */
  readonly marked: RefObject<number | undefined>;
  readonly onFollow: (follow: boolean) => void;
  readonly toggleFilter: () => void;
}

export function createLogHandle(log: LogNow): LogHandle & { readonly choose: (number: number) => void } {
  const { view, shown, hits, current, linked, marked } = log;
  const here = (): number => {
    if (current !== undefined) return hits.lines[current] ?? 0;
    if (linked?.phase === "shown" && view.current?.isInSight(linked.place)) return linked.place;
    return view.current?.top() ?? 0;
  };
  const choose = (number: number): void => {
    // From here on one is at the line, and at no hit.
    log.onCurrent(undefined);
    log.onLine(number);
  };
  return {
    choose,
    focusSearch: () => log.input.current?.focus(),
    step(by) {
      const next = nextHit(hits, current, by, view.current?.top() ?? 0);
      if (next === undefined) return;
      log.onFollow(false);
      log.onCurrent(next);
      view.current?.reveal(hits.lines[next] ?? 0, hits.starts[next]);
    },
    showTime(at) {
      log.onFollow(false);
      view.current?.reveal(shown.lineAt(at));
    },
    bookmark() {
      if (shown.count > 0) log.toggleBookmark(shown.number(here()));
    },
    stepBookmark() {
      const next = nextMark(log.bookmarks, marked.current ?? 0);
      if (next === undefined) return;
      log.onFollow(false);
      marked.current = next;
      view.current?.reveal(lineOf(shown, next));
    },
    toggleFilter: log.toggleFilter,
    lineHere: () => (shown.count > 0 ? shown.number(here()) : undefined),
    stepLine(by) {
      if (shown.count > 0) choose(shown.number(Math.max(0, Math.min(shown.count - 1, here() + by))));
    },
  };
}
