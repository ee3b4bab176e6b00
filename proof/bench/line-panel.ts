import type { Axis, Chart, Results, Series } from "./benchmark.ts";
import { colours, lineColours, plotWidth, type Layer, type Panel } from "./picture-style.ts";

type LineChart = Extract<Chart, { readonly kind: "lines" }>;

const height = 330;
/** Pixels between the labels of two lines that end close to each other. */
const labelDistance = 17;

interface Scale {
  readonly domain: readonly [number, number];
  /** Pixels from the top, or from the left. */
  toPixel(value: number): number;
}

/** One panel: every series of ours and of the partner, named at its right end. */
export function linePanel(chart: LineChart, results: Results): Panel {
  const ours = results.ours.series.map((series, index) => ({ ...series, colour: lineColours[index % lineColours.length] ?? colours.ours }));
  const theirs = (results.partner?.series ?? []).map((series) => ({ ...series, colour: colours.partner }));
  const lines = [...ours, ...theirs].filter((series) => series.points.length > 0);
  const points = lines.flatMap((series) => series.points.map((point) => ({ ...point, label: series.label, colour: series.colour })));
  const vertical = scaleFor(chart.y, [...points.map((point) => point.y), ...(chart.limit ? [chart.limit.value] : [])], height);
  const horizontal = spanOf(points.map((point) => point.x));
  const x = {
    field: "x",
    type: "quantitative" as const,
    scale: { type: chart.x.scale, domain: horizontal, nice: false },
    axis: axis(
      chart.x,
      points.map((point) => point.x),
    ),
  };
  const y = { field: "y", type: "quantitative" as const, scale: { type: chart.y.scale, domain: [...vertical.domain], nice: false }, axis: axis(chart.y) };
  const color = { field: "colour", type: "nominal" as const, scale: null };
  return {
    width: plotWidth,
    height,
    layer: [
      { data: { values: points }, mark: { type: "line", strokeWidth: 2.2 }, encoding: { x, y, color, detail: { field: "label", type: "nominal" } } },
      ...(points.length > 60
        ? []
        : [{ data: { values: points }, mark: { type: "point" as const, filled: true, size: 36, opacity: 1 }, encoding: { x, y, color } }]),
      ...limitLayers(chart, y),
      ...endLabels(lines, vertical).map((label): Layer => ({
        data: { values: [{}] },
        mark: { type: "text", align: "left", fontSize: 12.5, fontWeight: 600, color: label.colour },
        encoding: { x: { value: plotWidth + 10 }, y: { value: label.pixel }, text: { value: label.text } },
      })),
    ],
  };
}

function axis(of: Axis, values: readonly number[] = []): object {
  const logarithmic = of.scale === "log";
  const places = [...new Set(values)].toSorted((one, other) => one - other);
  return {
    title: of.label,
    labelPadding: 7,
    domain: values.length > 0,
    ticks: values.length > 0,
    // Where few places were measured, these are the ticks.
    ...(logarithmic && places.length > 0 && places.length <= 8 ? { values: places, grid: false } : { tickCount: 6 }),
    format: ",~r",
  };
}

function limitLayers(chart: LineChart, y: object): readonly Layer[] {
  if (!chart.limit) return [];
  const data = { values: [{ y: chart.limit.value }] };
  return [
    { data, mark: { type: "rule", color: colours.limit, strokeDash: [5, 3], strokeWidth: 1.5 }, encoding: { y: y } },
    {
      data,
      mark: { type: "text", align: "left", baseline: "bottom", dy: -4, fontSize: 12, color: colours.limit },
      encoding: { x: { value: 6 }, y: y, text: { value: chart.limit.label } },
    },
  ];
}

function spanOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** A linear axis begins at zero, a logarithmic one a little below the lowest value: neither makes little look like much. */
function scaleFor(of: Axis, values: readonly number[], pixels: number): Scale {
  const [lowest, highest] = spanOf(values);
  const domain: readonly [number, number] = of.scale === "log" ? [lowest / 1.6, highest * 1.6] : [Math.min(0, lowest), highest * 1.12 || 1];
  const place = of.scale === "log" ? Math.log : (value: number): number => value;
  const [from, to] = [place(domain[0]), place(domain[1])];
  return { domain, toPixel: (value) => pixels * (1 - (place(value) - from) / (to - from)) };
}

/** The labels at the lines' ends, moved apart where they would overlap, in the order of the ends. */
function endLabels(lines: readonly (Series & { readonly colour: string })[], scale: Scale): readonly { text: string; colour: string; pixel: number }[] {
  const labels = lines
    .map((line) => ({ text: line.label, colour: line.colour, pixel: scale.toPixel(line.points.at(-1)?.y ?? 0) }))
    .toSorted((one, other) => one.pixel - other.pixel);
  for (const [index, label] of labels.entries()) {
    const above = labels[index - 1];
    if (above) label.pixel = Math.max(label.pixel, above.pixel + labelDistance);
  }
  const overflow = (labels.at(-1)?.pixel ?? 0) - height;
  if (overflow > 0) for (const label of labels) label.pixel -= overflow;
  return labels;
}
