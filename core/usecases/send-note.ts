import { longestNote, noteFault, type NoteFault } from "../domain/run/note.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { Instant, PersonId, RunId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { Store, Transaction } from "../ports/store.ts";
import { orchestratorActor, runFlowEvent } from "./change-run.ts";
import { renderOwnerNote } from "./render-prompt.ts";
import type { RunChangeError } from "./cancel-run.ts";

export type SendNoteError = NoteFault | Extract<RunChangeError, { readonly type: "run.unknown" }>;

/** Keeps a note for a run's agent, which is told with its next input. Stored under the run's lock: a run that comes to its end at this moment either tells it first or refuses it. */
export function createSendNote(deps: { readonly store: Store; readonly clock: Clock; readonly randomness: Randomness }) {
  return function sendNote(runId: RunId, by: PersonId, text: string): Promise<Result<undefined, SendNoteError>> {
    return deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(runId, { lock: true });
      if (!run) return err({ type: "run.unknown", runId });
      const fault = text.length > longestNote ? tooLong : noteFault(run.state);
      if (fault) return err(fault);
      const id = deps.randomness.id();
      const at = deps.clock.now();
      await tx.notes.add({ id, runId, person: by, text, at });
      await tx.flow.append([runFlowEvent(run, "run.noted", { note: id, message: text }, { now: at, actor: { type: "person", id: by } })]);
      return ok(undefined);
    });
  };
}

const tooLong: NoteFault = {
  type: "note.too-long",
  message: `A note has at most ${longestNote} characters.`,
  remedy: "Put the long text into the issue or a document, and name it in the note.",
};

/**
 * The notes that a run's agent has not been told yet, as one input, and a note that it has. Undefined when there is none. Called in the transaction that hands the input out, so that nothing is told twice
 * and nothing is forgotten.
 *
 * @param nonce gives a new one for each note's fence.
 */
export async function takeNotes(tx: Transaction, runId: RunId, now: Instant, nonce: () => string): Promise<string | undefined> {
  const notes = await tx.notes.waiting(runId);
  if (notes.length === 0) return undefined;
  const run = await tx.runs.get(runId);
  await tx.notes.delivered(
    notes.map(({ id }) => id),
    now,
  );
  if (run) await tx.flow.append(notes.map(({ id }) => runFlowEvent(run, "run.note-delivered", { note: id }, { now, actor: orchestratorActor })));
  return notes.map(({ text, person }) => renderOwnerNote({ text, by: person }, nonce())).join("\n\n");
}
