import type { Decision, DecisionPhase, DecisionRequest, RequestKind } from "../domain/decision/decision.ts";
import type { DecisionInsight } from "../domain/decision/insight.ts";
import type { Instant, PersonId, RepositoryName, RequestId, RunId } from "../domain/kernel/values.ts";
import type { Role, StageName } from "../domain/stage/stage.ts";

/** A request as lists show it: with stage and role of its run, and without what it binds. */
export interface ListedRequest extends Pick<
  DecisionRequest,
  "id" | "kind" | "runId" | "repository" | "issue" | "tool" | "summary" | "risk" | "createdAt" | "expiresAt"
> {
  readonly phase: DecisionPhase;
  readonly decision?: Decision | undefined;
  /** Who has changed what the agent asked for. */
  readonly editedBy?: PersonId | undefined;
  readonly stage: StageName;
  readonly role: Role;
}

export interface WaitingFilter {
  readonly repository?: RepositoryName | undefined;
  readonly issue?: number | undefined;
  /** Any of these. */
  readonly ids?: readonly RequestId[] | undefined;
  /** The most urgent ones. */
  readonly limit?: number | undefined;
}

export interface ClosedFilter {
  readonly repository?: RepositoryName | undefined;
  readonly issue?: number | undefined;
  /** All of them, in lower case, are somewhere in what a list shows of a request, or in its id. */
  readonly words?: readonly string[] | undefined;
  /** Older than this one. */
  readonly after?: { readonly createdAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** The requests for decisions, as one transaction of the store sees them. */
export interface DecisionRequestsTable {
  insert(request: DecisionRequest): Promise<void>;
  get(id: RequestId, options?: { readonly lock?: boolean }): Promise<DecisionRequest | undefined>;
  save(request: DecisionRequest): Promise<void>;
  /** Not in a final phase, oldest first. */
  open(filter?: { readonly runId?: RunId; readonly kind?: RequestKind }): Promise<readonly DecisionRequest[]>;
  forRun(runId: RunId): Promise<readonly DecisionRequest[]>;
  /** Newest first, final ones included. */
  recent(limit: number): Promise<readonly DecisionRequest[]>;
  /** Those that wait for the owner, most urgent first. */
  waiting(filter?: WaitingFilter): Promise<readonly ListedRequest[]>;
  countWaiting(filter?: Pick<WaitingFilter, "repository" | "issue">): Promise<number>;
  /** Those that wait no more, newest first. */
  closed(filter: ClosedFilter): Promise<readonly ListedRequest[]>;
  /** What became of the requests since, by what asked for them: the most frequent first, at most `limit`. */
  insights(since: Instant, limit: number): Promise<readonly DecisionInsight[]>;
  /** What each of these that are there asks for, in its one sentence. */
  summaries(ids: readonly RequestId[]): Promise<ReadonlyMap<RequestId, string>>;
}
