import type { DecisionRequest } from "../domain/decision/decision.ts";
import type { Instant } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { ToolResult } from "../domain/tool/tool.ts";
import type { Transaction } from "../ports/store.ts";
import { quote, textOf } from "./request-decision.ts";

/** After a question is settled: the issue shows question and answer, and no longer asks for input unless another question is open. */
export async function settleQuestion(tx: Transaction, run: Run, request: DecisionRequest, result: ToolResult, needInput: string, now: Instant): Promise<void> {
  const answer = typeof result["answer"] === "string" ? result["answer"] : undefined;
  const by = typeof result["by"] === "string" ? result["by"] : undefined;
  if (answer !== undefined && by !== undefined) {
    const marker = `signalbox:answer:${request.id}`;
    const body = [`**@${by} answered the agent's question.**`, "", quote(textOf(request.arguments["question"])), "", quote(answer)].join("\n");
    await tx.outbox.add(
      [{ key: `comment:${run.id}:answer:${request.id}`, action: { type: "post-comment", repository: run.repository, issue: run.issue, marker, body } }],
      now,
    );
  }
  const open = await tx.requests.open({ runId: run.id, kind: "question" });
  if (open.some((other) => other.id !== request.id)) return;
  await tx.outbox.add(
    [
      {
        key: `labels:${run.id}:answer:${request.id}`,
        action: { type: "change-labels", repository: run.repository, number: run.issue, add: [], remove: [needInput], as: "bot" },
      },
    ],
    now,
  );
}
