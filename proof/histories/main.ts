import "../../core/domain/kernel/repair-json-parse.ts";
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checksum, historyText, indexFile, readIndex, recordedDirectory, type History } from "./history.ts";
import { openStage, readWorkspace } from "./recording.ts";
import { scenarios, type Scenario } from "./scenarios.ts";
import { foreignTo } from "./scrubbed.ts";

/**
 * `npm run record-history [-- NAME…]`: plays the scenarios that have no recording yet in rehearsal workspaces of their own, and adds what they left to `recorded/`. A recording
 * that is there is never written again.
 */
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no scenario called ${unknown.join(", ")}. There are: ${scenarios.map((scenario) => scenario.name).join(", ")}.\n`);
  process.exit(2);
}
for (const scenario of scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const file = join(recordedDirectory, `${scenario.name}.jsonl`);
  if (await exists(file)) process.stdout.write(`${scenario.name}: recorded already, left as it is\n`);
  else if (!(await record(scenario, file))) process.exitCode = 1;
}

async function record(scenario: Scenario, file: string): Promise<boolean> {
  const root = await mkdtemp(join(tmpdir(), "signalbox-history-"));
  try {
    const history = await play(scenario, root);
    const text = historyText(history);
    const foreign = foreignTo(text);
    if (foreign.length > 0) throw new Error(`it holds what must not be in the repository: ${foreign.join(", ")}`);
    await mkdir(recordedDirectory, { recursive: true });
    await writeFile(file, text, { flag: "wx" });
    const known = await readIndex();
    const entries = { ...known, [scenario.name]: { sha256: checksum(text), what: scenario.what } };
    await writeFile(indexFile, `${JSON.stringify(Object.fromEntries(Object.entries(entries).toSorted(([a], [b]) => (a < b ? -1 : 1))), undefined, 2)}\n`);
    process.stdout.write(`${scenario.name}: ${history.events.length} events, ${history.runs.map(({ run }) => run.state.phase).join(", ")}\n`);
    await rm(root, { recursive: true, force: true });
    return true;
  } catch (error) {
    process.stderr.write(
      `${scenario.name}: not recorded, its workspace is kept in ${root}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return false;
  }
}

async function play(scenario: Scenario, root: string): Promise<History> {
  const packages = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const stage = await openStage({ root, version: packages.version, times: scenario.times ?? {}, ...(scenario.brain ? { brain: scenario.brain } : {}) });
  try {
    await scenario.play(stage);
  } finally {
    await stage.close();
  }
  return readWorkspace(stage, {
    kind: "about",
    name: scenario.name,
    what: scenario.what,
    recordedAt: new Date().toISOString(),
    version: packages.version,
    codex: packages.dependencies["@openai/codex"] ?? "",
  });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
