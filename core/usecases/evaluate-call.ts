import type { CallFacts, Rule, RuleOutcome } from "../domain/rule/rule.ts";
import { evaluateRules } from "../domain/rule/evaluate.ts";
import type { Run } from "../domain/run/run.ts";
import type { ToolName } from "../domain/tool/tool.ts";
import type { Transaction } from "../ports/store.ts";

export interface Evaluation {
  readonly outcome: RuleOutcome;
  /** Id of the rule that decided, or what stands for the absence of one. */
  readonly rule: string;
}

/** Matches a call against the approval matrix as it is now. A question to the owner is one whatever a rule says, unless a rule denies it. */
export async function evaluateCall(tx: Transaction, run: Run, tool: ToolName, facts: CallFacts): Promise<Evaluation> {
  const rules: readonly Rule[] = await tx.rules.list();
  const callsBefore = await tx.toolCalls.count(run.id, tool);
  const evaluated = evaluateRules(rules, { tool, repository: run.repository, stage: run.stage, role: run.role, facts, callsBefore });
  if (tool === "owner_ask" && evaluated.outcome === "auto") return { ...evaluated, outcome: "ask" };
  return evaluated;
}
