import type { Run } from "../domain/run/run.ts";
import type { Instant } from "../domain/kernel/values.ts";
import type { TurnUsage } from "../ports/agent.ts";
import type { Transaction } from "../ports/store.ts";

export interface RecordUsageDependencies {
  /** Estimated US dollars of a turn; undefined where no price is known. */
  readonly priceOf?: ((model: string, usage: TurnUsage) => number | undefined) | undefined;
}

/** What a turn used. Told twice it is one row: the first. */
export function recordUsage(
  { priceOf }: RecordUsageDependencies,
  tx: Transaction,
  run: Run,
  { attempt, turn }: { readonly attempt: number; readonly turn: number },
  usage: TurnUsage,
  at: Instant,
): Promise<void> {
  const { model } = run.profile;
  return tx.usage.append({ runId: run.id, attempt, turn, model, ...usage, cost: priceOf?.(model, usage), at });
}
