import type { Instant } from "../domain/kernel/values.ts";
import type { Run } from "../domain/run/run.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { Transaction } from "../ports/store.ts";
import { renderInterrupted } from "./render-prompt.ts";
import { fenceNonce, takeNews } from "./run-news.ts";
import { takeNotes } from "./send-note.ts";
import { readTurnMemory, writeTurnMemory } from "./turn-memory.ts";

/**
 * The first input of a run's next attempt: what it had been told without an answer, the results it has not been told yet, and a note. Undefined without a
 * snapshot: then a new thread starts from the stage's prompt, which holds the owner's answers; results are brought at the end of its first turn.
 *
 * @param why the run's attempt ended before its turn did, for this reason.
 */
export async function nextInput(
  tx: Transaction,
  randomness: Randomness,
  run: Run,
  attempt: number,
  { why, note, now }: { readonly why?: string | undefined; readonly note?: string | undefined; readonly now: Instant },
): Promise<string | undefined> {
  if (!(await tx.snapshots.latest(run.id))) return undefined;
  const carried = (await readTurnMemory(tx, run.id))?.input;
  const news = await takeNews(tx, run.id, randomness);
  const notes = await takeNotes(tx, run.id, now, () => fenceNonce(randomness));
  const input = [carried, news, notes, note].filter((part) => part !== undefined && part !== "").join("\n\n");
  await writeTurnMemory(tx, run.id, { attempt, turn: 0, input });
  const interrupted = why ?? (input === "" ? "The run was resumed." : undefined);
  const preface = interrupted === undefined ? [] : [renderInterrupted({ reason: interrupted }, fenceNonce(randomness))];
  return [...preface, ...(input === "" ? [] : [input])].join("\n\n");
}
