import type { CallFacts } from "../domain/rule/rule.ts";
import type { RuleDecision } from "../domain/rule/evaluate.ts";
import { followedRules, ruleOn } from "../domain/rule/matrix.ts";
import type { Run } from "../domain/run/run.ts";
import type { ToolName } from "../domain/tool/tool.ts";
import type { Transaction } from "../ports/store.ts";

/** Id of the rule that decided, or what stands for the absence of one. */
export type Evaluation = RuleDecision;

/**
 * Matches a call against the approval matrix as it is now. The matrix lies in the database, where no signature covers it: it can be stricter than the built-in rules, never looser, and what cannot be read is no rule.
 *
 * @param own how many of the run's calls of the tool so far are this very call: 1 when its row is there already.
 */
export async function evaluateCall(tx: Transaction, run: Run, tool: ToolName, facts: CallFacts, own = 0): Promise<Evaluation> {
  const rules = followedRules(await tx.rules.list());
  const callsBefore = (await tx.toolCalls.count(run.id, tool)) - own;
  return ruleOn(rules, { tool, repository: run.repository, stage: run.stage, role: run.role, facts, callsBefore });
}
