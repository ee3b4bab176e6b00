import type { RuledCall, RuleDecision } from "./evaluate.ts";
import { ruleOn } from "./matrix.ts";
import type { CallFacts, Rule } from "./rule.ts";

/** A call of the past as rules see it. What cannot be known of it any more stands there in every way in which it may have been. */
export interface RehearsedCall extends Omit<RuledCall, "facts"> {
  readonly possible: readonly CallFacts[];
}

/** How a call comes out under two lists of rules. */
export interface Comparison {
  readonly from: RuleDecision;
  readonly to: RuleDecision;
}

/**
 * How a call comes out under the rules in force and under those that are proposed, by the very function that decides on calls. Undefined where that hangs on what is not known of it. Where
 * only the rule that decides hangs on it, the first that may have is named.
 */
export function compareRules(inForce: readonly Rule[], proposed: readonly Rule[], { possible, ...call }: RehearsedCall): Comparison | undefined {
  const [first, ...others] = possible.map((facts): Comparison => ({ from: ruleOn(inForce, { ...call, facts }), to: ruleOn(proposed, { ...call, facts }) }));
  return others.every(({ from, to }) => from.outcome === first?.from.outcome && to.outcome === first.to.outcome) ? first : undefined;
}
