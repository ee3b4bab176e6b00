import type { RunDetail } from "../../../contract/runs.ts";
import type { Verification } from "../../../contract/audit.ts";
import type { InboxItem } from "../../../contract/inbox.ts";
import { table } from "../output.ts";
import { stageOf } from "../issue-desk.ts";

/** What one run of a stage did, as the rehearsal prints it. */
export interface StageReport {
  readonly stage: string;
  readonly variant: "work" | "revise";
  readonly runId: string;
  readonly phase: string;
  readonly status: string;
  readonly codexThreadId: string | undefined;
  readonly attempts: number;
  readonly pullRequest: number | undefined;
  /** Changed by the agent's own pushes; docset and index files are committed by the gateway and are no part of it. */
  readonly filesChanged: readonly string[];
  readonly artifacts: RunDetail["artifacts"];
  readonly decisions: readonly {
    readonly requestId: string;
    readonly kind: string;
    readonly phase: string;
    readonly digest: string;
    readonly verdict: string | undefined;
    readonly surface: string | undefined;
    readonly signatureVerified: boolean | undefined;
  }[];
  readonly toolCalls: readonly {
    readonly tool: string;
    readonly rule: string;
    readonly outcome: string;
    readonly state: string;
    readonly executions: number;
  }[];
  readonly tokens: RunDetail["tokens"];
  readonly durationMs: number;
}

export interface RehearsalReport {
  readonly workspace: string;
  readonly repository: string;
  readonly issue: number;
  readonly outcome: "completed" | "waiting" | "denied" | "aborted" | "failed" | "timeout";
  readonly stages: readonly StageReport[];
  readonly reviewThreads: { readonly total: number; readonly answered: number };
  readonly waiting: readonly InboxItem[];
  readonly agentProcesses: number;
  readonly audit: Verification;
  readonly effectsExecutedTwice: number;
}

export function stageReport(run: RunDetail, now: number): StageReport {
  return {
    stage: run.stage,
    variant: run.variant,
    runId: run.id,
    phase: run.phase,
    status: run.status,
    codexThreadId: run.threadId,
    attempts: run.attempt,
    pullRequest: run.pull,
    filesChanged: [...new Set(run.pushes.flatMap((push) => push.files))].toSorted(),
    artifacts: run.artifacts,
    decisions: run.decisions.map((decision) => ({
      requestId: decision.id,
      kind: decision.kind,
      phase: decision.phase,
      digest: decision.digest,
      verdict: decision.verdict,
      surface: decision.surface,
      signatureVerified: decision.signatureVerified,
    })),
    toolCalls: run.toolCalls.map((call) => ({ tool: call.tool, rule: call.rule, outcome: call.outcome, state: call.state, executions: call.executions })),
    tokens: run.tokens,
    durationMs: (run.endedAt ?? now) - run.createdAt,
  };
}

/** The report for people: one block a run, then what waits, then the proof. */
export function reportText(report: RehearsalReport): string {
  const blocks = report.stages.map((stage) =>
    [
      `${stageOf(stage)}  ${stage.status}  (${(stage.durationMs / 1_000).toFixed(1)} s)`,
      `  run ${stage.runId}, Codex thread ${stage.codexThreadId ?? "none"}, attempts ${stage.attempts}, pull request ${stage.pullRequest === undefined ? "none" : `#${stage.pullRequest}`}`,
      `  artifacts ${stage.artifacts.present.length}/${stage.artifacts.required.length}${stage.artifacts.missing.length > 0 ? `, missing ${stage.artifacts.missing.join(", ")}` : ""}`,
      `  files ${stage.filesChanged.join(", ") || "none"}`,
      ...stage.decisions.map(
        (decision) =>
          `  decision ${decision.kind}: ${decision.verdict ?? "open"} via ${decision.surface ?? "-"}, digest ${decision.digest.slice(0, 12)}…, signature ${signatureText(decision.signatureVerified)}`,
      ),
      `  tools ${countText(stage.toolCalls.map((call) => `${call.tool} ${call.outcome}/${call.state}`))}`,
      `  tokens ${stage.tokens.inputTokens} in (${stage.tokens.cachedInputTokens} cached), ${stage.tokens.outputTokens} out`,
    ].join("\n"),
  );
  const waiting =
    report.waiting.length === 0
      ? []
      : [
          "",
          "Waiting for you:",
          table(
            ["ID", "KIND", "WHAT"],
            report.waiting.map((item) => [item.id, item.kind, item.summary]),
          ),
          "Decide with: signalbox inbox show ID, then approve, answer, request-changes, deny or abort.",
        ];
  const threads = report.reviewThreads.total === 0 ? [] : [`Review threads answered: ${report.reviewThreads.answered} of ${report.reviewThreads.total}`];
  const audit = `Audit: ${report.audit.ok ? "verified" : "DOES NOT VERIFY"}, ${report.audit.events} events. Effects executed twice: ${report.effectsExecutedTwice}. Agent processes left: ${report.agentProcesses}.`;
  return [`${report.repository}#${report.issue}: ${report.outcome}`, "", ...blocks, ...threads, ...waiting, "", audit].join("\n");
}

function signatureText(verified: boolean | undefined): string {
  if (verified === undefined) return "none yet";
  return verified ? "verified" : "DOES NOT VERIFY";
}

function countText(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(", ") || "none";
}
