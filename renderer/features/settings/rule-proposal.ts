import type { ApprovalMatrix, MatrixRule, Outcome, OwnRule } from "../../../core/contract/rules.ts";
import { canonicalJson } from "../../../core/domain/kernel/canonical-json.ts";
import type { Json } from "../../../core/domain/kernel/values.ts";
import { defaultRules } from "../../../core/domain/rule/default-rules.ts";
import type { Rule } from "../../../core/domain/rule/rule.ts";

/** A row of the matrix as it would be: the rule that is proposed, beside the one that is there. */
export interface ProposedRow {
  readonly rule: OwnRule;
  /** The rule as it is in force; absent where it is new, or where what is stored is not followed. */
  readonly inForce?: MatrixRule | undefined;
  /** The built-in rule in whose place it stands, or which it is. */
  readonly builtIn?: Rule | undefined;
  /** It is the built-in rule, word for word. */
  readonly isAsBuiltIn: boolean;
  readonly change: "none" | "other" | "new" | "removed";
  /** Outcomes that may be chosen: what is looser than the built-in rule is not among them. */
  readonly choices: readonly Outcome[];
}

const fromLoosest = ["auto", "ask", "deny"] as const;

/** The rows of the matrix with these own rules instead of those in force: the built-in ones in their order, then the others; what would go stands where it was. */
export function rowsOf(matrix: Pick<ApprovalMatrix, "rules" | "own">, own: readonly OwnRule[]): readonly ProposedRow[] {
  const others = [...matrix.own, ...own.filter(({ id }) => !matrix.own.some((known) => known.id === id))].filter(({ id }) => !isBuiltIn(id));
  return [...defaultRules.map((rule) => versionOf(own, rule.id) ?? rule), ...others.map((rule) => versionOf(own, rule.id) ?? rule)].map((rule) => {
    const inForce = matrix.rules.find(({ id, isLooser }) => id === rule.id && !isLooser);
    const builtIn = defaultRules.find(({ id }) => id === rule.id);
    const isAsBuiltIn = builtIn !== undefined && isSame(rule, builtIn);
    return { rule: plain(rule), inForce, builtIn, isAsBuiltIn, change: changeOf(matrix.own, own, rule.id), choices: choicesOf(rule, builtIn) };
  });
}

/** How many rules the proposal is about. */
export function countChanges(rows: readonly ProposedRow[]): number {
  return rows.filter(({ change }) => change !== "none").length;
}

/** Own rules in which this rule has another outcome. A built-in rule that is as it was built in is no own rule. */
export function withOutcome(own: readonly OwnRule[], { rule, builtIn }: ProposedRow, outcome: Outcome): readonly OwnRule[] {
  const next = { ...rule, outcome };
  if (builtIn && isSame(next, builtIn)) return withoutRule(own, rule.id);
  return withRule(own, next);
}

export function withRule(own: readonly OwnRule[], rule: OwnRule): readonly OwnRule[] {
  return own.some(({ id }) => id === rule.id) ? own.map((known) => (known.id === rule.id ? rule : known)) : [...own, rule];
}

/** An own rule goes; of a built-in one, what stood in its place goes. */
export function withoutRule(own: readonly OwnRule[], id: string): readonly OwnRule[] {
  return own.filter((rule) => rule.id !== id);
}

/** An id that no rule has. */
export function freeId(rules: readonly { readonly id: string }[]): string {
  for (let number = 1; ; number += 1) if (!rules.some(({ id }) => id === `own-${number}`)) return `own-${number}`;
}

function isBuiltIn(id: string): boolean {
  return defaultRules.some((rule) => rule.id === id);
}

function versionOf(own: readonly OwnRule[], id: string): OwnRule | undefined {
  return own.find((rule) => rule.id === id);
}

function changeOf(before: readonly OwnRule[], after: readonly OwnRule[], id: string): ProposedRow["change"] {
  const [was, is] = [versionOf(before, id), versionOf(after, id)];
  if (was === undefined && is === undefined) return "none";
  if (was !== undefined && is !== undefined) return isSame(was, is) ? "none" : "other";
  return isBuiltIn(id) ? "other" : is === undefined ? "removed" : "new";
}

function choicesOf(rule: OwnRule | Rule, builtIn: Rule | undefined): readonly Outcome[] {
  // An own rule that lets happen what would happen anyway says nothing; one that is there already stays choosable.
  const loosest = builtIn?.outcome ?? (rule.outcome === "auto" ? "auto" : "ask");
  return fromLoosest.slice(fromLoosest.indexOf(loosest));
}

/** The same members with the same values, in whatever order. */
function isSame(a: OwnRule | Rule, b: OwnRule | Rule): boolean {
  return canonicalJson(plain(a) as Json) === canonicalJson(plain(b) as Json);
}

/** With what is left out by one and said by another. */
function plain({ stages, roles, ...rule }: OwnRule | Rule): OwnRule {
  return { description: "", enabled: true, ...rule, ...(stages ? { stages: [...stages] } : {}), ...(roles ? { roles: [...roles] } : {}) };
}
