import { renderStatusComment } from "../../core/domain/run/status-comment.ts";
import type { Transaction } from "../../core/ports/store.ts";
import type { History, RecordedRun } from "./history.ts";

/** The recorded trail behind the part of the store that reads a run's past turns. */
export function recordedTransaction(history: History): Transaction {
  const tables = { flow: { bySubject: async (subject: string) => history.events.filter((event) => event.subject === subject) } };
  return tables as unknown as Transaction;
}

/** The run's status comment as today's domain renders it from the recorded rows, without white space at its end. */
export function statusCommentOf(history: History, { run, usage, nextSteps }: RecordedRun): string {
  const requests = history.requests.filter((request) => request.runId === run.id);
  const gate = requests.findLast((request) => request.kind === "gate")?.effect;
  const open = requests.find((request) => request.state.phase === "requested");
  const costs = usage.flatMap((turn) => turn.cost ?? []);
  const totalTokens = usage.reduce((sum, turn) => sum + turn.inputTokens + turn.outputTokens, 0);
  const hasEnded = run.state.phase === "waiting_owner_review" || run.state.phase === "succeeded";
  return renderStatusComment({
    run,
    artifacts: gate?.type === "gate" ? { required: gate.artifacts.required, present: gate.artifacts.present } : undefined,
    waitsFor: open && { requestId: open.id, summary: open.summary, expiresAt: open.expiresAt },
    usage: usage.length === 0 ? undefined : { totalTokens, cost: costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost, 0) },
    nextSteps: hasEnded ? nextSteps : undefined,
    notes: [],
  }).trimEnd();
}
