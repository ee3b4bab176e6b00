import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { sep } from "node:path";
import { createInterface } from "node:readline";

/** A program of the world that is no victim: the forge, the model. It ends when its standard input closes, so it never outlives the harness. */
export interface Companion<Said> {
  /** The first line it printed: where it is to be found. */
  readonly said: Said;
  readonly pid: number;
  close(): Promise<void>;
}

/** Starts a program of this repository that prints one line of JSON when it is ready. */
export async function startCompanion<Said>(program: string, environment: Readonly<Record<string, string>>): Promise<Companion<Said>> {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"], env: { PATH: process.env["PATH"], ...temporary(), ...environment } });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code} before it was ready`)));
  });
  return {
    said: JSON.parse(line) as Said,
    pid: child.pid ?? 0,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
    },
  };
}

/** For a companion's program: resolves when whoever started it is gone or has enough. */
export async function untilAbandoned(): Promise<void> {
  process.stdin.resume();
  await once(process.stdin, "end");
}

/** The variables that say where temporary files go, where there are any. */
export function temporary(): Record<string, string> {
  return process.env["TMPDIR"] === undefined ? {} : { TMPDIR: process.env["TMPDIR"] };
}

export interface FoundProcess {
  readonly pid: number;
  readonly args: readonly string[];
  /** HOME in its environment, else its working directory. */
  readonly place: string;
}

/** Processes whose home, or for want of one whose working directory, lies below `directory`. Needs /proc. */
export async function processesBelow(directory: string): Promise<readonly FoundProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
  const found = await Promise.all(pids.map((pid) => lookAt(pid)));
  return found.filter((process): process is FoundProcess => process !== undefined && `${process.place}${sep}`.startsWith(directory + sep));
}

async function lookAt(pid: string): Promise<FoundProcess | undefined> {
  const [environment, args, status] = await Promise.all(
    ["environ", "cmdline", "stat"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => undefined)),
  );
  if (environment === undefined || args === undefined || status === undefined) return undefined;
  if (status.slice(status.lastIndexOf(")") + 2).startsWith("Z")) return undefined;
  const home = environment.split("\0").find((variable) => variable.startsWith("HOME="));
  const place = home?.slice("HOME=".length) ?? (await readlink(`/proc/${pid}/cwd`).catch(() => ""));
  return { pid: Number(pid), args: args.split("\0").filter(Boolean), place };
}

/** Resident memory of a process in bytes; undefined when it is gone. */
export async function residentMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+) kB/mu.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** Sends a signal; false when there is no such process any more. */
export function signal(target: ChildProcess | number, name: NodeJS.Signals): boolean {
  try {
    return typeof target === "number" ? process.kill(target, name) : target.kill(name);
  } catch {
    return false;
  }
}
