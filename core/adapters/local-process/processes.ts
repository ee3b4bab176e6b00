import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** When a process started, in whatever form this system tells it; undefined when there is no such process. Tells a reused id from the old process. */
export async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat !== undefined) {
    // Field 2 is the command in parentheses and may hold anything; field 22, counted after it, is the start time in ticks since boot.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  }
  // Where /proc tells of this process, it tells of every other: asking `ps` as well would start a process for each that has ended.
  if (existsSync("/proc/self/stat")) return undefined;
  const listed = await run("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => undefined);
  return listed?.stdout.trim() || undefined;
}

export async function isAlive(pid: number, started: string): Promise<boolean> {
  return (await startOf(pid)) === started;
}

/**
 * Processes that belong to an attempt's directory, whoever their parent is now: by the home directory in their environment, or by the working
 * directory of those that have none, where the system tells these; otherwise by their arguments.
 */
export async function processesOf(directory: string): Promise<readonly number[]> {
  const pids = await readdir("/proc").catch(() => undefined);
  if (pids?.includes("self")) {
    const found = await Promise.all(pids.filter((name) => /^\d+$/u.test(name)).map(async (name) => ((await worksIn(name, directory)) ? [Number(name)] : [])));
    return found.flat().filter((pid) => pid !== process.pid);
  }
  const listed = await run("ps", ["-axww", "-o", "pid=,args="]).catch(() => undefined);
  return (listed?.stdout ?? "")
    .split("\n")
    .filter((line) => line.includes(join(directory, "workspace")))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}

async function worksIn(pid: string, directory: string): Promise<boolean> {
  const inside = (path: string | undefined): boolean => path !== undefined && (path === directory || path.startsWith(directory + sep));
  if ((await startOf(Number(pid))) === undefined) return false;
  const environment = (await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "")).split("\0");
  const home = environment.find((variable) => variable.startsWith("HOME="))?.slice("HOME=".length);
  if (inside(home)) return true;
  // The owner's own shell may have gone into the directory to look around: it has the owner's home, not the attempt's.
  if (home === undefined && inside(await readlink(`/proc/${pid}/cwd`).catch(() => undefined))) return true;
  const args = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return args.split("\0").includes(join(directory, "workspace"));
}

/** Ends processes and their groups: asks, waits, then kills. Looks again until none is left. */
export async function endProcesses(find: () => Promise<readonly number[]>): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    const left = (await Promise.all((await find()).map(async (pid) => ((await startOf(pid)) === undefined ? [] : [pid])))).flat();
    if (left.length === 0) return;
    if (round === 0 || round >= 40) for (const pid of left) signal(pid, round === 0 ? "SIGTERM" : "SIGKILL");
    await delay(100);
  }
}

function signal(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, name);
    } catch {
      // Gone, or not the leader of a group: the other target reaches it.
    }
  }
}
