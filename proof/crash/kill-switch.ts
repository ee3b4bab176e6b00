import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** A place directly before or after a durable write of one kind of process. It is named by the write itself. */
export interface KillPoint {
  /** `relay`, `orchestrator`, `gateway`, `runner`. */
  readonly process: string;
  readonly when: "before" | "after";
  /** What is written there at once: the flow events, effects and rows of a transaction, or one call such as `forge.createPull`. */
  readonly writes: readonly string[];
}

/** Where to die: at the first point of this process before or after something that is, or has among it, this write. */
export interface ArmedPoint {
  readonly process: string;
  readonly when: "before" | "after";
  readonly write: string;
  /** Instead of dying there it stops, as a process does that gets no processor or whose machine sleeps, until somebody sends SIGCONT. */
  readonly stops?: boolean | undefined;
}

/** The point and no other. */
export function armedAt({ process, when, writes }: KillPoint): ArmedPoint {
  return { process, when, write: writes.join(", ") };
}

export function nameOf({ process, when, write }: ArmedPoint): string {
  return `${process} ${when} ${write}`;
}

function isAt(armed: ArmedPoint, { process, when, writes }: KillPoint): boolean {
  return armed.process === process && armed.when === when && (writes.includes(armed.write) || writes.join(", ") === armed.write);
}

const files = { reached: "reached.jsonl", armed: "armed.json" } as const;

/** Of one process: told of each point that it passes. Dies there, by SIGKILL of itself, when the point is armed and has not killed before. */
export interface KillSwitch {
  reached(when: KillPoint["when"], ...writes: readonly string[]): void;
}

/** All of it is synchronous: nothing else of the process happens between reaching a point and dying at it. */
export function createKillSwitch(directory: string, processKind: string): KillSwitch {
  mkdirSync(directory, { recursive: true });
  const seen = new Set<string>();
  return {
    reached(when, ...writes) {
      const here: KillPoint = { process: processKind, when, writes };
      const line = JSON.stringify(here);
      if (!seen.has(line)) appendFileSync(join(directory, files.reached), `${line}\n`);
      seen.add(line);
      const armed = armedPoints(directory).filter((point) => isAt(point, here));
      const [first] = armed.filter((point) => claim(directory, point));
      if (!first) return;
      if (first.stops) {
        process.kill(process.pid, "SIGSTOP");
        return;
      }
      process.kill(process.pid, "SIGKILL");
      // The signal is on its way; no further line of this process may run.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  };
}

/** The harness's side of the same directory. */
export interface KillBoard {
  /** From now on these kill, each once, however often the process is started again. */
  arm(points: readonly ArmedPoint[]): void;
  /** Every point that was passed so far, each once, in the order in which they were first passed. */
  reached(): readonly KillPoint[];
  /** Those of the points that have killed. */
  killed(points: readonly ArmedPoint[]): readonly ArmedPoint[];
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
      return [...new Set(lines)].map((line) => JSON.parse(line) as KillPoint);
    },
    killed: (points) => points.filter((point) => read(marker(directory, point)) !== ""),
  };
}

function armedPoints(directory: string): readonly ArmedPoint[] {
  const text = read(join(directory, files.armed));
  return text === "" ? [] : (JSON.parse(text) as readonly ArmedPoint[]);
}

/** The first to make the marker dies; it stays for the lives that follow. */
function claim(directory: string, point: ArmedPoint): boolean {
  try {
    const file = openSync(marker(directory, point), "wx");
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch {
    return false;
  }
}

function marker(directory: string, point: ArmedPoint): string {
  return join(directory, `killed-${createHash("sha256").update(nameOf(point)).digest("hex").slice(0, 24)}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
