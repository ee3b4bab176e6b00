import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { FlowEvent } from "../../core/domain/audit/flow-event.ts";
import type { DecisionRequest } from "../../core/domain/decision/decision.ts";
import type { Run, RunAttempt } from "../../core/domain/run/run.ts";
import type { NextStep } from "../../core/domain/run/next-steps.ts";
import type { TrustedSigner } from "../../core/ports/crypto.ts";
import type { TokenUsageRow } from "../../core/ports/store.ts";
import type { PastTurn } from "../../core/usecases/past-turns.ts";
import type { TurnMemory } from "../../core/usecases/turn-memory.ts";

/** What was true of one run when the recording ended: its row, and what was derived from its events then. */
export interface RecordedRun {
  readonly run: Run;
  readonly attempts: readonly RunAttempt[];
  readonly usage: readonly TokenUsageRow[];
  readonly memory?: TurnMemory | undefined;
  readonly pastTurns: readonly PastTurn[];
  readonly nextSteps: readonly NextStep[];
  /** The run's comment as it stood on the forge. */
  readonly statusComment?: string | undefined;
}

/** One line of a history's file. Files are read for ever: a kind of line may be added, none is ever changed. */
export type HistoryLine =
  | { readonly kind: "about"; readonly name: string; readonly what: string; readonly recordedAt: string; readonly version: string; readonly codex: string }
  | { readonly kind: "key"; readonly key: TrustedSigner }
  | { readonly kind: "event"; readonly event: FlowEvent }
  | ({ readonly kind: "run" } & RecordedRun)
  | { readonly kind: "request"; readonly request: DecisionRequest };

export interface History {
  readonly about: Extract<HistoryLine, { kind: "about" }>;
  readonly keys: readonly TrustedSigner[];
  /** The whole chain, from its first link. */
  readonly events: readonly FlowEvent[];
  readonly runs: readonly RecordedRun[];
  readonly requests: readonly DecisionRequest[];
}

export const recordedDirectory = join(import.meta.dirname, "recorded");
export const indexFile = join(import.meta.dirname, "index.json");

const index = z.record(z.string(), z.object({ sha256: z.string(), what: z.string() }));
/** SHA-256 of every recorded file by name. An entry is never changed. */
export type HistoryIndex = z.infer<typeof index>;

export async function readIndex(): Promise<HistoryIndex> {
  return index.parse(JSON.parse(await readFile(indexFile, "utf8").catch(() => "{}")));
}

export function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export async function recordedNames(): Promise<readonly string[]> {
  const names = await readdir(recordedDirectory);
  return names
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => name.slice(0, -".jsonl".length))
    .toSorted();
}

export function readRecorded(name: string): Promise<string> {
  return readFile(join(recordedDirectory, `${name}.jsonl`), "utf8");
}

export function historyText(history: History): string {
  const lines: readonly HistoryLine[] = [
    history.about,
    ...history.keys.map((key) => ({ kind: "key", key }) as const),
    ...history.runs.map((run) => ({ kind: "run", ...run }) as const),
    ...history.requests.map((request) => ({ kind: "request", request }) as const),
    ...history.events.map((event) => ({ kind: "event", event }) as const),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

export function parseHistory(text: string): History {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as HistoryLine);
  const of = <Kind extends HistoryLine["kind"]>(kind: Kind): readonly Extract<HistoryLine, { kind: Kind }>[] =>
    lines.filter((line): line is Extract<HistoryLine, { kind: Kind }> => line.kind === kind);
  const [about] = of("about");
  if (!about) throw new Error("a history begins with what it is about");
  return {
    about,
    keys: of("key").map((line) => line.key),
    events: of("event").map((line) => line.event),
    runs: of("run").map(({ kind: _kind, ...run }) => run),
    requests: of("request").map((line) => line.request),
  };
}
