import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Benchmark, Results } from "./benchmark.ts";
import { barPanels } from "./bar-panels.ts";
import { linePanel } from "./line-panel.ts";
import { colours, font } from "./picture-style.ts";

/** Not in the types, and meant to be replaced where there is no canvas. */
const { textMetrics } = vega as unknown as {
  readonly textMetrics: { width: (item: { readonly fontSize?: number }, text: string | readonly string[]) => number };
};
// The width of a letter of the usual fonts, in em. The estimate that vega brings is half as much again and leaves wide margins.
textMetrics.width = ({ fontSize = 11 }, text) => Math.max(0, ...[text].flat().map((line) => String(line).length)) * fontSize * 0.58;

/** A benchmark's picture as SVG, on a white ground so that it reads on a light page and on a dark one. Its title is the finding. */
export async function drawPicture(benchmark: Benchmark, results: Results, finding: string): Promise<string> {
  const { chart } = benchmark;
  const body = chart.kind === "bars" ? { vconcat: [...barPanels(benchmark, chart.figures, results)], spacing: 30 } : linePanel(chart, results);
  const specification: TopLevelSpec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: colours.ground,
    padding: { left: 20, right: 20, top: 18, bottom: 16 },
    autosize: { type: "pad", contains: "padding" },
    title: {
      text: wrap(finding.replaceAll("`", ""), 72),
      subtitle: wrap(`${benchmark.title}. Median of the rounds${chart.kind === "bars" ? "; each dot is one round" : ""}.`, 96),
      anchor: "start",
      frame: "bounds",
      offset: 18,
      fontSize: 17,
      fontWeight: 600,
      lineHeight: 22,
      color: colours.text,
      subtitleFontSize: 12.5,
      subtitleColor: colours.quiet,
      subtitlePadding: 6,
      subtitleLineHeight: 17,
    },
    ...body,
    config: {
      font,
      view: { stroke: null },
      axis: {
        labelColor: colours.quiet,
        titleColor: colours.quiet,
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: "normal",
        gridColor: colours.grid,
        domainColor: colours.axis,
        tickColor: colours.axis,
        titlePadding: 8,
      },
    },
  };
  const view = new vega.View(vega.parse(compile(specification).spec), { renderer: "none" });
  try {
    return withDescription(await view.toSVG(), finding);
  } finally {
    view.finalize();
  }
}

/** Who cannot see the picture is told its finding. */
function withDescription(svg: string, finding: string): string {
  const text = finding.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return `${svg.replace(/<svg /, `<svg role="img" aria-label="${text}" `)}\n`;
}

/** Lines of at most about `length` characters, which is what the width of a picture holds. */
function wrap(text: string, length: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < length) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
