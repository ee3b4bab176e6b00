import type { CallFacts, Rule, RuleOutcome } from "../domain/rule/rule.ts";
import { defaultRules } from "../domain/rule/default-rules.ts";
import { evaluateWithin } from "../domain/rule/evaluate.ts";
import type { Run } from "../domain/run/run.ts";
import type { ToolName } from "../domain/tool/tool.ts";
import type { Transaction } from "../ports/store.ts";

export interface Evaluation {
  readonly outcome: RuleOutcome;
  /** Id of the rule that decided, or what stands for the absence of one. */
  readonly rule: string;
}

/**
 * Matches a call against the approval matrix as it is now. The matrix lies in the database, where no signature covers it: it can be stricter than the built-in rules, never looser.
 * A question to the owner is one whatever a rule says, unless a rule denies it.
 *
 * @param own how many of the run's calls of the tool so far are this very call: 1 when its row is there already.
 */
export async function evaluateCall(tx: Transaction, run: Run, tool: ToolName, facts: CallFacts, own = 0): Promise<Evaluation> {
  const rules: readonly Rule[] = await tx.rules.list();
  const callsBefore = (await tx.toolCalls.count(run.id, tool)) - own;
  const evaluated = evaluateWithin(defaultRules, rules, { tool, repository: run.repository, stage: run.stage, role: run.role, facts, callsBefore });
  if (tool === "owner_ask" && evaluated.outcome === "auto") return { ...evaluated, outcome: "ask" };
  return evaluated;
}
