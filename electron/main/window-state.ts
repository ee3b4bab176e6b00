import { z } from "zod";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Display {
  readonly id: number;
  readonly workArea: Rectangle;
}

const rectangle = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) });

/** Where the window was, for each set of displays that it was seen on. */
const savedWindows = z.record(z.string(), z.object({ bounds: rectangle, maximized: z.boolean() }));
export type SavedWindows = z.infer<typeof savedWindows>;

export const smallest = { width: 960, height: 600 } as const;
const preferred = { width: 1_440, height: 900 } as const;
const mostArrangements = 20;

/** @returns what a file holds, or nothing when it is not what was written: the window then opens as for the first time. */
export function parseSavedWindows(text: string): SavedWindows {
  try {
    return savedWindows.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** The same displays in the same places are the same desk, whatever they are called. */
function arrangementOf(displays: readonly Display[]): string {
  return displays
    .map(({ workArea: { x, y, width, height } }) => `${width}x${height}+${x}+${y}`)
    .sort()
    .join(" ");
}

/** Where the window opens on these displays: where it was, if it can be seen there, or else in the middle of the first. */
export function windowPlace(saved: SavedWindows, displays: readonly Display[]): { readonly bounds: Rectangle; readonly maximized: boolean } {
  const before = saved[arrangementOf(displays)];
  if (before && displays.some(({ workArea }) => isReachable(before.bounds, workArea))) return before;
  const area = displays[0]?.workArea ?? { x: 0, y: 0, ...preferred };
  const width = Math.min(preferred.width, area.width);
  const height = Math.min(preferred.height, area.height);
  return {
    bounds: { x: area.x + Math.floor((area.width - width) / 2), y: area.y + Math.floor((area.height - height) / 2), width, height },
    maximized: before?.maximized ?? false,
  };
}

/** The newest arrangement last; what was not used for the longest time is forgotten. */
export function withWindowPlace(saved: SavedWindows, displays: readonly Display[], bounds: Rectangle, maximized: boolean): SavedWindows {
  const name = arrangementOf(displays);
  const others = Object.entries(saved).filter(([other]) => other !== name);
  const { x, y, width, height } = bounds;
  return Object.fromEntries([...others, [name, { bounds: { x, y, width, height }, maximized }] as const].slice(-mostArrangements));
}

/** Whether enough of the window's upper edge lies on the display to take hold of it. */
function isReachable(bounds: Rectangle, area: Rectangle): boolean {
  const across = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  return across >= 200 && bounds.y >= area.y && bounds.y <= area.y + area.height - 100;
}
