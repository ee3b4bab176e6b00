/** What has happened in a workspace so far, as far as its beginner's steps go. */
export interface Progress {
  /** Whether any run was ever started. */
  readonly hasRuns: boolean;
  /** Requests that the owner has decided, as far as they were counted. */
  readonly decided: number;
  /** Whether the documents were looked at after that. */
  readonly hasRead: boolean;
}

/** The way from an idea to a document, in the order in which it is gone. */
export const firstSteps = ["start", "decide", "read"] as const;
export type FirstStep = (typeof firstSteps)[number];

/** Somebody who has decided so often needs no hints any more. */
export const enoughDecisions = 3;

/** The step that comes next; `done` when all were gone, `over` when this is no beginning any more. */
export function nextStep({ hasRuns, decided, hasRead }: Progress): FirstStep | "done" | "over" {
  if (decided >= enoughDecisions && !hasRead) return "over";
  if (decided === 0) return hasRuns ? "decide" : "start";
  return hasRead ? "done" : "read";
}

/** Whether a step lies behind, given the one that comes next. */
export function isBehind(step: FirstStep, next: FirstStep | "done"): boolean {
  return next === "done" || firstSteps.indexOf(step) < firstSteps.indexOf(next);
}
