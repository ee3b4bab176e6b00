import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { RunId } from "../../domain/kernel/values.ts";
import type { AgentRuntime, AttemptStart, AttemptStatus } from "../../ports/agent-runtime.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { endProcesses, isAlive, processesOf, startOf } from "./processes.ts";

export interface LocalProcessOptions {
  /** Holds one directory an attempt: its workspace, its home, its log. */
  readonly directory: string;
  /** The agent-runner's entry point. */
  readonly runner: string;
  /** Node to run it with. */
  readonly node: string;
}

/** Milliseconds after which a directory without a process is no attempt that somebody is starting just now. */
const settledAfter = 60_000;

/** Looks, a tenth of a second apart, for the process of another starter that has made the directory and nothing else yet. After them it counts as dead. */
const looksForStarter = 10;

const processRecord = z.object({
  pid: z.int().positive(),
  started: z.string(),
  runId: z.string(),
  attempt: z.int().min(1),
  /** Process ids mean nothing on another machine that shares the directory. */
  machine: z.string().default(hostname),
});
type ProcessRecord = z.infer<typeof processRecord>;

/**
 * Runs agents as processes of this machine. No security boundary: they run as the same user. What stands between them and the owner's files is Codex's own
 * sandbox (no network, writes only in the workspace) and an environment that holds nothing but the run's own short-lived token.
 *
 * An attempt's process outlives a crash of whoever started it; it is found again by its record, checked against the process's start time, because ids are reused.
 */
export function createLocalProcessRuntime(options: LocalProcessOptions): AgentRuntime {
  const home = (runId: RunId, attempt: number): string => join(options.directory, `${runId}-${attempt}`);

  async function status(runId: RunId, attempt: number): Promise<AttemptStatus> {
    const record = await readRecord(home(runId, attempt));
    // Half a record is a crash of this machine, which took the process along.
    if (!record) return (await stat(recordFile(home(runId, attempt))).catch(() => undefined)) ? "gone" : "unknown";
    if (record.machine !== hostname()) return "unknown";
    return (await isAlive(record.pid, record.started)) ? "running" : "gone";
  }

  async function startOnce(start: AttemptStart): Promise<void> {
    const directory = home(start.runId, start.attempt);
    if (await makeDirectory(options.directory, directory)) return record(start, directory, await launch(options, directory, start));
    // Somebody was here before. If it died between starting the process and noting it, the process is there, and a second one would only lose against it.
    for (let look = 0; look < looksForStarter; look += 1) {
      if ((await status(start.runId, start.attempt)) === "running") return;
      const found = await leaderOf(directory);
      if (found !== undefined) return record(start, directory, found);
      await delay(100);
    }
    return record(start, directory, await launch(options, directory, start));
  }

  async function record(start: AttemptStart, directory: string, pid: number): Promise<void> {
    const started = (await startOf(pid)) ?? "";
    await writeRecord(directory, { pid, started, runId: start.runId, attempt: start.attempt, machine: hostname() });
  }

  /** Starts under way: a second call for the same attempt joins the first, which has not written its record yet. */
  const starting = new Map<string, Promise<void>>();

  /** Clones and homes of attempts that are over go; what a run needs to go on is its snapshot in the database. Their logs stay. */
  async function tidy(): Promise<void> {
    for (const name of await readdir(options.directory).catch((): string[] => [])) {
      const directory = join(options.directory, name);
      const own = await stat(join(directory, "home")).catch(() => undefined);
      if (starting.has(directory) || !own || Date.now() - own.mtimeMs < settledAfter) continue;
      const record = await readRecord(directory);
      if (record && (record.machine !== hostname() || (await isAlive(record.pid, record.started)))) continue;
      // Without a record its starter died, and what is there may be the runner. With one the runner is gone, and this is what outlived it.
      if (record) await endProcesses(() => processesOf(directory));
      else if ((await processesOf(directory)).length > 0) continue;
      for (const part of ["workspace", "home"]) await rm(join(directory, part), { recursive: true, force: true });
    }
  }

  return {
    status,

    async start(start) {
      const name = home(start.runId, start.attempt);
      const underWay = starting.get(name) ?? startOnce(start).finally(() => starting.delete(name));
      starting.set(name, underWay);
      await underWay;
      // After it: an agent does not wait for what others have left.
      await tidy();
    },

    async stop(runId, attempt) {
      const directory = home(runId, attempt);
      const record = await readRecord(directory);
      const own = record && (await isAlive(record.pid, record.started)) ? [record.pid] : [];
      await endProcesses(async () => [...own, ...(await processesOf(directory))]);
    },

    async list() {
      const names = await readdir(options.directory).catch(() => []);
      const records = await Promise.all(names.map(async (name) => readRecord(join(options.directory, name))));
      const alive = await Promise.all(records.map(async (record) => (record && (await isAlive(record.pid, record.started)) ? [record] : [])));
      return alive.flat().map((record) => ({ runId: record.runId as RunId, attempt: record.attempt }));
    },
  };
}

