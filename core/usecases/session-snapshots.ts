import type { Digest, ThreadId } from "../domain/kernel/values.ts";
import type { Clock } from "../ports/clock.ts";
import { InfrastructureError } from "../ports/infrastructure-error.ts";
import type { SessionSnapshot, Store } from "../ports/store.ts";
import type { RunIdentity } from "./authenticate-run.ts";
import { changeRun } from "./change-run.ts";

export interface SnapshotDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** SHA-256 of bytes, lower-case hex. */
  readonly checksum: (content: Uint8Array) => Digest;
}

/** Stores the agent session's own files, so that another process can continue its thread. The highest sequence of the newest attempt counts. */
export function createSaveSnapshot(deps: SnapshotDependencies) {
  return async function saveSnapshot(
    identity: RunIdentity,
    snapshot: { readonly sequence: number; readonly threadId?: ThreadId | undefined; readonly content: Uint8Array },
  ): Promise<Digest> {
    const checksum = deps.checksum(snapshot.content);
    const at = deps.clock.now();
    const { id } = identity.run;
    await deps.store.transaction(async (tx) => {
      await tx.snapshots.save({ runId: id, attempt: identity.attempt.attempt, ...snapshot, checksum, at });
      const run = await tx.runs.get(id, { lock: true });
      if (!run || !snapshot.threadId) return;
      const fresh = identity.attempt.resumeInput === undefined;
      await changeRun(tx, run, { type: "link-thread", threadId: snapshot.threadId, fresh }, { now: at, actor: { type: "agent", id } });
    });
    return checksum;
  };
}

/**
 * The run's latest snapshot; undefined when it has none.
 * @throws InfrastructureError `internal` when the stored bytes are no longer those that were saved.
 */
export function createLoadSnapshot(deps: SnapshotDependencies) {
  return async function loadSnapshot(identity: RunIdentity): Promise<SessionSnapshot | undefined> {
    const snapshot = await deps.store.transaction((tx) => tx.snapshots.latest(identity.run.id));
    if (snapshot && deps.checksum(snapshot.content) !== snapshot.checksum) {
      throw new InfrastructureError("internal", `The snapshot of run ${identity.run.id} does not match its checksum.`, {
        retryable: false,
        remedy: "Cancel the run and start the stage again.",
      });
    }
    return snapshot;
  };
}
