import type { Instant } from "../domain/kernel/values.ts";

/** The only source of time for use cases, timers and leases. Tests pass a manual one. */
export interface Clock {
  now(): Instant;
  /** Calls `run` once after `milliseconds`; the returned function cancels it. An error in `run` is the implementation's to report, never to swallow. */
  after(milliseconds: number, run: () => void): () => void;
}
