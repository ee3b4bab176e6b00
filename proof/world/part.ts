import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { residentMemory, signal, temporary } from "./processes.ts";

export type PartKind = "relay" | "orchestrator" | "gateway" | "all";

/** One life of a part's process. Instants are milliseconds of the harness's clock. */
export interface PartLife {
  readonly pid: number;
  readonly startedAt: number;
  readyAt?: number;
  endedAt?: number;
  /** What ended it. */
  end?: { readonly code: number | null; readonly signal: NodeJS.Signals | null };
}

/** A part of the server as Kubernetes would keep it: started again at once whenever it ends, until it is stopped. */
export interface SupervisedPart {
  /** `relay`, `gateway`, `orchestrator-1`, … */
  readonly name: string;
  readonly kind: PartKind;
  /** 0 while there is no process. */
  readonly pid: number;
  readonly isReady: boolean;
  /** All lives, the present one last. */
  readonly lives: readonly PartLife[];
  start(): Promise<void>;
  /** Resolves when the present or the next life serves. */
  ready(): Promise<void>;
  /** Resolves when a life after the one that is there at the call serves. */
  nextReady(): Promise<void>;
  /** Sends a signal to the present process; false when there is none. SIGSTOP and SIGCONT included. */
  signal(name: NodeJS.Signals): boolean;
  /** SIGTERM, and SIGKILL when that does not help; it is not started again. */
  stop(): Promise<void>;
  /** SIGKILL, and it is not started again until `start`. */
  down(): Promise<void>;
  /** What the present and the last life printed. */
  log(): string;
  memory(): Promise<number | undefined>;
}

export interface PartOptions {
  readonly name: string;
  readonly kind: PartKind;
  readonly environment: Readonly<Record<string, string>>;
  /** The program to run instead of the command line's; it gets the same arguments. */
  readonly entry?: string | undefined;
  /** Node's flags for it; the command line's program gives itself its own. */
  readonly flags?: readonly string[] | undefined;
  /** Told of each line of what the part prints, for a log file. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

const commandLine = fileURLToPath(new URL("../../core/apps/cli/signalbox.js", import.meta.url));
/** A part that dies before it serves is started again after this pause: the database may be down, and no restart storm is to eat the machine. */
const pause = 500;
const keptOutput = 200_000;

/** Parts whose harness ends without stopping them must not stay: they would go on working on a database that is gone. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => signal(child, "SIGKILL")));

interface Conditions {
  /** Looks again at everything that somebody waits for. */
  changed(): void;
  until(condition: () => boolean): Promise<void>;
}

function createConditions(): Conditions {
  const waiting = new Set<() => void>();
  return {
    changed: () => waiting.forEach((look) => look()),
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Starts one life. `hear` gets what it prints; `ended` is called once. */
function startLife(
  options: PartOptions,
  hear: (text: string) => void,
  serves: () => void,
  ended: (life: PartLife) => void,
): { child: ChildProcess; life: PartLife } {
  const child = spawn(process.execPath, [...(options.flags ?? []), options.entry ?? commandLine, "serve", options.kind], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], LANG: "C.UTF-8", ...temporary(), ...options.environment },
  });
  running.add(child);
  const life: PartLife = { pid: child.pid ?? 0, startedAt: Date.now() };
  let shown = "";
  const read = (text: string): void => {
    hear(text);
    if (life.readyAt !== undefined) return;
    shown += text;
    if (!shown.includes(`Serving ${options.kind}`)) return;
    life.readyAt = Date.now();
    serves();
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", read);
  child.once("exit", (code, by) => {
    running.delete(child);
    life.endedAt = Date.now();
    life.end = { code, signal: by };
    ended(life);
  });
  return { child, life };
}

/** A part that is not started yet. */
export function createPart(options: PartOptions): SupervisedPart {
  const lives: PartLife[] = [];
  const { changed, until } = createConditions();
  let child: ChildProcess | undefined;
  let wanted = false;
  let output = "";
  const hear = (text: string): void => {
    output = (output + text).slice(-keptOutput);
    options.onOutput?.(text);
  };

  function launch(): void {
    if (!wanted || child) return;
    const started = startLife(options, hear, changed, (life) => {
      child = undefined;
      changed();
      if (life.readyAt === undefined) setTimeout(launch, pause);
      else launch();
    });
    child = started.child;
    lives.push(started.life);
  }

  const present = (): PartLife | undefined => lives.findLast((life) => life.endedAt === undefined);
  const isReady = (): boolean => present()?.readyAt !== undefined;

  async function end(name: "SIGTERM" | "SIGKILL"): Promise<void> {
    wanted = false;
    const ending = child;
    if (!ending) return;
    const ended = once(ending, "exit");
    signal(ending, "SIGCONT");
    signal(ending, name);
    const late = delay(30_000, "late", { ref: false });
    if ((await Promise.race([ended, late])) === "late") signal(ending, "SIGKILL");
    await ended;
  }

  return {
    name: options.name,
    kind: options.kind,
    get pid() {
      return present()?.pid ?? 0;
    },
    get isReady() {
      return isReady();
    },
    lives,
    async start() {
      wanted = true;
      launch();
      await until(isReady);
    },
    ready: () => until(isReady),
    nextReady() {
      const before = lives.length;
      return until(() => lives.length > before && isReady());
    },
    signal: (name) => (child ? signal(child, name) : false),
    stop: () => end("SIGTERM"),
    down: () => end("SIGKILL"),
    log: () => output,
    memory: () => residentMemory(present()?.pid ?? 0),
  };
}
