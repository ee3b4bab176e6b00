import type { TranscriptItem, Store } from "../ports/store.ts";
import type { RunIdentity } from "./authenticate-run.ts";

/** Stores what an attempt did and printed. A batch that comes twice changes nothing. */
export function createRecordEvents(deps: { readonly store: Store }) {
  return async function recordEvents(identity: RunIdentity, items: readonly Omit<TranscriptItem, "runId" | "attempt">[]): Promise<void> {
    if (items.length === 0) return;
    const { run, attempt } = identity;
    await deps.store.transaction((tx) => tx.transcript.append(items.map((item) => ({ ...item, runId: run.id, attempt: attempt.attempt }))));
  };
}
