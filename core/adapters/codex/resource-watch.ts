import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What the agent's processes may take together. */
export interface ResourceLimits {
  readonly processes: number;
  /** Bytes of resident memory; shared pages count for each process. */
  readonly memory: number;
  /** Bytes on disk under each of the writable directories. */
  readonly disk: number;
}

/** Enough for builds and test suites with their browsers; a fork bomb or an endless file passes it within a second or two. */
export const defaultResourceLimits: ResourceLimits = { processes: 512, memory: 8 * 1024 ** 3, disk: 8 * 1024 ** 3 };

const processInterval = 200;
const diskInterval = 2_000;
/** A walk over a large tree is not repeated before this many times its own duration has passed. */
const diskRest = 20;
const pageSize = 4_096;

/**
 * Looks at what a process and its descendants take, as long as it runs, and says once what was too much. It reads Linux's /proc; elsewhere only the disk is looked
 * at. A watch is slower than a kernel's limit: what it sees has happened already, and a burst may reach further before it is ended.
 *
 * @returns what ends the watch.
 */
export function watchResources(pid: number, directories: readonly string[], limits: ResourceLimits, onExcess: (what: string) => void): () => void {
  let ended = false;
  const end = (): void => void (ended = true);
  const tell = (what: string): void => {
    if (ended) return;
    end();
    onExcess(what);
  };
  const timers = new Set<NodeJS.Timeout>();
  const every = (interval: number, look: () => Promise<number>): void => {
    const round = async (): Promise<void> => {
      timers.delete(timer);
      const next = await look().catch(() => interval);
      if (!ended) every(next, look);
    };
    const timer = setTimeout(() => void round(), interval);
    timers.add(timer);
    timer.unref();
  };
  if (process.platform === "linux")
    every(processInterval, async () => {
      const { count, memory } = await measureTree(pid, limits.processes);
      if (count > limits.processes) tell(`the agent's commands ran more than ${limits.processes} processes at once`);
      else if (memory > limits.memory) tell(`the agent's commands took more than ${limits.memory} bytes of memory`);
      return processInterval;
    });
  every(diskInterval, async () => {
    const begun = performance.now();
    for (const directory of directories)
      if ((await sizeOf(directory, limits.disk)) > limits.disk) tell(`the agent's files took more than ${limits.disk} bytes`);
    return Math.max(diskInterval, (performance.now() - begun) * diskRest);
  });
  return () => {
    end();
    for (const timer of timers) clearTimeout(timer);
  };
}

/** Counts the descendants; stops once there are too many, so that a bomb costs the watcher little. */
async function measureTree(root: number, enough: number): Promise<{ readonly count: number; readonly memory: number }> {
  const open = [root];
  let count = 0;
  let memory = 0;
  for (let pid = open.pop(); pid !== undefined && count <= enough; pid = open.pop()) {
    count += 1;
    const resident = (await readFile(`/proc/${pid}/statm`, "latin1").catch(() => "")).split(" ")[1];
    memory += Number(resident ?? 0) * pageSize;
    for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
      const children = await readFile(`/proc/${pid}/task/${thread}/children`, "latin1").catch(() => "");
      open.push(...children.split(" ").filter(Boolean).map(Number));
    }
  }
  return { count, memory };
}

async function sizeOf(directory: string, enough: number): Promise<number> {
  const open = [directory];
  let size = 0;
  for (let next = open.pop(); next !== undefined && size <= enough; next = open.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else size += ((await lstat(path).catch(() => undefined))?.blocks ?? 0) * 512;
    }
  }
  return size;
}
