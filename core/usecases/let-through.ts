import { allowanceOfRule, allowanceRule } from "../domain/allowance/allowance.ts";
import { covers, type AllowableCall } from "../domain/allowance/ceiling.ts";
import { decideAllowance, standsFor } from "../domain/allowance/machine.ts";
import type { Actor } from "../domain/audit/flow-event.ts";
import type { JsonObject } from "../domain/kernel/values.ts";
import { hasFloor } from "../domain/rule/evaluate.ts";
import type { CallFacts } from "../domain/rule/rule.ts";
import type { Run } from "../domain/run/run.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store, StoredAllowance, ToolCall, Transaction } from "../ports/store.ts";
import type { Evaluation } from "./evaluate-call.ts";
import type { Tool } from "./tools/tool.ts";
import { allowanceFault, allowanceFlowEvent, allowanceState, allowanceSubject, type AllowanceVerifierDependencies } from "./verify-allowance.ts";

export interface LetThroughDependencies extends AllowanceVerifierDependencies {
  readonly clock: Clock;
}

/** A call that a rule asks for, before anybody is asked. */
export interface AskingCall {
  readonly tool: Tool;
  readonly run: Run;
  readonly resolved: JsonObject;
  readonly facts: CallFacts;
  /** The rule that asks. */
  readonly rule: string;
}

const gateway: Actor = { type: "system", id: "gateway" };

/**
 * Whether one of the owner's allowances lets a call through for which a rule asks; then one of its uses is spent on `callId`. Their rows are locked, so of two calls that come for the last use one
 * passes. An allowance that cannot be trusted is put on record and closed: the call asks as ever.
 *
 * @returns the call's outcome, or undefined where the owner is to be asked.
 */
export async function letThrough(deps: LetThroughDependencies, tx: Transaction, asking: AskingCall, callId: string): Promise<Evaluation | undefined> {
  const call = allowable(asking);
  if (!call) return undefined;
  for (const allowance of await tx.allowances.open(asking.run.repository, asking.tool.name)) {
    if (!isCovered(allowance, call)) continue;
    if (await spend(deps, tx, asking.run, allowance, callId)) return { outcome: "auto", rule: allowanceRule(allowance.content.id) };
  }
  return undefined;
}

/**
 * Whether a call that an allowance has let through may still be carried out: asked directly before the effect, by whoever performs it, since the owner may have revoked it meanwhile. Calls that
 * needed no allowance may.
 */
export async function lookOnceMore(
  deps: LetThroughDependencies & { readonly store: Store },
  asking: Omit<AskingCall, "rule">,
  call: ToolCall,
): Promise<"ours" | { readonly refusal: string }> {
  const id = allowanceOfRule(call.rule);
  if (id === undefined) return "ours";
  return deps.store.transaction(async (tx) => {
    const allowance = await tx.allowances.get(id, { lock: true });
    const history = await tx.flow.bySubject(allowanceSubject(id));
    const asked = allowance && allowable({ ...asking, rule: allowance.content.rule });
    if (!allowance || !asked || !isCovered(allowance, asked) || allowanceFault(deps, allowance, history)) return { refusal: notAllowed };
    return standsFor(allowance.content, allowanceState(allowance, history), call.id, deps.clock.now()) ? "ours" : { refusal: notAllowed };
  });
}

const notAllowed = "What the owner had allowed beforehand does not hold any more, so the call was not carried out; make it again, and the owner is asked";

/** Undefined for calls that are looked at each time, whatever was signed. */
function allowable({ tool, run, resolved, facts, rule }: AskingCall): AllowableCall | undefined {
  const { repository, id: runId, issue, stage, role } = run;
  if (tool.risk === "high" || facts.triggerLabel || hasFloor({ tool: tool.name, repository, stage, role, facts })) return undefined;
  return { tool: tool.name, toolVersion: tool.version, repository, runId, issue, stage, arguments: resolved, rule };
}

/** Spends one use, if there is one. */
async function spend(deps: LetThroughDependencies, tx: Transaction, run: Run, allowance: StoredAllowance, callId: string): Promise<boolean> {
  const { content } = allowance;
  const at = deps.clock.now();
  const history = await tx.flow.bySubject(allowanceSubject(content.id));
  const fault = allowanceFault(deps, allowance, history);
  if (fault) {
    await tx.flow.append([allowanceFlowEvent(content.id, "allowance.integrity-violated", { reason: fault }, { at, actor: gateway })]);
    await tx.allowances.close(content.id, at);
    return false;
  }
  const state = allowanceState(allowance, history);
  const used = decideAllowance(content, state, { type: "use", call: callId }, at);
  const [event] = used.ok ? used.value : [];
  if (event) {
    const { type, at: _at, ...payload } = event;
    const about = { ...payload, runId: run.id, tool: content.tool };
    await tx.flow.append([allowanceFlowEvent(content.id, type, about, { at, actor: { type: "agent", id: run.id }, correlationId: run.correlationId })]);
  }
  const isSpent = event?.type === "allowance.used";
  // The hint only: whoever takes it away finds the same in the trail.
  if (!isSpent || state.calls.length + 1 >= content.limit) await tx.allowances.close(content.id, at);
  return isSpent;
}

function isCovered({ content }: StoredAllowance, call: AllowableCall): boolean {
  try {
    return covers(content, call);
  } catch {
    // A row edited by hand may hold anything.
    return false;
  }
}
