import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { outcomeFile, outcomeLine, totalOutcome, type Outcome } from "./outcome.ts";

/** `npm test`: every check, then every test. All of it runs whatever fails; arguments go to Vitest. The last line is the counts. */
const checks = ["typecheck", "lint", "imports", "deadcode", "format:check"];
const root = resolve(import.meta.dirname, "../..");

const passed: boolean[] = [];
for (const check of checks) {
  console.log(`\n— ${check}`);
  const ok = (await runProgram("npm", ["run", "--silent", check])) === 0;
  console.log(`${ok ? "passed" : "FAILED"}: ${check}`);
  passed.push(ok);
}

console.log("\n— tests");
const { tests, exitCode } = await runTests(process.argv.slice(2));
const outcome = totalOutcome(passed, tests, exitCode);
if (!tests) console.log("FAILED: Vitest ended without saying what it ran");
passed.forEach((ok, index) => ok || console.log(`FAILED: ${checks[index]}`));
process.exitCode = outcome.failed > 0 ? 1 : 0;
console.log(outcomeLine(outcome));

async function runTests(args: readonly string[]): Promise<{ tests: Outcome | undefined; exitCode: number }> {
  const directory = await mkdtemp(join(tmpdir(), "signalbox-test-"));
  const file = join(directory, "outcome.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  try {
    const exitCode = await runProgram(process.execPath, [vitest, "run", "--reporter=default", "--reporter=./build/test/count-reporter.ts", ...args], {
      [outcomeFile]: file,
    });
    const text = await readFile(file, "utf8").catch(() => undefined);
    return { tests: text === undefined ? undefined : (JSON.parse(text) as Outcome), exitCode };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs a program on this terminal and gives its exit code; 1 when a signal ended it or when it did not start. */
async function runProgram(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<number> {
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...environment } });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return code ?? 1;
  } catch (error) {
    console.log(`${program} did not start: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
