import { allowanceOfRule } from "../domain/allowance/allowance.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import { isFinalRun, type Run } from "../domain/run/run.ts";
import { isToolName, type ToolName } from "../domain/tool/tool.ts";
import type { SignatureVerifier } from "../ports/crypto.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { Log } from "../ports/log.ts";
import type { ToolCall, Transaction } from "../ports/store.ts";
import type { EffectClaims } from "./effect-claims.ts";
import { evaluateCall } from "./evaluate-call.ts";
import { lookOnceMore } from "./let-through.ts";
import { effectKeyOf, performTool, type Performance } from "./perform-tool.ts";
import { readLabelNames } from "./repository-labels.ts";
import { stillExecuting, storePerformance } from "./store-performance.ts";
import type { ToolContext, ToolDependencies } from "./tools/tool.ts";
import type { Toolbox } from "./tools/toolbox.ts";

export interface SettleCallsDependencies extends ToolDependencies {
  readonly tools: Toolbox;
  readonly claims: EffectClaims;
  readonly signatures: SignatureVerifier;
  readonly log: Log;
}

type Claimed = { readonly run: Run; readonly call: ToolCall & { readonly tool: ToolName } };

/**
 * Settles calls that a dead process left half done: looks whether the effect is there, performs it if it is not and the rules still allow it unasked, and stores the result. The agent
 * is told with its next input, whether it repeats the call or not. Calls that somebody is at, or that wait for the owner, are left alone.
 *
 * @returns how many calls were settled. What the outside world does not tell now is looked at with the next round.
 */
export function createSettleCalls(deps: SettleCallsDependencies) {
  return async function settleCalls(): Promise<number> {
    const found = await deps.store.transaction((tx) => tx.toolCalls.executing());
    let settled = 0;
    for (const { id } of found) {
      const owner = {};
      try {
        if (await settle(deps, id, owner)) settled += 1;
      } catch (error) {
        // The others must not wait for this one.
        deps.log.warn({ err: error, toolCallId: id }, "tool call could not be settled");
      } finally {
        deps.claims.release(owner);
      }
    }
    return settled;
  };
}

async function settle(deps: SettleCallsDependencies, id: string, owner: object): Promise<boolean> {
  const claimed = await deps.store.transaction((tx) => claim(deps, tx, id, owner));
  if (!claimed) return false;
  const { run, call } = claimed;
  const context: ToolContext = { run, attempt: call.attempt, labels: await readLabelNames(deps.forge, run.repository), deps };
  const performance = await carryOut(deps, context, call, owner);
  if (performance.type === "unknown") throw performance.error;
  await storePerformance(deps, run, call, performance, { delivered: false });
  return true;
}

/** Undefined when there is nothing to settle, or somebody else is at it. */
async function claim(deps: SettleCallsDependencies, tx: Transaction, id: string, owner: object): Promise<Claimed | undefined> {
  const call = await tx.toolCalls.get(id, { lock: true });
  const run = call && (await tx.runs.get(call.runId));
  if (!run || call.state !== "executing" || call.requestId !== undefined) return undefined;
  const { tool } = call;
  if (!isToolName(tool) || !(await deps.claims.take(tx, id, run.correlationId, owner))) return undefined;
  return { run, call: { ...call, tool } };
}

async function carryOut(deps: SettleCallsDependencies, context: ToolContext, call: Claimed["call"], owner: object): Promise<Performance> {
  const tool = deps.tools[call.tool];
  const key = effectKeyOf(deps.hasher, call.runId, call.tool, call.arguments);
  const refusal = await whyNot(deps, context, call);
  if (refusal === undefined)
    return performTool(tool, context, call.arguments, key, true, async () =>
      (await stillExecuting(deps, context.run, call.id, owner)) ? lookOnceMore(deps, askingOf(deps, context, call), call) : "taken over",
    );
  const found = refusal.mayLook ? await tool.probe(context, call.arguments, key) : undefined;
  return found ? { type: "done", outcome: found } : { type: "failed", error: refusal.error };
}

/**
 * Why the effect must not be performed now, if so. The row alone is no reason to perform anything: the trail must know the call with exactly these arguments, and the rules are
 * asked again.
 */
async function whyNot(
  deps: SettleCallsDependencies,
  context: ToolContext,
  call: Claimed["call"],
): Promise<{ readonly error: InfrastructureError; readonly mayLook: boolean } | undefined> {
  const { claimed, evaluation } = await deps.store.transaction(async (tx) => ({
    claimed: (await tx.flow.bySubject(`effect:${call.id}`)).find((event) => event.type === "effect.claimed" && event.payload["digest"] !== undefined),
    evaluation: await evaluateCall(tx, context.run, call.tool, deps.tools[call.tool].facts(context, call.arguments), 1),
  }));
  const digest = deps.hasher.sha256(canonicalJson(call.arguments));
  const no = (message: string, mayLook: boolean) => ({ error: new InfrastructureError("invalid-response", message, { retryable: false }), mayLook });
  if (digest !== call.digest || claimed?.payload["digest"] !== digest)
    return no("The stored call is not the one that was made, so it was not carried out", false);
  if (isFinalRun(context.run.state)) return no("The run ended before the call was carried out", true);
  if (evaluation.outcome === "ask" && allowanceOfRule(call.rule) !== undefined) {
    const look = await lookOnceMore(deps, askingOf(deps, context, call), call);
    return look === "ours" ? undefined : no(look.refusal, true);
  }
  if (evaluation.outcome !== "auto") return no("The rules do not allow the call unasked any more; make it again", true);
  return undefined;
}

function askingOf(deps: SettleCallsDependencies, context: ToolContext, call: Claimed["call"]): Parameters<typeof lookOnceMore>[1] {
  const tool = deps.tools[call.tool];
  return { tool, run: context.run, resolved: call.arguments, facts: tool.facts(context, call.arguments) };
}
