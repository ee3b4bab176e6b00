import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** A place between two durable writes of one kind of process. */
export interface KillPoint {
  /** `relay`, `orchestrator`, `gateway`, `runner`. */
  readonly process: string;
  /** `before commit: run.admitted …`, `after forge.createPull`, …: named by the write itself. */
  readonly point: string;
}

export function nameOf({ process, point }: KillPoint): string {
  return `${process}, ${point}`;
}

const files = { reached: "reached.jsonl", armed: "armed.json" } as const;

/** Of one process: told of each point that it passes. Dies there, by SIGKILL of itself, when the point is armed and has not killed before. */
export interface KillSwitch {
  reached(point: string): void;
}

/** All of it is synchronous: nothing else of the process happens between reaching a point and dying at it. */
export function createKillSwitch(directory: string, processKind: string): KillSwitch {
  mkdirSync(directory, { recursive: true });
  const seen = new Set<string>();
  return {
    reached(point) {
      const here: KillPoint = { process: processKind, point };
      if (!seen.has(point)) appendFileSync(join(directory, files.reached), `${JSON.stringify(here)}\n`);
      seen.add(point);
      if (!armedPoints(directory).some((armed) => nameOf(armed) === nameOf(here)) || !claim(directory, here)) return;
      process.kill(process.pid, "SIGKILL");
      // The signal is on its way; no further line of this process may run.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  };
}

/** The harness's side of the same directory. */
export interface KillBoard {
  /** From now on these kill, each once, however often the process is started again. */
  arm(points: readonly KillPoint[]): void;
  /** Every point that was passed so far, each once, in the order in which they were first passed. */
  reached(): readonly KillPoint[];
  /** Those of the points that have killed. */
  killed(points: readonly KillPoint[]): readonly KillPoint[];
}

export function createKillBoard(directory: string): KillBoard {
  mkdirSync(directory, { recursive: true });
  return {
    arm(points) {
      // Under another name first: a process that reads half of it would arm nothing.
      const unfinished = join(directory, `${files.armed}.new`);
      writeFileSync(unfinished, JSON.stringify(points));
      renameSync(unfinished, join(directory, files.armed));
    },
    reached() {
      const lines = read(join(directory, files.reached)).split("\n").filter(Boolean);
      return [...new Map(lines.map((line) => JSON.parse(line) as KillPoint).map((point) => [nameOf(point), point])).values()];
    },
    killed: (points) => points.filter((point) => read(marker(directory, point)) !== ""),
  };
}

function armedPoints(directory: string): readonly KillPoint[] {
  const text = read(join(directory, files.armed));
  return text === "" ? [] : (JSON.parse(text) as readonly KillPoint[]);
}

/** The first to make the marker dies; it stays for the lives that follow. */
function claim(directory: string, point: KillPoint): boolean {
  try {
    const file = openSync(marker(directory, point), "wx");
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch {
    return false;
  }
}

function marker(directory: string, point: KillPoint): string {
  return join(directory, `killed-${createHash("sha256").update(nameOf(point)).digest("hex").slice(0, 24)}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
