import type { Benchmark, Figure, Results } from "./benchmark.ts";
import type { Machine } from "./machine.ts";
import { judge } from "./results.ts";
import { showLimit, showNumber, showValue, showVerdict } from "./words.ts";

export interface Entry {
  /** Day of the measurement. */
  readonly on: string;
  readonly machine: Machine;
  readonly quick: boolean;
  readonly rounds: number;
  readonly results: Results;
}

export interface Kept {
  readonly benchmark: Benchmark;
  readonly entry: Entry;
}

export const markers = { begin: "<!-- bench:begin (written by `npm run bench`) -->", end: "<!-- bench:end -->" } as const;

/** The page with everything between its markers written anew. Throws when it has no markers, so that nothing by hand is lost. */
export function renderPage(page: string, kept: readonly Kept[]): string {
  const begin = page.indexOf(markers.begin);
  const end = page.indexOf(markers.end);
  if (begin === -1 || end < begin) throw new Error("docs/benchmarks.md has lost the markers between which the figures are written.");
  const body = [renderMachines(kept), renderSummary(kept), ...kept.map(renderBenchmark)].join("\n\n");
  return `${page.slice(0, begin)}${markers.begin}\n\n${body}\n\n${page.slice(end)}`;
}

/** One machine is described once; figures from several machines say so. */
function renderMachines(kept: readonly Kept[]): string {
  const groups = Map.groupBy(kept, ({ entry }) => JSON.stringify([entry.on, { ...entry.machine, load: "", sync: "" }]));
  return [...groups.values()]
    .map((group) => {
      const [first] = group;
      if (!first) return "";
      const which = groups.size === 1 ? "" : `${group.map(({ benchmark }) => `\`${benchmark.id}\``).join(", ")}: `;
      return `${which}Measured on ${first.entry.on}. ${describe(first.entry.machine)}`;
    })
    .join("\n\n");
}

function describe(machine: Machine): string {
  return (
    `${machine.cpu}, ${machine.cores} cores for everything at once (server, database, partner and load), ${machine.memory} of memory; ${machine.system}; ` +
    `Node.js ${machine.node}, PostgreSQL ${machine.postgres}, Codex CLI ${machine.codex}. ` +
    `8 KB are on the disk after ${machine.sync} (median); load average before the run ${machine.load}.`
  );
}

function renderSummary(kept: readonly Kept[]): string {
  const rows = kept.flatMap(({ benchmark, entry }) =>
    judge(benchmark, entry.results).map((judged) => {
      const actual =
        judged.actual === undefined ? "–" : judged.limit.of === "ours" ? showValue(judged.actual, judged.figure) : `${showNumber(judged.actual)} ×`;
      const asked = showLimit(judged.limit, judged.figure, entry.results.partner?.name ?? "");
      return `| [${benchmark.title}](#${benchmark.id}) | ${judged.figure.label} | ${asked} | ${actual} | ${judged.met ? "met" : `**${showVerdict(judged)}**`} |`;
    }),
  );
  return ["| Benchmark | Figure | Asked | Measured | |", "|---|---|---|---|---|", ...rows].join("\n");
}

function renderBenchmark({ benchmark, entry }: Kept): string {
  const { results } = entry;
  const finding = benchmark.finding(results);
  const missed = judge(benchmark, results).filter((judged) => !judged.met);
  const parts = [
    `<a id="${benchmark.id}"></a>\n\n## ${benchmark.title}`,
    `![${finding.replaceAll(/[[\]]/g, "")}](benchmarks/${benchmark.id}.svg)`,
    ...(entry.quick ? ["> Small sizes, only to show that it works: these figures prove nothing."] : []),
    benchmark.method,
    renderTable(benchmark.figures, results),
    ...(benchmark.difference === undefined ? [] : [benchmark.difference]),
    ...("absent" in benchmark.partner ? [`No partner: ${benchmark.partner.absent}`] : []),
    ...(entry.rounds < 5 ? [`${roundsInWords(entry.rounds)}, not five${fewerBecause(benchmark, entry.rounds)}`] : []),
    ...missed.map(
      (judged) =>
        `**Misses its figure:** ${judged.figure.label}, ${showLimit(judged.limit, judged.figure, results.partner?.name ?? "")}: ${showVerdict(judged)}.`,
    ),
    ...(missed.length > 0 && benchmark.why !== undefined ? [`**Why.** ${benchmark.why}`] : []),
    ...(benchmark.tried === undefined ? [] : [`**Tried.** ${benchmark.tried}`]),
  ];
  return parts.join("\n\n");
}

/** A run may have had fewer than its benchmark is meant to have. */
function fewerBecause({ rounds }: Benchmark, count: number): string {
  return rounds !== undefined && count >= rounds.count ? `: ${rounds.because}` : `, and fewer than the ${rounds?.count ?? 5} that it is meant to have.`;
}

function roundsInWords(count: number): string {
  return count === 1 ? "One round" : `${count} rounds`;
}

/** Medians with the span of the rounds. */
function renderTable(figures: readonly Figure[], results: Results): string {
  const { ours, partner } = results;
  const measured = figures.filter((figure) => ours.median[figure.key] !== undefined || partner?.median[figure.key] !== undefined);
  const cell = (side: Results["ours"], figure: Figure): string => {
    const [value, rounds] = [side.median[figure.key], side.rounds[figure.key]];
    if (value === undefined || !rounds) return "–";
    return rounds.length === 1
      ? showValue(value, figure)
      : `${showValue(value, figure)} (${showNumber(Math.min(...rounds))}–${showNumber(Math.max(...rounds))})`;
  };
  const ratio = (figure: Figure): string => (results.ratio[figure.key] === undefined ? "–" : `${showNumber(results.ratio[figure.key] ?? 0)} ×`);
  const rows = measured.map((figure) =>
    partner ? `| ${figure.label} | ${cell(ours, figure)} | ${cell(partner, figure)} | ${ratio(figure)} |` : `| ${figure.label} | ${cell(ours, figure)} |`,
  );
  return [
    partner ? `| Median (least–most of the rounds) | ${ours.name} | ${partner.name} | Ours ÷ theirs |` : `| Median (least–most of the rounds) | ${ours.name} |`,
    partner ? "|---|---|---|---|" : "|---|---|",
    ...rows,
  ].join("\n");
}
