import type { Benchmark, Figure, Limit, Measured, Results } from "./benchmark.ts";
import { colours, plotWidth, type Layer, type Panel } from "./picture-style.ts";
import { figureOf, judge, type Judged } from "./results.ts";
import { showLimit, showValue, showVerdict } from "./words.ts";

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly colour: string;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

const rowHeight = 34;

/** A panel per figure: a bar for each side with its value, the rounds as dots, the limits as lines that say whether they are met. */
export function barPanels(benchmark: Benchmark, figures: readonly string[], results: Results): readonly Panel[] {
  return figures.map((key) => {
    const figure = figureOf(benchmark, key);
    const sides = [results.ours, ...(results.partner ? [results.partner] : [])].filter((side) => side.median[key] !== undefined);
    const lines = judge(benchmark, results).flatMap((judged) => (judged.limit.figure === key ? limitLine(judged, results) : []));
    return panel(figure, sides, lines, results.ours);
  });
}

/** Where a limit stands on the axis of its figure; a limit of the ratio stands at its multiple of the partner. */
function limitLine(judged: Judged, results: Results): readonly Line[] {
  const at = limitPosition(judged.limit, results);
  return at === undefined ? [] : [{ at, text: `${showLimit(judged.limit, judged.figure, results.partner?.name ?? "")}: ${showVerdict(judged)}` }];
}

function limitPosition(limit: Limit, results: Results): number | undefined {
  if (limit.of === "ours") return limit.value;
  const theirs = results.partner?.median[limit.figure];
  return theirs === undefined ? undefined : theirs * limit.value;
}

function panel(figure: Figure, sides: readonly Measured[], lines: readonly Line[], ours: Measured): Panel {
  const bars: readonly Bar[] = sides.map((side) => bar(figure, side, side === ours));
  const dots = sides.flatMap((side) => (side.rounds[figure.key] ?? []).map((value) => ({ name: side.name, value })));
  const furthest = Math.max(...dots.map((dot) => dot.value), ...bars.map((one) => one.value), ...lines.map((line) => line.at));
  const end = furthest * 1.18 || 1;
  const x = {
    field: "value",
    type: "quantitative" as const,
    scale: { domain: [0, end], nice: false },
    axis: { title: axisTitle(figure), tickCount: 6, domain: false, ticks: false },
  };
  const y = {
    field: "name",
    type: "nominal" as const,
    sort: null,
    scale: { paddingInner: 0.28, paddingOuter: 0.2 },
    axis: { title: null, domain: false, ticks: false, labelFontSize: 13, labelColor: colours.text, labelPadding: 8, labelLimit: 220 },
  };
  return {
    width: plotWidth,
    height: rowHeight * sides.length,
    layer: [
      { data: { values: [...bars] }, mark: { type: "bar" }, encoding: { x, y, color: { field: "colour", type: "nominal", scale: null } } },
      {
        data: { values: [...dots] },
        mark: { type: "point", filled: true, fill: "#ffffff", stroke: colours.text, strokeWidth: 1, size: 26, opacity: 0.9 },
        encoding: { x, y },
      },
      ...uncrossed(lines, end).flatMap((line, index) => limitLayers(line, index, end, x)),
      {
        data: { values: bars.map((one) => ({ ...one, value: furthestOf(one, dots) })) },
        mark: { type: "text", align: "left", dx: 9, fontSize: 13, fontWeight: 600, color: colours.text, stroke: null },
        encoding: { x, y, text: { field: "text" } },
      },
    ],
  };
}

function bar(figure: Figure, side: Measured, isOurs: boolean): Bar {
  const value = side.median[figure.key] ?? 0;
  return { name: side.name, value, text: showValue(value, figure), colour: isOurs ? colours.ours : colours.partner };
}

/** The value stands behind the last dot, not on it. */
function furthestOf(one: Bar, dots: readonly { readonly name: string; readonly value: number }[]): number {
  return Math.max(one.value, ...dots.filter((dot) => dot.name === one.name).map((dot) => dot.value));
}

function axisTitle(figure: Figure): string {
  const unit = figure.unit.startsWith("/") ? `per ${figure.unit === "/s" ? "second" : figure.unit.slice(1)}` : figure.unit;
  const better = figure.better === "higher" ? "longer is better" : "shorter is better";
  return `${figure.label}${unit === "" ? "" : `, ${unit}`} (${better})`;
}

/** In an order in which no line goes through the label of another one: labels stand on the side of their line where there is more room. */
function uncrossed(lines: readonly Line[], end: number): readonly Line[] {
  const isFar = (line: Line): boolean => line.at > end / 2;
  return [
    ...lines.filter(isFar).toSorted((one, other) => one.at - other.at),
    ...lines.filter((line) => !isFar(line)).toSorted((one, other) => other.at - one.at),
  ];
}

/** The line reaches up to its own label, so that of several it is seen which says what. */
function limitLayers(line: Line, index: number, end: number, x: object): readonly Layer[] {
  const toTheLeft = line.at > end / 2;
  const above = -4 - 17 * index;
  const data = { values: [{ value: line.at, text: line.text }] };
  return [
    {
      data,
      mark: { type: "rule", color: colours.limit, strokeDash: [5, 3], strokeWidth: 1.5 },
      encoding: { x: x, y: { value: above - 11 }, y2: { value: "height" } },
    },
    {
      data,
      mark: { type: "text", align: toTheLeft ? "right" : "left", baseline: "bottom", dx: toTheLeft ? -5 : 5, fontSize: 12, color: colours.limit },
      encoding: { x: x, y: { value: above }, text: { field: "text" } },
    },
  ];
}
