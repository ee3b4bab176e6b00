import type { BranchName, Instant, JsonObject, RepositoryName, RequestId, RunId } from "../domain/kernel/values.ts";

/**
 * What is to be done outside after a transaction. Each is safe to repeat: it sets a state (labels, the status comment), or finds what it made before by a name
 * or marker derived from its ids, or is guarded by an effect key.
 */
export type EffectAction =
  /** Renders the run's status comment from its current state, and creates or edits it in place. */
  | { readonly type: "sync-status-comment"; readonly runId: RunId }
  /** Posts a comment once; found again by its marker. */
  | { readonly type: "post-comment"; readonly repository: RepositoryName; readonly issue: number; readonly marker: string; readonly body: string }
  | {
      readonly type: "change-labels";
      readonly repository: RepositoryName;
      readonly number: number;
      readonly add: readonly string[];
      readonly remove: readonly string[];
      readonly as: "bot" | "owner";
    }
  /** Starts the runner of an attempt; its name derives from run and attempt. */
  | { readonly type: "start-attempt"; readonly runId: RunId; readonly attempt: number }
  | { readonly type: "stop-attempt"; readonly runId: RunId; readonly attempt: number }
  /** Performs what was decided: the tool call, the stage gate's consequence, or bringing an answer to the agent. Verifies the decision again first. */
  | { readonly type: "execute-decision"; readonly requestId: RequestId }
  /** Starts the next attempt of a parked run. Its first input is composed then, from the tool results that the agent has not been told yet and `note`. */
  | { readonly type: "resume-run"; readonly runId: RunId; readonly note?: string | undefined }
  /** Looks at the forge for what became of a push that was sent there, when whoever sent it did not live to say so. `push` is what `push.accepted` would have said. */
  | { readonly type: "settle-push"; readonly runId: RunId; readonly push: JsonObject }
  /** Reads the checks of a pull request's head. */
  | { readonly type: "read-checks"; readonly repository: RepositoryName; readonly pull: number }
  /** Reads changed documents of a branch into the index. */
  | { readonly type: "index-documents"; readonly repository: RepositoryName; readonly branch: BranchName; readonly commit: string };

export interface Effect {
  /** Derived from what caused it: the same key is the same effect. */
  readonly key: string;
  readonly action: EffectAction;
  /** Milliseconds for which it may become unnecessary before it is performed. */
  readonly notBefore?: number | undefined;
  /** An effect with the same action that nobody has begun yet does as well: then this one is not added. For what only brings something to the state that is true when it runs. */
  readonly joinsWaiting?: true | undefined;
}

export interface EffectRow extends Effect {
  readonly id: string;
  readonly state: "pending" | "done" | "given-up";
  readonly attempts: number;
  readonly lastError?: string | undefined;
  readonly result?: JsonObject | undefined;
  readonly createdAt: Instant;
  readonly doneAt?: Instant | undefined;
}
