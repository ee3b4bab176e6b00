import type { ThreadId } from "../../domain/kernel/values.ts";
import type { AgentSession } from "../../ports/agent.ts";
import type { EventUploader } from "./event-uploader.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { packSnapshot } from "./snapshot-pack.ts";

export interface SnapshotKeeper {
  /** Stores where the session and its uncommitted changes stand now; resolves when it is stored. */
  save(threadId: ThreadId | undefined): Promise<void>;
  /** The same in the middle of a turn: at most one at a time, and never a reason for the turn to fail. */
  saveInPassing(threadId: ThreadId | undefined): void;
  /** Resolves when no save is under way; git is free for the runner then. */
  idle(): Promise<void>;
}

export interface SnapshotSources {
  readonly gateway: Pick<GatewayClient, "putSnapshot">;
  readonly session: Pick<AgentSession, "snapshot">;
  readonly workspace: { packChanges(): Promise<string> };
  readonly events: EventUploader;
}

/** Milliseconds between two snapshots in passing: what a crash may cost of a turn. */
const restBetween = 2_000;

export function createSnapshotKeeper(sources: SnapshotSources, now: () => number = () => performance.now()): SnapshotKeeper {
  let underWay: Promise<void> | undefined;
  let last = -Infinity;

  async function store(threadId: ThreadId | undefined): Promise<void> {
    // Without a thread there is nothing to go on with: the next attempt begins from the stage's prompt.
    const session = threadId === undefined ? undefined : await sources.session.snapshot();
    if (!session) return;
    const changes = await sources.workspace.packChanges();
    await sources.gateway.putSnapshot(packSnapshot({ session, changes }), sources.events.sequence, threadId);
  }
  const idle = async (): Promise<void> => {
    while (underWay) await underWay;
  };

  return {
    idle,
    async save(threadId) {
      await idle();
      await store(threadId);
    },
    saveInPassing(threadId) {
      if (underWay || now() - last < restBetween) return;
      last = now();
      underWay = store(threadId)
        .catch((error: unknown) => sources.events.note(`a snapshot was not stored: ${String(error)}`))
        .finally(() => {
          underWay = undefined;
        });
    },
  };
}