/** Makes an attempt's directory. @returns false when it is there already. */
async function makeDirectory(parent: string, directory: string): Promise<boolean> {
  try {
    await mkdir(parent, { recursive: true });
    return (await mkdir(directory, { mode: 0o700, recursive: true })) !== undefined;
  } catch (cause) {
    throw unwritable(parent, cause);
  }
}

function unwritable(directory: string, cause: unknown): InfrastructureError {
  return new InfrastructureError("unwritable", `cannot write to ${directory}`, {
    cause,
    remedy: "Make the directory writable, or choose another workspace with --workspace.",
  });
}

/** The process of an attempt that was started first: the runner, which all others descend from. */
async function leaderOf(directory: string): Promise<number | undefined> {
  const found = await Promise.all((await processesOf(directory)).map(async (pid) => ({ pid, started: Number(await startOf(pid)) })));
  return found.toSorted((left, right) => left.started - right.started || left.pid - right.pid)[0]?.pid;
}

async function launch(options: LocalProcessOptions, directory: string, start: AttemptStart): Promise<number> {
  const own = { home: join(directory, "home"), work: join(directory, "workspace") };
  try {
    await mkdir(own.home, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(options.directory, cause);
  }
  const log = openSync(join(directory, "runner.log"), "a", 0o600);
  try {
    const child = spawn(options.node, [options.runner], {
      cwd: directory,
      detached: true,
      stdio: ["ignore", log, log],
      env: runnerEnvironment(options, own, start),
    });
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (cause) => reject(new InfrastructureError("internal", "the agent runner could not be started", { cause })));
      // A command's sandbox may stay when its agent has gone. What a starter that died would have ended is ended when the next attempt starts.
      child.once("exit", () => void endProcesses(() => processesOf(directory)).catch(() => undefined));
      child.once("spawn", () => {
        child.unref();
        resolve(child.pid ?? 0);
      });
    });
  } finally {
    closeSync(log);
  }
}

/** Only what a runner needs: nothing of the owner's environment (keys, tokens, agents' sockets) goes through. */
function runnerEnvironment(options: LocalProcessOptions, own: { readonly home: string; readonly work: string }, start: AttemptStart): NodeJS.ProcessEnv {
  return {
    PATH: `${dirname(options.node)}:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
    HOME: own.home,
    LANG: "C.UTF-8",
    ...(process.env["TMPDIR"] ? { TMPDIR: process.env["TMPDIR"] } : {}),
    SIGNALBOX_GATEWAY_URL: start.gatewayUrl,
    SIGNALBOX_RUN_ID: start.runId,
    SIGNALBOX_ATTEMPT: String(start.attempt),
    SIGNALBOX_BOOTSTRAP_TOKEN: start.bootstrapToken,
    SIGNALBOX_WORKSPACE: own.work,
    SIGNALBOX_CODEX_HOME: join(own.home, "codex"),
    SIGNALBOX_SANDBOX: "workspace-write",
  };
}

const recordFile = (directory: string): string => join(directory, "process.json");

async function readRecord(directory: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(recordFile(directory), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return processRecord.parse(JSON.parse(text));
  } catch {
    return undefined; // half-written by a crash: the processes are still found by their working directory
  }
}

async function writeRecord(directory: string, record: ProcessRecord): Promise<void> {
  const target = recordFile(directory);
  await writeFile(`${target}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${target}.new`, target);
}
