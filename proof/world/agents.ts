import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { RunId } from "../../core/domain/kernel/values.ts";
import { processesBelow, type FoundProcess } from "./processes.ts";

/** The processes of one attempt. */
export interface AgentProcesses {
  readonly runId: RunId;
  readonly attempt: number;
  /** The agent-runner; absent where it is dead and others are left. */
  readonly runner?: number | undefined;
  /** Codex itself, without the commands it runs. */
  readonly codex: readonly number[];
  /** Everything of the attempt, the two above included. */
  readonly all: readonly number[];
}

export interface Agents {
  /** What runs now, attempt by attempt. */
  list(): Promise<readonly AgentProcesses[]>;
  of(runId: string, attempt?: number): Promise<AgentProcesses | undefined>;
  /** Directories of attempts, whether anything runs in them or not; their `runner.log` says what happened. */
  directories(): Promise<readonly string[]>;
}

/** Finds the agents' processes by the homes they were given, as the local-process runtime does; nothing here asks the server. */
export function createAgents(attemptsDirectory: string): Agents {
  const list = async (): Promise<readonly AgentProcesses[]> => {
    const byAttempt = new Map<string, FoundProcess[]>();
    for (const found of await processesBelow(attemptsDirectory)) {
      const name = attemptOf(attemptsDirectory, found.place);
      if (name === undefined) continue;
      const others = byAttempt.get(name) ?? [];
      byAttempt.set(name, [...others, found]);
    }
    return [...byAttempt].map(([name, processes]) => describe(name, processes));
  };
  return {
    list,
    of: async (runId, attempt) => (await list()).find((one) => one.runId === runId && (attempt === undefined || one.attempt === attempt)),
    async directories() {
      return (await readdir(attemptsDirectory).catch(() => [])).map((name) => join(attemptsDirectory, name));
    },
  };
}

function attemptOf(attemptsDirectory: string, place: string): string | undefined {
  for (let path = place; path.length > attemptsDirectory.length; path = dirname(path)) if (dirname(path) === attemptsDirectory) return basename(path);
  return undefined;
}

function describe(name: string, processes: readonly FoundProcess[]): AgentProcesses {
  const [, runId = name, attempt = "0"] = /^(.*)-(\d+)$/u.exec(name) ?? [];
  const runner = processes.find(({ args }) => args.some((arg) => arg.endsWith("agent-runner/main.ts")));
  const codex = processes.filter(({ args }) => isCodex(args)).map(({ pid }) => pid);
  return { runId: runId as RunId, attempt: Number(attempt), runner: runner?.pid, codex, all: processes.map(({ pid }) => pid) };
}

/** `codex exec …`, the program itself: neither the script that starts it nor the sandbox around a command. */
function isCodex(args: readonly string[]): boolean {
  return basename(args[0] ?? "") === "codex" && args.includes("exec");
}
