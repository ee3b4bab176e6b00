import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import type { Lines } from "./line-store.ts";
import { placeAt, rowOfPlace, type Place, type RowIndex } from "./row-index.ts";
import { endOf, planWindow, scrollTopOf, type Viewport } from "./window-plan.ts";

/** What of the lines is in sight, and how it is scrolled. */
export interface Sight {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly lines: Lines;
  readonly index: RowIndex;
  readonly room: Omit<Viewport, "scrollTop">;
  readonly follow: boolean;
  readonly scrolledTo: number;
  readonly onScrolled: (scrollTop: number) => void;
}

/** A scroll bar that comes or goes moves the end by its width, in pixels. */
const slack = 20;

/**
 * Keeps the place at the upper edge where nobody has scrolled: another width gives lines other rows, and in a log that is longer than browsers can draw every new line gives the scroll bar
 * another measure.
 */
export function useKeptPlace({ box, lines, index, room, follow, scrolledTo, onScrolled }: Sight): void {
  const kept = useRef<{ readonly lines: Lines; readonly scrolledTo: number; readonly place: Place }>(undefined);
  useLayoutEffect(() => {
    const before = kept.current;
    const { top } = planWindow({ scrollTop: scrolledTo, ...room });
    kept.current = follow ? undefined : { lines, scrolledTo, place: placeAt(top, index) };
    if (follow || !box.current || before?.lines !== lines || before.scrolledTo !== scrolledTo) return;
    const row = rowOfPlace(before.place, index);
    if (Math.abs(row - top) < 0.5) return;
    // Or somebody has just scrolled, and the news of it is on its way.
    if (Math.abs(box.current.scrollTop - Math.min(scrolledTo, endOf(room))) > slack) return;
    box.current.scrollTop = scrollTopOf(row, room);
    kept.current = { lines, scrolledTo: box.current.scrollTop, place: before.place };
    onScrolled(box.current.scrollTop);
  });
}

/** Scrolls so that a line stands in the middle. */
export function toMiddle({ box, index, room, onScrolled }: Sight, line: number): void {
  if (!box.current) return;
  box.current.scrollTop = scrollTopOf(index.rowOf(line) - room.height / room.rowHeight / 2, room);
  onScrolled(box.current.scrollTop);
}

/** Whether all of a line can be seen. */
export function isInSight({ box, index, room }: Sight, line: number): boolean {
  const { top } = planWindow({ scrollTop: box.current?.scrollTop ?? 0, ...room });
  return index.rowOf(line) >= top && index.rowOf(line) + index.rowsOf(line) <= top + room.height / room.rowHeight;
}

/** Brings a line into sight as soon as there is anything to see it in, and says so once. */
export function useGoTo(sight: Sight, line: number | undefined, onThere: () => void): void {
  const isReady = line !== undefined && sight.room.height > 0;
  useEffect(() => {
    if (!isReady) return;
    if (!isInSight(sight, line)) toMiddle(sight, line);
    onThere();
  }, [isReady, line]);
}
