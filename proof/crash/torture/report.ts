import { cpus, totalmem } from "node:os";
import type { Verdict } from "../../world/oracle.ts";
import { countKills, type Ordeal, type TortureResult } from "./torture.ts";

/** Seconds within which everything must go on after a fault, without a hand; and how much more memory a part may have in the last third than in the first. */
export const limits = { kill: 20, database: 30, growth: 1.3 } as const;
/** With fewer, a part's memory says more about the moments than about the part. */
const enoughSamples = 60;

export interface Summary {
  readonly passed: boolean;
  /** Why not, in words. */
  readonly faults: readonly string[];
}

/** Whether the installation came through: nothing lost, twice or stuck, the trail verifies, nothing left over, everything back in time. */
export function summarise(result: TortureResult): Summary {
  const { verdict, ordeals, leftovers } = result;
  const findings = (["lost", "twice", "stuck", "audit", "leftovers"] as const).flatMap((kind) => verdict[kind].map((what) => `${kind}: ${what}`));
  const late = ordeals
    .filter(isLate)
    .map(({ name, whom, at, recovered }) => `late: ${name} of ${whom} at ${seconds(at)} s: ${recovered === undefined ? "never" : `${seconds(recovered)} s`}`);
  const grown = growthOf(result)
    .filter(({ samples, first, last }) => samples >= enoughSamples && last > first * limits.growth)
    .map(({ part, first, last }) => `memory: ${part} grew from ${mebibytes(first)} to ${mebibytes(last)}`);
  const left = leftovers > 0 ? [`leftovers: ${leftovers} processes of agents after everything had been stopped`] : [];
  const faults = [...findings, ...late, ...grown, ...left];
  return { passed: faults.length === 0, faults };
}

function isLate({ name, recovered, disturbed }: Ordeal): boolean {
  const limit = limitOf(name);
  if (recovered === undefined) return true;
  return limit !== undefined && !disturbed && recovered > limit * 1_000;
}

function limitOf(name: string): number | undefined {
  if (name.startsWith("kill")) return limits.kill;
  return name === "database restart" ? limits.database : undefined;
}

/** The report as a page. */
export function renderReport(result: TortureResult, started: Date): string {
  const { verdict, ordeals, issues } = result;
  const { passed, faults } = summarise(result);
  const kills = countKills(ordeals);
  return [
    "# Torture",
    "",
    "Written by `npm run torture -- --report docs/torture.md`. Issues go through their stages with the real agent, real git and a real PostgreSQL while processes are killed and wires break; effects are counted at the forge. What is measured how is said in [ADR 0022](adr/0022-torture.md).",
    "",
    `**${passed ? "Passed" : "FAILED"}**: ${kills} kills and ${ordeals.length - kills} other faults in ${minutes(result.milliseconds)}, seed ${result.seed}. ${issues.opened} issues, ${issues.stages} stages, ${issues.finished} issues at their end.`,
    "",
    `Repeat it: \`npm run torture -- --seed ${result.seed}\`. Run on ${started.toISOString().slice(0, 16).replace("T", " ")} UTC; ${machine()}.`,
    "",
    "| lost | twice | stuck | audit trail | left over |",
    "|---|---|---|---|---|",
    `| ${verdict.lost.length} | ${verdict.twice.length} | ${verdict.stuck.length} | ${verdict.audit.length === 0 ? "verifies" : `${verdict.audit.length} problems`} | ${verdict.leftovers.length + result.leftovers} |`,
    "",
    ...(faults.length === 0 ? [] : ["## What went wrong", "", ...faults.map((fault) => `- ${fault}`), ""]),
    "## What was looked at",
    "",
    ...table(
      ["what", "how many"],
      Object.entries(verdict.seen).map(([what, n]) => [words(what), String(n)]),
    ),
    "",
    "## Recovery",
    "",
    `Seconds from the fault until the part serves again and the work that it held goes on, without a hand; limits: ${limits.kill} s after a kill, ${limits.database} s after a restart of the database. A fault that is *alone* was followed by no other that hits the same work before it had recovered; limits are checked on these. Whoever recovers amid the next fault has to recover from both.`,
    "",
    ...table(["fault", "times", "alone", "p50", "p95", "max", "p50 of all", "p95 of all", "max of all"], recoveryRows(ordeals)),
    "",
    ...memorySection(result),
  ].join("\n");
}

function recoveryRows(ordeals: readonly Ordeal[]): readonly (readonly string[])[] {
  const names = [...new Set(ordeals.map(({ name }) => name))].toSorted();
  return names.map((name) => {
    const all = ordeals.filter((ordeal) => ordeal.name === name);
    const alone = all.filter(({ disturbed }) => !disturbed);
    return [name, String(all.length), String(alone.length), ...figures(alone), ...figures(all)];
  });
}

function figures(ordeals: readonly Ordeal[]): readonly string[] {
  const sorted = ordeals.map(({ recovered }) => recovered ?? Infinity).toSorted((a, b) => a - b);
  if (sorted.length === 0) return ["–", "–", "–"];
  const at = (share: number): string => seconds(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Infinity);
  return [at(0.5), at(0.95), at(1)];
}

/** Parts are killed all the time, so what would grow is what all of their lives have in common: the database's size, the forge's history. */
function memorySection(result: TortureResult): readonly string[] {
  const rows = growthOf(result).map(({ part, samples, first, last, most }) => [part, String(samples), mebibytes(first), mebibytes(last), mebibytes(most)]);
  return [
    "## Memory of the parts",
    "",
    `Resident, of lives that had served for at least five seconds. The last third may be ${limits.growth} times the first.`,
    "",
    ...table(["part", "samples", "median of the first third", "median of the last third", "most"], rows),
    "",
  ];
}

interface Growth {
  readonly part: string;
  readonly samples: number;
  /** Median bytes of the first and of the last third of the time; 0 when there was no look. */
  readonly first: number;
  readonly last: number;
  readonly most: number;
}

function growthOf({ memory, milliseconds }: TortureResult): readonly Growth[] {
  return Object.entries(memory).map(([part, samples]) => {
    const third = (from: number): number =>
      median(samples.filter(({ at }) => at >= (from * milliseconds) / 3 && at < ((from + 1) * milliseconds) / 3).map(({ bytes }) => bytes)) ?? 0;
    return { part, samples: samples.length, first: third(0), last: third(2), most: Math.max(...samples.map(({ bytes }) => bytes)) };
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

/** One line for a terminal. */
export function summaryLine(result: TortureResult, verdict: Verdict = result.verdict): string {
  const { passed } = summarise(result);
  return `${passed ? "passed" : "FAILED"}: ${countKills(result.ordeals)} kills, ${result.ordeals.length} faults, ${result.issues.finished} of ${result.issues.opened} issues; lost ${verdict.lost.length}, twice ${verdict.twice.length}, stuck ${verdict.stuck.length}`;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function mebibytes(bytes: number): string {
  return bytes === 0 ? "–" : `${Math.round(bytes / 1_048_576)} MiB`;
}

function seconds(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? (milliseconds / 1_000).toFixed(1) : "never";
}

function minutes(milliseconds: number): string {
  return `${(milliseconds / 60_000).toFixed(1)} minutes`;
}

function words(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores of ${cpu?.model ?? "an unknown make"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}
