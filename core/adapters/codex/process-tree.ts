import type { ChildProcess } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

const killGrace = 3000;
const leftoverRounds = 5;

/**
 * Ends a child that leads its own process group, and everything it started: SIGTERM to the group, SIGKILL after three seconds. Commands that Codex started in sessions of
 * their own are not in the group: its sandbox takes them along when it dies; without the sandbox they are found by the thread's id in their environment.
 *
 * Resolves when nothing of it is left.
 */
export async function endProcessTree(child: ChildProcess, exited: Promise<unknown>, threadId: string | undefined): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), killGrace);
  await exited;
  clearTimeout(timer);
  signalGroup(child.pid, "SIGKILL");
  if (threadId !== undefined) await endLeftovers(threadId);
}

/** Ends processes that outlived their turn: those that carry the thread's id in their environment. Linux only; elsewhere there is nothing to look in. */
export async function endLeftovers(threadId: string): Promise<void> {
  // A process may fork while we look; after a round that finds nobody there is none left to fork.
  for (let round = 0; round < leftoverRounds; round += 1) {
    const found = await processesOf(threadId);
    if (found.length === 0) return;
    for (const pid of found) signal(pid, "SIGKILL");
  }
}

async function processesOf(threadId: string): Promise<readonly number[]> {
  if (process.platform !== "linux") return [];
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const marker = `CODEX_THREAD_ID=${threadId}\0`;
  const carriers = await Promise.all(
    pids.map(async (pid) => ((await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "")).includes(marker) ? Number(pid) : undefined)),
  );
  return carriers.filter((pid) => pid !== undefined);
}

/** Signals a process that leads its own group, and everything in the group. */
export function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  // A negative pid is the group; Windows has none.
  signal(process.platform === "win32" ? pid : -pid, name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already: that is what was wanted.
  }
}
