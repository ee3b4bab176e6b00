import { scopeOfOffer, type Allowance, type AllowanceOffer, type ShownAllowance } from "../../../core/contract/allowances.ts";

/** What the owner chooses; everything else is the request's. */
export interface Terms {
  readonly scope: Allowance["scope"]["type"];
  readonly varying: readonly string[];
  readonly limit: number;
  readonly expiresAt: number;
}

const hour = 3_600_000;

/** How long a rule may be in force, by its name in the texts. */
export const lifetimes = { hour, hours: 8 * hour, day: 24 * hour, week: 7 * 24 * hour, month: 30 * 24 * hour } as const;
export type Lifetime = keyof typeof lifetimes;

/** Arguments that say what is acted on: they vary only when the owner says so. */
const targets: readonly string[] = ["number", "path"];

/** What is chosen before the owner has chosen: the agent's words may vary, its target may not. */
export function firstTerms(offer: AllowanceOffer, now: number): Terms {
  const varying = offer.arguments.filter(({ name, mayVary }) => mayVary && !targets.includes(name)).map(({ name }) => name);
  return { scope: "issue", varying, limit: Math.min(10, offer.maximumUses), expiresAt: now + lifetimes.day };
}

/** With an argument that may be anything from now on, or has to be exact again. */
export function withVarying(terms: Terms, name: string, varies: boolean): Terms {
  const others = terms.varying.filter((other) => other !== name);
  return { ...terms, varying: varies ? [...others, name].sort() : others };
}

/** The rule as it would be signed, to be shown. */
export function ruleOf(offer: AllowanceOffer, terms: Terms): ShownAllowance {
  const { tool, repository, rule } = offer;
  const { varying, limit, expiresAt } = terms;
  const fixed = offer.arguments.filter(({ name }) => !varying.includes(name)).map(({ name, value }) => ({ name, value }));
  return { tool, repository, rule, scope: scopeOfOffer(terms.scope, offer), arguments: fixed, varying: [...varying], limit, expiresAt };
}
