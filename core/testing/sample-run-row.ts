import type { RunRow } from "../contract/runs.ts";

/** A row of the list of runs, as the host gives it. */
export function sampleRunRow(fields: Partial<RunRow> = {}): RunRow {
  return {
    id: "run-1",
    repository: "acme/shop",
    issue: 12,
    stage: "prd",
    variant: "work",
    role: "pm",
    branch: "signalbox/issue-12",
    phase: "queued",
    status: "queued, about to start",
    attempt: 1,
    profile: { model: "a-model", reasoning: "medium" },
    tokens: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 },
    createdAt: 1,
    ...fields,
  };
}
