import type { JsonObject, RunId } from "../domain/kernel/values.ts";
import type { Transaction } from "../ports/store.ts";

/** What the runner does after a turn. */
export type TurnVerdict =
  | { readonly type: "continue"; readonly input: string }
  | { readonly type: "park"; readonly reason: string }
  | { readonly type: "finish"; readonly reason: string };

/** The last word on a run's turns: the verdict, so that a report that comes twice gets the same answer, and the input that no ended turn has answered yet. */
export interface TurnMemory {
  readonly attempt: number;
  /** 0: nothing has ended in this attempt yet. */
  readonly turn: number;
  readonly verdict?: TurnVerdict | undefined;
  /** What the agent was last told; told again when the attempt is lost before its turn ends. */
  readonly input?: string | undefined;
}

/** The memory of a run's turns. Lives in the settings table, because nobody but these use cases looks at it. */
export async function readTurnMemory(tx: Transaction, runId: RunId): Promise<TurnMemory | undefined> {
  return (await tx.settings.get(key(runId))) as TurnMemory | undefined;
}

export async function writeTurnMemory(tx: Transaction, runId: RunId, memory: TurnMemory): Promise<void> {
  await tx.settings.set(key(runId), JSON.parse(JSON.stringify(memory)) as JsonObject);
}

function key(runId: RunId): string {
  return `turns:${runId}`;
}
