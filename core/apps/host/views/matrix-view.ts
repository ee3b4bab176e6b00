import type { ApprovalMatrix as MatrixView, MatrixRule as RuleView, OwnRule, Rehearsal as RehearsalView } from "../../../contract/rules.ts";
import { allowanceOfRule } from "../../../domain/allowance/allowance.ts";
import { defaultRules } from "../../../domain/rule/default-rules.ts";
import { builtInRules } from "../../../domain/rule/evaluate.ts";
import { ownRulesOf, type MatrixRule } from "../../../domain/rule/matrix.ts";
import type { Rule, RuleOutcome } from "../../../domain/rule/rule.ts";
import type { RuleCount } from "../../../ports/rules.ts";
import type { ApprovalMatrix, Rehearsal } from "../../../usecases/rehearse-rules.ts";

const floors: readonly { readonly id: string; readonly outcome: RuleOutcome }[] = [
  { id: builtInRules.unknownTool, outcome: "deny" },
  { id: builtInRules.noMatch, outcome: "deny" },
  { id: builtInRules.readOnlyRole, outcome: "deny" },
  { id: builtInRules.triggerLabel, outcome: "ask" },
  { id: builtInRules.clusterWrite, outcome: "ask" },
];

export function matrixView({ digest, rules, unreadable, decided }: ApprovalMatrix): Omit<MatrixView, "days" | "asOf"> {
  const allowed = decided.filter(({ rule }) => allowanceOfRule(rule) !== undefined);
  return {
    digest,
    rules: rules.map((rule) => ruleView(rule, decided)),
    own: ownRulesOf(rules.map(({ rule }) => rule)).map(plainRule),
    unreadable: [...unreadable],
    floors: floors.map((floor) => ({ ...floor, decided: decidedBy(floor.id, decided) })),
    allowedBeforehand: allowed.reduce((sum, { calls }) => sum + calls, 0),
  };
}

function ruleView({ rule, origin, isLooser }: MatrixRule, decided: readonly RuleCount[]): RuleView {
  const builtIn = defaultRules.find(({ id }) => id === rule.id)?.outcome;
  return {
    ...plainRule(rule),
    description: rule.description,
    enabled: rule.enabled,
    origin,
    ...(builtIn === undefined ? {} : { builtIn }),
    isLooser,
    decided: decidedBy(rule.id, decided),
  };
}

function decidedBy(id: string, decided: readonly RuleCount[]): RuleView["decided"] {
  const calls = (outcome: RuleOutcome): number => decided.find((count) => count.rule === id && count.outcome === outcome)?.calls ?? 0;
  return { auto: calls("auto"), ask: calls("ask"), deny: calls("deny") };
}

function plainRule({ stages, roles, ...rule }: Rule): OwnRule {
  return { ...rule, ...(stages ? { stages: [...stages] } : {}), ...(roles ? { roles: [...roles] } : {}) };
}

export function rehearsalView({ byRule, differences, ...rehearsal }: Rehearsal): Omit<RehearsalView, "days"> {
  return {
    ...rehearsal,
    byRule: [...byRule],
    differences: differences.map((difference) => ({ ...difference, examples: [...difference.examples] })),
  };
}
