import type { TopLevelSpec } from "vega-lite";

/** Things drawn over each other in one panel, and one of these things. */
export type Panel = Pick<Extract<TopLevelSpec, { layer: unknown }>, "layer" | "width" | "height">;
export type Layer = Panel["layer"][number];

/** Width of the part of a picture in which things are drawn, without the labels beside it. */
export const plotWidth = 560;

/** What the reader's own system sets its pages in. */
export const font = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

/** Ours is blue, the partner grey, a limit red and dashed; every one is also named, so that colour carries nothing alone. */
export const colours = {
  ground: "#ffffff",
  text: "#1c2127",
  quiet: "#555e68",
  grid: "#edf0f2",
  axis: "#b8c0c8",
  ours: "#1d62b0",
  partner: "#9aa3ad",
  limit: "#b3261e",
} as const;

/** For several lines of ours in one picture; each is named at its end. */
export const lineColours = ["#1d62b0", "#b4520b", "#2c7a4b", "#8338a8", "#a3234f", "#0f7a86", "#6b5d11", "#444c56", "#c2368c"] as const;
