import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const program = fileURLToPath(new URL("signalbox.js", import.meta.url));
const run = promisify(execFile);

let home = "";
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), "signalbox-home-"))));
afterEach(() => rm(home, { recursive: true, force: true }));

/** What the program prints, and what Node says that it was started with. */
async function start(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [program, ...args], { env: { HOME: home, PATH: process.env["PATH"] } });
  return stdout;
}
const compiled = (): Promise<readonly string[]> => readdir(join(home, ".cache/signalbox/compiled")).catch(() => []);

it("keeps its compiled code in the user's own cache", async () => {
  expect(await start("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await compiled()).toHaveLength(1);
});

it("keeps no compiled code where others may write", async () => {
  await start("--version");
  const directory = join(home, ".cache/signalbox/compiled");
  await rm(join(directory, ...(await compiled()).slice(0, 1)), { recursive: true });
  await chmod(directory, 0o777);

  expect(await start("--version")).toMatch(/^\d/);
  expect(await compiled()).toEqual([]);
});

/** Starts a part without its configuration, and says how it ended and with which flags it ran at that moment. */
async function startPart(part: string): Promise<{ readonly pid: number | undefined; readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const report = `data:text/javascript,process.on("exit",()=>console.log(process.pid,process.execArgv.join(" ")))`;
  const started = run(process.execPath, ["--import", report, program, "serve", part], { env: { HOME: home, PATH: process.env["PATH"] } });
  const { pid } = started.child;
  return started.then(
    () => ({ pid, code: 0, stdout: "", stderr: "" }),
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
      pid,
      code: error.code,
      stdout: error.stdout,
      stderr: error.stderr,
    }),
  );
}

it("is a server with a server's flags under the same process id, and ends as the command ends", async () => {
  const failure = await startPart("gateway");

  expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining("SIGNALBOX_DATABASE_URL") });
  expect(failure.stdout).toMatch(new RegExp(`^${failure.pid} .*--heap-growing-percent=25 --max-semi-space-size=2\\n$`));
});

it("leaves a relay the young generation that Node gives it", async () => {
  const failure = await startPart("relay");

  expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining("SIGNALBOX_DATABASE_URL") });
  expect(failure.stdout).not.toContain("semi-space");
});
