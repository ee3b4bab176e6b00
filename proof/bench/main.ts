import "../../core/domain/kernel/repair-json-parse.ts";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../../build/testbed/postgres.ts";
import type { Benchmark } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { describeMachine } from "./machine.ts";
import type { Entry } from "./page.ts";
import { readReport, writeReport, type Report } from "./report.ts";
import { judge } from "./results.ts";
import { runBenchmark } from "./run-benchmark.ts";
import { showLimit, showNumber, showValue, showVerdict } from "./words.ts";

const usage = `npm run bench -- [benchmark…] [--rounds 5] [--quick] [--report] [--render]

Measures all benchmarks, or the named ones, beside their partners, and says what meets its figure.
  --rounds N  rounds that count, after one that does not (5)
  --quick     small sizes and one round: shows that everything works, proves nothing
  --report    writes docs/benchmarks.md, its pictures and its figures; a whole run that is not quick does so anyway
  --render    writes them anew from the figures of earlier runs, and measures nothing

Benchmarks: ${benchmarks.map((benchmark) => benchmark.id).join(", ")}`;

const place = { docs: join(import.meta.dirname, "../../docs") };

interface Options {
  readonly chosen: readonly Benchmark[];
  readonly rounds: number | undefined;
  readonly quick: boolean;
  readonly report: boolean;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
      render: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const unknown = positionals.filter((id) => !benchmarks.some((benchmark) => benchmark.id === id));
  if (values.help || unknown.length > 0 || (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1))) {
    process.stdout.write(`${unknown.length > 0 ? `There is no benchmark ${unknown.join(", ")}.\n\n` : ""}${usage}\n`);
    process.exitCode = values.help ? 0 : 2;
  } else if (values.render) {
    await writeReport(place, benchmarks, await readReport(place));
  } else {
    const chosen = positionals.length === 0 ? benchmarks : benchmarks.filter((benchmark) => positionals.includes(benchmark.id));
    await measureAll({ chosen, rounds, quick: values.quick, report: values.report || (positionals.length === 0 && !values.quick) });
  }
}

/** One benchmark that fails does not take the figures of the others with it. */
async function measureAll({ chosen, rounds, quick, report }: Options): Promise<void> {
  const postgres = await startPostgres({ durable: true });
  let kept: Report = report ? await readReport(place) : { entries: {} };
  try {
    const machine = await describeMachine(postgres.url);
    say(
      Object.entries(machine)
        .map(([name, value]) => `${name} ${value}`)
        .join(" · "),
    );
    for (const benchmark of chosen) {
      const count = rounds ?? (quick ? 1 : (benchmark.rounds?.count ?? 5));
      say(`\n${benchmark.title} [${benchmark.id}]`);
      try {
        const results = await runBenchmark(benchmark, { quick, postgresUrl: postgres.url, say: (line) => say(`  ${line}`) }, count);
        const entry: Entry = { on: new Date().toISOString().slice(0, 10), machine, quick, rounds: count, results };
        tell(benchmark, entry);
        kept = { entries: { ...kept.entries, [benchmark.id]: entry } };
        if (report) await writeReport(place, benchmarks, kept);
      } catch (error) {
        process.exitCode = 1;
        say(`  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    }
  } finally {
    await postgres.stop();
  }
}

function tell(benchmark: Benchmark, { results }: Entry): void {
  say(`  ${benchmark.finding(results)}`);
  for (const judged of judge(benchmark, results)) {
    const { limit, figure, actual } = judged;
    const shown = actual === undefined ? "–" : limit.of === "ours" ? showValue(actual, figure) : `${showNumber(actual)} ×`;
    say(`  ${judged.met ? "ok  " : "MISS"} ${figure.label}: ${shown}, asked ${showLimit(limit, figure, results.partner?.name ?? "")} (${showVerdict(judged)})`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
