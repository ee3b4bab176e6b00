import { canonicalJson } from "../kernel/canonical-json.ts";
import { err, ok, type Result } from "../kernel/result.ts";
import type { Json } from "../kernel/values.ts";
import { defaultRules } from "./default-rules.ts";
import { builtInRules, evaluateWithin, looserRules, type RuledCall, type RuleDecision } from "./evaluate.ts";
import { mergeRules, readRules } from "./read-rules.ts";
import type { Rule } from "./rule.ts";

/** One rule of the matrix as it is in force. */
export interface MatrixRule {
  readonly rule: Rule;
  /** `changed`: it stands in the place of a built-in one. */
  readonly origin: "built-in" | "changed" | "own";
  /** It would allow more than the built-in rules do, so it is not followed. */
  readonly isLooser: boolean;
}

/** Why a proposal is none. */
export type ProposalFault = {
  readonly type: "rules.malformed" | "rules.looser";
  readonly message: string;
  readonly remedy: string;
};

/** More than these nobody looks over. */
export const mostOwnRules = 200;

/** What is stored, as far as it can be read as rules. Nothing signs it, and whoever edits it may leave anything there. */
export function followedRules(stored: readonly unknown[]): readonly Rule[] {
  return stored.flatMap((item) => {
    const read = readRules([item]);
    return read.ok ? read.value : [];
  });
}

/** What is stored and is no rule, by the beginning of its text. Nobody follows it. */
export function unreadableRules(stored: readonly unknown[]): readonly string[] {
  return stored.filter((item) => !readRules([item]).ok).map((item) => JSON.stringify(item).slice(0, 200));
}

/** What becomes of a call under these rules within the built-in ones. A question to the owner is one whatever a rule says, unless a rule denies it. */
export function ruleOn(followed: readonly Rule[], call: RuledCall): RuleDecision {
  const evaluated = evaluateWithin(defaultRules, followed, call);
  return call.tool === "owner_ask" && evaluated.outcome === "auto" ? { ...evaluated, outcome: "ask" } : evaluated;
}

/** The followed rules in the order in which they are shown: the built-in ones, then the owner's own. A built-in one that is not there is one that is switched off. */
export function matrixOf(followed: readonly Rule[]): readonly MatrixRule[] {
  const looser = new Set(looserRules(defaultRules, followed));
  const known = new Map(defaultRules.map((rule) => [rule.id, textOf(rule)]));
  const missing = defaultRules.filter(({ id }) => !followed.some((rule) => rule.id === id)).map((rule): Rule => ({ ...rule, enabled: false }));
  return mergeRules(defaultRules, [...followed, ...missing]).map((rule): MatrixRule => {
    const text = known.get(rule.id);
    return { rule, origin: text === undefined ? "own" : text === textOf(rule) ? "built-in" : "changed", isLooser: looser.has(rule) };
  });
}

/** What of the followed rules is the owner's own: this list, proposed again, gives the same matrix. Looser ones are not among them. */
export function ownRulesOf(followed: readonly Rule[]): readonly Rule[] {
  return matrixOf(followed).flatMap(({ rule, origin, isLooser }) => (origin === "built-in" || isLooser ? [] : [rule]));
}

/**
 * The rules that would be stored with these own ones over the built-in ones.
 *
 * @param own plain data, as a file or a form gives it.
 */
export function proposeRules(own: unknown): Result<readonly Rule[], ProposalFault> {
  const read = readRules(own);
  if (!read.ok) return err(malformed(read.error.slice(0, 20).map(({ path, message }) => `${path} ${message}`)));
  const taken = read.value.flatMap(({ id }, index) => (reservedIds.has(id) ? [`rules[${index}].id ${id} is what calls without a rule are called`] : []));
  if (taken.length > 0) return err(malformed(taken));
  if (read.value.length > mostOwnRules) return err(malformed([`there can be ${mostOwnRules}, and not ${read.value.length}`]));
  const proposed = mergeRules(defaultRules, read.value);
  const looser = looserRules(defaultRules, proposed);
  return looser.length === 0 ? ok(proposed) : err(looserFault(looser));
}

/** Stand in the place of a rule's id on calls that no rule decided. */
const reservedIds: ReadonlySet<string> = new Set(["none", ...Object.values(builtInRules)]);

function malformed(faults: readonly string[]): ProposalFault {
  return { type: "rules.malformed", message: `These are no rules: ${faults.join("; ")}.`, remedy: "Correct the rules, and try again. Nothing was changed." };
}

function looserFault(looser: readonly Rule[]): ProposalFault {
  const names = looser.map(({ id, tool, outcome }) => `${id} (${tool}: ${outcome})`).join(", ");
  return {
    type: "rules.looser",
    message: `Rules can only be stricter than the built-in ones, and ${names} would allow more.`,
    remedy: "Let it ask or deny. What is to pass without a question is allowed beforehand, with your signature, on the card of a call that asks.",
  };
}

function textOf(rule: Rule): string {
  return canonicalJson(rule as unknown as Json);
}
