import type { JobName, JobTypes, Queue } from "../ports/queue.ts";

export interface RecordedJob {
  readonly name: JobName;
  readonly payload: JobTypes[JobName];
  /** Whether it was added inside a transaction. */
  readonly inTransaction: boolean;
}

/** Remembers what was enqueued and works on nothing. It knows nothing of rollbacks. */
export interface RecordingQueue extends Pick<Queue, "enqueue"> {
  readonly jobs: readonly RecordedJob[];
}

export function createRecordingQueue(): RecordingQueue {
  const jobs: RecordedJob[] = [];
  return {
    jobs,
    async enqueue(name, payload, options) {
      for (const one of [payload].flat()) jobs.push({ name, payload: one, inTransaction: options?.session !== undefined });
    },
  };
}
