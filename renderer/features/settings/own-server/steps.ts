import type { Check } from "../../../../core/contract/connection.ts";

/** What was tried with what: a result counts for that only, and for nothing that was written since. */
export interface Tried<Input, Result extends { readonly checks: readonly Check[] }> {
  readonly input: Input;
  readonly result: Result;
}

/** The result, where it was had with what stands there now. */
export function resultFor<Input extends object, Result extends { readonly checks: readonly Check[] }>(
  tried: Tried<Input, Result> | undefined,
  present: Input,
): Result | undefined {
  if (!tried) return undefined;
  const same = Object.entries(present).every(([name, value]) => String(value).trim() === String(tried.input[name as keyof Input]).trim());
  return same ? tried.result : undefined;
}

/** Whether nothing of it has failed. Warnings are for the owner to weigh. */
export function isWell(result: { readonly checks: readonly Check[] } | undefined): boolean {
  return result !== undefined && result.checks.length > 0 && result.checks.every(({ status }) => status !== "fail");
}
