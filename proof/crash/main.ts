import "../../core/domain/kernel/repair-json-parse.ts";
import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { deliveriesAtLength, malformedAtLength } from "../deliveries/long-form.ts";
import { killEveryPoint } from "./kill-every-point.ts";
import { renderReport, summarise, summaryLine } from "./torture/report.ts";
import { torture } from "./torture/torture.ts";

interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly kills?: number | undefined;
  readonly others?: number | undefined;
  readonly issues?: number | undefined;
  readonly parallel: number;
  readonly times?: string | undefined;
  readonly report?: string | undefined;
  readonly keep?: boolean | undefined;
  readonly killPoints?: boolean | undefined;
  readonly part?: { readonly number: number; readonly of: number } | undefined;
  readonly deliveries?: boolean | undefined;
  readonly malformed?: boolean | undefined;
}

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("must be a number");
  return value;
};

const partOf = (text: string): { number: number; of: number } => {
  const [, number, of] = (/^(\d+)\/(\d+)$/u.exec(text) ?? []).map(Number);
  if (!number || !of || number > of) throw new InvalidArgumentError("must be a part of a whole, such as 1/2");
  return { number, of };
};

const program = new Command("torture")
  .description(
    "Kills and breaks everything at random while issues go through their stages, then counts what the forge has seen. Prints JSON lines; exit 1 when anything is lost, twice, stuck or late.",
  )
  .option("--seed <number>", "chooses the same issues and the same faults again", whole, Math.floor(Math.random() * 1_000_000))
  .option("--minutes <number>", "how long faults go on", whole, 60)
  .option("--kills <number>", "SIGKILLs in that time (default: 500 an hour)", whole)
  .option("--others <number>", "faults of other kinds in that time (default: 200 an hour)", whole)
  .option("--issues <number>", "issues at least (default: 30 an hour)", whole)
  .option("--parallel <number>", "issues under way at once, two in each repository", whole, 4)
  .option("--times <pairs>", "SIGNALBOX_TIMES of the parts, for other times than the defaults")
  .option("--report <path>", "writes the report there")
  .option("--kill-points", "instead lets a process die at each kill point that an intake reaches, one by one")
  .option("--part <n/m>", "with --kill-points: only every m-th point, beginning with the n-th", partOf)
  .option("--deliveries", "instead lets 10,000 deliveries loose, shuffled, some twice, some never, and counts their effects")
  .option("--malformed", "instead sends a million malformed requests to a relay")
  .option("--keep", "leaves logs and repositories where they are");

async function main(): Promise<void> {
  const options = program.parse().opts<Options>();
  const record = (entry: object): void => console.log(JSON.stringify(entry));
  if (options.killPoints) {
    const everyPoint = await killEveryPoint({ times: options.times, part: options.part, record });
    record(everyPoint);
    process.exitCode = everyPoint.passed ? 0 : 1;
    return;
  }
  if (options.deliveries || options.malformed) {
    const passed = [
      ...(options.deliveries ? [await deliveriesAtLength(options.seed, record)] : []),
      ...(options.malformed ? [await malformedAtLength(options.seed, record)] : []),
    ];
    process.exitCode = passed.every(Boolean) ? 0 : 1;
    return;
  }
  const share = options.minutes / 60;
  const started = new Date();
  const lease = /lease=(\d+)/u.exec(options.times ?? "")?.[1];
  const result = await torture({
    ...options,
    kills: options.kills ?? Math.ceil(500 * share),
    others: options.others ?? Math.ceil(200 * share),
    issues: options.issues ?? Math.ceil(30 * share),
    stages: { least: 3, most: 6 },
    leaseSeconds: lease === undefined ? 30 : Number(lease),
    settleMinutes: 3,
    record: (entry) => console.log(JSON.stringify(entry)),
  });
  if (options.report !== undefined) await writeFile(options.report, renderReport(result, started));
  const { passed, faults } = summarise(result);
  for (const fault of faults) console.error(fault);
  console.error(`${summaryLine(result)} (seed ${result.seed})`);
  process.exitCode = passed ? 0 : 1;
}

for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => process.exit(130));
await main();
