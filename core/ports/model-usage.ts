import type { Instant } from "../domain/kernel/values.ts";
import type { TokenUsage } from "../domain/session/usage.ts";

/** What one model was used for. */
export interface ModelUsage extends TokenUsage {
  readonly model: string;
  readonly runs: number;
  readonly turns: number;
  /** US dollars, estimated, of the turns whose price is known; absent where none is. */
  readonly cost?: number | undefined;
  /** Turns whose price is not known. */
  readonly unpriced: number;
  readonly lastUsedAt: Instant;
}

/** What models were used for, as one transaction of the store sees it. */
export interface ModelUsageTable {
  /** Of turns at or after `since`: the most tokens first, at most `limit` models. */
  since(since: Instant, limit: number): Promise<readonly ModelUsage[]>;
}
