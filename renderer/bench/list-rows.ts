import type { BoardCard } from "../../core/contract/board.ts";
import type { InboxItem } from "../../core/contract/inbox.ts";
import type { RunDetail, TranscriptEntry } from "../../core/contract/runs.ts";
import { processStages } from "../../core/domain/stage/stage.ts";
import { wanted, wantedEvery } from "./list-surface.ts";

const repository = "harbour/booking";
const begun = 1_790_000_000_000;
const day = 86_400_000;
const wordOf = (index: number): string => (index % wantedEvery === 0 ? wanted : "berth");

/** Request `index` of an inbox, the same in every run. */
export function inboxItem(index: number): InboxItem {
  return {
    id: `01890000-0000-7000-8000-${String(index).padStart(12, "0")}`,
    kind: "tool",
    tool: "github_request_label",
    summary: `Agent dev wants to put the label ${wordOf(index)}:${index % 97} on issue ${index}, because the berths of pier ${index % 31} are booked.`,
    repository,
    issue: index + 1,
    runId: `run-${index}`,
    stage: processStages[index % processStages.length] ?? "intake",
    role: "dev",
    risk: (["low", "medium", "high"] as const)[index % 3] ?? "low",
    phase: "requested",
    createdAt: begun + index * 1_000,
    expiresAt: begun + ((index * 7) % 30) * day + 40 * day,
    verdicts: ["approve", "deny"],
  };
}

/** The card of issue `index` of a board: two in five are ideas, the others somewhere in the process. */
export function boardCard(index: number): BoardCard {
  const issue = index + 1;
  const base = { repository, issue, title: `Guests of pier ${index % 31} book a ${wordOf(index)} at night, part ${index}`, updatedAt: begun + index * 1_000 };
  if (index % 5 < 2) return { ...base, labels: ["idea"], tags: ["idea"], status: "no run yet" };
  const waits = index % 4 === 0;
  return {
    ...base,
    labels: ["run:dev", "payments"],
    tags: ["payments"],
    stage: processStages[index % processStages.length] ?? "intake",
    role: "dev",
    runId: `run-${index}`,
    phase: waits ? "waiting_mcp" : "succeeded",
    status: waits ? "waits for your decision" : "succeeded",
    ...(waits ? { waitsFor: "decision", reason: `Agent dev wants to put a label on issue ${issue}.` } : {}),
    since: begun + index * 1_000,
    tokens: { inputTokens: index * 100, cachedInputTokens: 0, outputTokens: index, reasoningTokens: 0 },
  };
}

const prose = "The berths of the outer pier are booked by hand today, and **two guests** may get the same one. ";
const output = "ok 1 - a berth that is free can be booked\n";

/** Entry `index` of a transcript, about 2,000 bytes each in the mean: what an agent says, thinks, runs, calls and prints. */
export function transcriptEntry(index: number): TranscriptEntry {
  const at = begun + index * 500;
  const entry = (type: string, content: TranscriptEntry["content"]): TranscriptEntry => ({ attempt: 1, sequence: index, at, type, content });
  switch (index % 5) {
    case 0:
      return entry("message", { text: `## Step ${index}\n\n${prose.repeat(7)}\n\n- first\n- second` });
    case 1:
      return entry("reasoning", { text: `**Thought ${index}**\n\n${prose.repeat(4)}` });
    case 2:
      return entry("command", { command: `bash -lc 'npm test -- --part ${index}'`, output: output.repeat(160), exitCode: 0 });
    case 3:
      return entry("tool-call", { tool: "kb_search", arguments: { query: `berths ${index}` }, status: "completed", result: prose.repeat(20) });
    default:
      return entry("log", { text: `harbour-api request ${index}: ${prose.repeat(3)}` });
  }
}

/** The run whose transcript it is, still at work. */
export function transcriptRun(): RunDetail {
  return {
    id: "run-1",
    repository,
    issue: 1,
    stage: "dev",
    variant: "work",
    role: "dev",
    branch: "codex/1",
    phase: "running",
    status: "working (attempt 1)",
    attempt: 1,
    profile: { model: "scripted", reasoning: "medium" },
    tokens: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 },
    createdAt: begun,
    trigger: { kind: "label", label: "run:dev", actor: "olga" },
    attempts: [{ attempt: 1, phase: "active", startedAt: begun }],
    toolCalls: [],
    decisions: [],
    pushes: [],
    artifacts: { required: [], present: [], missing: [] },
    timeline: [],
  };
}
