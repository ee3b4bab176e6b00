import type { Budgets } from "../../../core/contract/workspace.ts";

/** The fields as they are written into: nothing is no limit. */
export const budgetFields = ["run.usd", "run.tokens", "day.usd", "day.tokens"] as const;
export type BudgetField = (typeof budgetFields)[number];
export type BudgetValues = Readonly<Record<BudgetField, number | undefined>>;

export function fieldsOf({ run, day }: Budgets): BudgetValues {
  return { "run.usd": run?.usd, "run.tokens": run?.tokens, "day.usd": day?.usd, "day.tokens": day?.tokens };
}

export function budgetsOf(values: BudgetValues): Budgets {
  return { run: limitOf(values["run.usd"], values["run.tokens"]), day: limitOf(values["day.usd"], values["day.tokens"]) };
}

function limitOf(usd: number | undefined, tokens: number | undefined): Budgets["run"] {
  if (usd === undefined && tokens === undefined) return undefined;
  return { ...(usd === undefined ? {} : { usd }), ...(tokens === undefined ? {} : { tokens }) };
}

/** What a field was given: a number, nothing, or what is no limit. */
export function valueOf(written: string | number): number | undefined | "wrong" {
  if (written === "") return undefined;
  const number = Number(written);
  return Number.isFinite(number) && number > 0 ? number : "wrong";
}
