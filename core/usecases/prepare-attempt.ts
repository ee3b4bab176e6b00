import type { RunId } from "../domain/kernel/values.ts";
import type { Run, RunAttempt } from "../domain/run/run.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { Transaction } from "../ports/store.ts";
import type { ChangeContext } from "./change-run.ts";

export interface AttemptSettings {
  readonly hasher: Hasher;
  /**
   * The bootstrap token of an attempt: always the same for the same attempt, unguessable without the installation's secret (an HMAC of run and attempt), so that
   * a start that is repeated after a crash hands out the token whose hash was stored, and none is ever stored itself.
   */
  readonly bootstrapToken: (runId: RunId, attempt: number) => string;
  /** How long an attempt may be silent once its runner has reported. */
  readonly leaseSeconds: number;
  /** How long an attempt may take to report for the first time. */
  readonly startSeconds: number;
}

/** Adds the attempt that a run in `preparing` asks for, and the effect that starts it. `resumeInput` is its first input; without it the stage prompt is. */
export async function prepareAttempt(
  tx: Transaction,
  settings: AttemptSettings,
  run: Run,
  context: ChangeContext,
  resumeInput?: string,
): Promise<RunAttempt | undefined> {
  if (run.state.phase !== "preparing") return undefined;
  const { attempt } = run.state;
  const row = await tx.attempts.insert(
    { runId: run.id, attempt, phase: "starting", leaseUntil: plusSeconds(context.now, settings.startSeconds), startedAt: context.now, resumeInput },
    settings.hasher.sha256(settings.bootstrapToken(run.id, attempt)),
  );
  await tx.outbox.add([{ key: `start:${run.id}:${attempt}`, action: { type: "start-attempt", runId: run.id, attempt } }], context.now);
  return row;
}

export function plusSeconds<T extends number>(instant: T, seconds: number): T {
  return (instant + seconds * 1000) as T;
}
