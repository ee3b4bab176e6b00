import type { RunId } from "../domain/kernel/values.ts";
import type { Transaction } from "../ports/store.ts";

/** Why a turn's verdict was what it was. */
export type TurnReason =
  | "news"
  | "note"
  | "parked"
  | "turn-failed"
  | "turn-interrupted"
  | "push-refused"
  | "push-accepted"
  | "missing"
  | "unanswered"
  | "gate"
  | "failed"
  | "ended";

export interface PastTurn {
  readonly reason: TurnReason;
  readonly commit?: string | undefined;
}

/** The run's ended turns, oldest first, from its flow events. */
export async function pastTurns(tx: Transaction, runId: RunId): Promise<readonly PastTurn[]> {
  const events = await tx.flow.bySubject(`run:${runId}`);
  return events
    .filter((event) => event.type === "turn.ended")
    .map(({ payload }) => ({ reason: payload["reason"] as TurnReason, commit: typeof payload["commit"] === "string" ? payload["commit"] : undefined }));
}
