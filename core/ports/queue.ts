import type { SqlSession } from "./sql-driver.ts";

/** Jobs are short and idempotent; the queue delivers each at least once. */
export interface JobTypes {
  readonly "process-delivery": { readonly deliveryId: string };
  readonly "dispatch-effect": { readonly effectId: string };
  /** Somebody has reason to think that the forge knows of something that was lost. */
  readonly reconcile: { readonly reason: string };
}
export type JobName = keyof JobTypes;

export interface Queue {
  /**
   * Adds a job, or several of one kind at once; with `session` in that transaction, so that they exist if and only if the transaction commits.
   * @param options.notBefore delays them by that many milliseconds.
   */
  enqueue<Name extends JobName>(
    name: Name,
    payload: JobTypes[Name] | readonly JobTypes[Name][],
    options?: { readonly session?: SqlSession; readonly notBefore?: number },
  ): Promise<void>;
  /** Starts working on a kind of job. A handler that throws makes the job come again, later each time. */
  work<Name extends JobName>(name: Name, concurrency: number, handler: (payload: JobTypes[Name]) => Promise<void>): Promise<void>;
  start(): Promise<void>;
  /** Stops taking jobs and waits for those under way. */
  stop(): Promise<void>;
}
