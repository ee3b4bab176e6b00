import type { DeliveryId, Instant } from "../../domain/kernel/values.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Queue } from "../../ports/queue.ts";
import type { Store } from "../../ports/store.ts";
import type { ReconcileChecks } from "../../usecases/reconcile-checks.ts";
import type { ReconcileDeliveries } from "../../usecases/reconcile-deliveries.ts";
import type { ReconcileLabels } from "../../usecases/reconcile-labels.ts";
import type { ProcessDelivery } from "../../usecases/process-delivery.ts";
import { every, type Repetition } from "./repetition.ts";

export interface OrchestratorIntervals {
  /** Seconds between two looks for lost attempts, for tool calls that a dead process left half done, and for runs to hold or to let go. */
  readonly recoverSeconds: number;
  /** Seconds between two looks for requests that nobody decided, and for jobs that were lost. */
  readonly sweepSeconds: number;
  /** Seconds between two comparisons with the forge. */
  readonly reconcileSeconds: number;
}

export interface OrchestratorDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly queue: Queue;
  readonly log: Log;
  readonly processDelivery: ProcessDelivery;
  readonly dispatchEffect: (effectId: string) => Promise<unknown>;
  readonly recoverAttempts: () => Promise<number>;
  readonly settleCalls: () => Promise<number>;
  /** Stops what a pause or a budget holds, and lets go of what they hold no more. */
  readonly settleHolds: () => Promise<number>;
  readonly expireRequests: () => Promise<number>;
  readonly sweepOutbox: () => Promise<number>;
  readonly reconcileDeliveries: ReconcileDeliveries;
  readonly reconcileLabels: ReconcileLabels;
  readonly reconcileChecks: ReconcileChecks;
  readonly intervals?: Partial<OrchestratorIntervals> | undefined;
}

export interface Orchestrator {
  /**
   * Works on jobs and keeps its timers, whose first rounds begin at once. It does not wait for what a crash left behind: ending processes and asking the forge take
   * their time, and what others wait for must not. The queue must have been started.
   */
  start(): Promise<void>;
  /** Keeps no timer and waits for the rounds under way. The queue's owner stops the queue. */
  stop(): Promise<void>;
  /** Compares with the forge now. */
  reconcile(): Promise<void>;
}

const defaults: OrchestratorIntervals = { recoverSeconds: 10, sweepSeconds: 60, reconcileSeconds: 300 };
/** Labels are looked at again this far back, so that a round that failed half way leaves no hole. */
const overlapMilliseconds = 3 * 86_400_000;

/** The part that acts: takes deliveries, performs effects, and finds what went missing. It holds no state of its own. */
export function createOrchestrator(deps: OrchestratorDependencies): Orchestrator {
  const intervals = { ...defaults, ...deps.intervals };
  const repetitions: Repetition[] = [];
  const recover = async (): Promise<void> => {
    await deps.settleHolds();
    await deps.recoverAttempts();
    await deps.settleCalls();
  };
  const reconcile = (): Promise<void> => reconcileAll(deps);
  return {
    reconcile,
    async start() {
      await deps.queue.work("process-delivery", 2, async ({ deliveryId }) => void (await deps.processDelivery(deliveryId as DeliveryId)));
      await deps.queue.work("dispatch-effect", 4, async ({ effectId }) => void (await deps.dispatchEffect(effectId)));
      await deps.queue.work("reconcile", 1, reconcile);
      const sweep = async (): Promise<void> => {
        await deps.expireRequests();
        await deps.sweepOutbox();
      };
      repetitions.push(
        every(deps, "recover", intervals.recoverSeconds, recover, { now: true }),
        every(deps, "sweep", intervals.sweepSeconds, sweep, { now: true }),
        every(deps, "reconcile", intervals.reconcileSeconds, reconcile, { now: true }),
      );
    },
    async stop() {
      await Promise.all(repetitions.splice(0).map((repetition) => repetition.stop()));
    },
  };
}

/** One repository that cannot be asked must not keep the others from being compared. */
async function reconcileAll(deps: OrchestratorDependencies): Promise<void> {
  const repositories = await deps.store.transaction((tx) => tx.repositories.list());
  for (const { name } of repositories) {
    try {
      const again = await deps.reconcileDeliveries(name);
      const judged = await deps.reconcileLabels(name, Math.max(0, deps.clock.now() - overlapMilliseconds) as Instant);
      const checks = await deps.reconcileChecks(name);
      if (again.length > 0 || judged > 0 || checks > 0)
        deps.log.info({ repository: name, redelivered: again.length, labels: judged, checks }, "reconciled with the forge");
    } catch (error) {
      deps.log.warn({ err: error, repository: name }, "could not be reconciled with the forge");
    }
  }
}
