import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { RunId } from "../domain/kernel/values.ts";
import { isFinalRun, type Run, type RunAttempt } from "../domain/run/run.ts";
import type { RunSpecification } from "../domain/run/specification.ts";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/crypto.ts";
import type { PromptLibrary } from "../ports/prompt-library.ts";
import type { Store, Transaction } from "../ports/store.ts";
import type { BuildSpecification } from "./build-specification.ts";
import { changeRun, runFlowEvent } from "./change-run.ts";
import { plusSeconds, type AttemptSettings } from "./prepare-attempt.ts";
import { renderStagePrompt } from "./render-prompt.ts";
import { fenceNonce } from "./run-news.ts";

export interface RunExchange {
  readonly runToken: string;
  readonly specification: RunSpecification;
  /** The rendered prompt of the first turn, or the input of a resumed one. */
  readonly input: string;
  readonly run: Run;
  readonly leaseSeconds: number;
  readonly deadlineSeconds: number;
  readonly hasSnapshot: boolean;
}

export type ExchangeError =
  /** No such attempt, or not its token. */
  | { readonly type: "run-token.unknown" }
  /** Traded already: somebody else is this attempt. */
  | { readonly type: "run-token.spent" }
  /** A newer attempt has taken over, or the run has ended. */
  | { readonly type: "run-token.fenced" };

export interface ExchangeRunTokenDependencies extends AttemptSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly buildSpecification: BuildSpecification;
  readonly library: PromptLibrary;
}

/**
 * Trades the bootstrap token of an attempt for its run token, once, and hands out what the attempt is to do. From here on the run is running and the attempt's
 * lease counts.
 */
export function createExchangeRunToken(deps: ExchangeRunTokenDependencies) {
  return async function exchangeRunToken(runId: RunId, attempt: number, bootstrapToken: string): Promise<Result<RunExchange, ExchangeError>> {
    // Before anything is read for it: whoever asks has to be the attempt. Digests are compared, so the time taken tells nothing.
    if (deps.hasher.sha256(bootstrapToken) !== deps.hasher.sha256(deps.bootstrapToken(runId, attempt))) return err({ type: "run-token.unknown" });
    const found = await deps.store.transaction((tx) => findAttempt(tx, runId, attempt));
    if (!found.ok) return found;
    const specification = await deps.buildSpecification(found.value.run, found.value.attempt);
    const runToken = deps.randomness.token();
    return deps.store.transaction(async (tx) => {
      const run = await tx.runs.get(runId, { lock: true });
      const current = await findAttempt(tx, runId, attempt);
      if (!run || !current.ok) return current.ok ? err({ type: "run-token.unknown" }) : current;
      const exchanged = await tx.attempts.exchange(deps.hasher.sha256(bootstrapToken), deps.hasher.sha256(runToken));
      if (!exchanged) return err({ type: "run-token.spent" });
      const hasSnapshot = exchanged.resumeInput !== undefined && (await tx.snapshots.latest(runId)) !== undefined;
      const started = await begin(deps, tx, run, exchanged, specification);
      return ok({
        runToken,
        specification,
        input: exchanged.resumeInput ?? renderStagePrompt(specification, deps.library, fenceNonce(deps.randomness)),
        run: started,
        leaseSeconds: deps.leaseSeconds,
        deadlineSeconds: specification.deadlineSeconds,
        hasSnapshot,
      });
    });
  };
}

async function findAttempt(tx: Transaction, runId: RunId, number: number): Promise<Result<{ readonly run: Run; readonly attempt: RunAttempt }, ExchangeError>> {
  const run = await tx.runs.get(runId);
  const latest = await tx.attempts.latest(runId);
  if (!run || !latest) return err({ type: "run-token.unknown" });
  if (latest.attempt !== number || latest.phase === "ended" || isFinalRun(run.state)) return err({ type: "run-token.fenced" });
  return ok({ run, attempt: latest });
}

async function begin(deps: ExchangeRunTokenDependencies, tx: Transaction, run: Run, attempt: RunAttempt, specification: RunSpecification): Promise<Run> {
  const context = { now: deps.clock.now(), actor: { type: "agent", id: run.id } } as const;
  await tx.attempts.save({ ...attempt, phase: "active", leaseUntil: plusSeconds(context.now, deps.leaseSeconds) });
  // Only the first prompt lists them.
  const given = attempt.resumeInput === undefined ? specification.previousDocuments.map(({ path }) => path) : [];
  await tx.documentUses.note(run, given, "given", context.now);
  const payload = { attempt: attempt.attempt, threads: specification.reviewThreads.map((thread) => thread.id) };
  await tx.flow.append([runFlowEvent(run, "attempt.started", payload, context)]);
  const started = await changeRun(tx, run, { type: "start", attempt: attempt.attempt }, context);
  // A refusal leaves the run as it is (held by the owner, say); the first heartbeat tells the runner to stop.
  return started.ok ? started.value : run;
}
