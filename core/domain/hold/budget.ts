import type { Instant } from "../kernel/values.ts";

/** At most so much, in US dollars and in tokens; what is absent is not limited. */
export interface Limit {
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
}

/** Limits of the workspace: for each run over all of its attempts, and for all runs of a day together. */
export interface Budgets {
  readonly run?: Limit | undefined;
  /** The owner's time zone is not known here: a day is a day of UTC. */
  readonly day?: Limit | undefined;
}

export const budgetScopes = ["run", "day"] as const;
export type BudgetScope = (typeof budgetScopes)[number];

/** What was used. Input and output tokens; dollars are an estimate of those turns whose model has a known price, and absent where none has. */
export interface Spent {
  readonly tokens: number;
  readonly usd?: number | undefined;
}

/** One limit and how far it is used up. */
export interface Meter {
  readonly scope: BudgetScope;
  readonly unit: "usd" | "tokens";
  readonly used: number;
  readonly limit: number;
  readonly level: "fine" | "near" | "spent";
}

/** Share of a limit from which on the owner is warned. */
export const warnFrom = 0.8;

/** Every limit that is set, with what is used of it. Whoever counts after the fact may find more used than allowed: the limit is a stop, and not a wall. */
export function meters(budgets: Budgets, spent: { readonly run?: Spent | undefined; readonly day?: Spent | undefined }): readonly Meter[] {
  return budgetScopes.flatMap((scope) => {
    const used = spent[scope];
    return used === undefined
      ? []
      : [...meter(scope, "usd", used.usd ?? 0, budgets[scope]?.usd), ...meter(scope, "tokens", used.tokens, budgets[scope]?.tokens)];
  });
}

function meter(scope: BudgetScope, unit: Meter["unit"], used: number, limit: number | undefined): readonly Meter[] {
  if (limit === undefined) return [];
  return [{ scope, unit, used, limit, level: used >= limit ? "spent" : used >= limit * warnFrom ? "near" : "fine" }];
}

/** The limit that is nearest to its end, where it is worth a word; a spent one before all others. */
export function pressing(found: readonly Meter[]): Meter | undefined {
  const worth = found.filter((each) => each.level !== "fine");
  return worth.toSorted((a, b) => Number(b.level === "spent") - Number(a.level === "spent") || b.used / b.limit - a.used / a.limit)[0];
}

/** Whether anything is limited at all. */
export function isLimited({ run, day }: Budgets): boolean {
  return [run, day].some((limit) => limit?.usd !== undefined || limit?.tokens !== undefined);
}

const dayLength = 86_400_000;

/** When the day of `now` began, in UTC. */
export function dayStart(now: Instant): Instant {
  return (now - (((now % dayLength) + dayLength) % dayLength)) as Instant;
}

/** When the day's budget is whole again. */
export function dayEnd(now: Instant): Instant {
  return (dayStart(now) + dayLength) as Instant;
}
