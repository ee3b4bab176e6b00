import type { Run } from "../domain/run/run.ts";
import type { ToolResult } from "../domain/tool/tool.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store, ToolCall } from "../ports/store.ts";
import { runFlowEvent } from "./change-run.ts";
import type { EffectClaims } from "./effect-claims.ts";
import { describeFailure, type Performance } from "./perform-tool.ts";

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Stores what became of a call that the rules allow. When somebody else has settled it meanwhile (we were held up for longer than our claim), what they stored stays.
 *
 * @returns the call's result, ours or theirs.
 */
export function storePerformance(
  deps: Dependencies,
  run: Run,
  call: ToolCall,
  performance: Exclude<Performance, { type: "unknown" }>,
  { delivered }: { readonly delivered: boolean },
): Promise<ToolResult> {
  const done = performance.type === "done";
  const result: ToolResult = done ? { ...performance.outcome, status: "done" } : { status: "failed", message: describeFailure(performance.error) };
  return deps.store.transaction(async (tx) => {
    const current = (await tx.toolCalls.get(call.id, { lock: true })) ?? call;
    if (current.state !== "executing" && current.result) {
      if (delivered && !current.delivered) await tx.toolCalls.save({ ...current, delivered });
      return current.result as ToolResult;
    }
    const now = deps.clock.now();
    const settled = { ...current, state: done ? "done" : "failed", result, executions: done ? 1 : 0, finishedAt: now, delivered } as const;
    // What did not happen may be tried again.
    await tx.toolCalls.save(done ? settled : { ...settled, effectKey: undefined });
    const { id, tool, digest, rule, outcome } = settled;
    const about = { toolCallId: id, tool, digest, rule, outcome, message: result.message };
    await tx.flow.append([runFlowEvent(run, done ? "tool.executed" : "tool.failed", about, { now, actor: { type: "agent", id: run.id } })]);
    return result;
  });
}

/** Whether the call is still ours to perform. Asked at the last moment before the effect: a process that was stopped for longer than its claim must not go on where another took over. */
export async function stillExecuting(deps: Dependencies & { readonly claims: EffectClaims }, run: Run, callId: string, owner: object): Promise<boolean> {
  if (deps.claims.isFresh(owner)) return true;
  return deps.store.transaction(async (tx) => {
    const call = await tx.toolCalls.get(callId, { lock: true });
    return call?.state === "executing" && deps.claims.renew(tx, callId, run.correlationId, owner);
  });
}
