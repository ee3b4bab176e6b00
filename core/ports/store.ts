import type { Allowance } from "../domain/allowance/allowance.ts";
import type { ChainHead } from "../domain/audit/chain.ts";
import type { FlowEvent, NewFlowEvent } from "../domain/audit/flow-event.ts";
import type { Holds } from "../domain/hold/holds.ts";
import type { Spent } from "../domain/hold/budget.ts";
import type { Decision, DecisionRequest } from "../domain/decision/decision.ts";
import type {
  BranchName,
  CorrelationId,
  DeliveryId,
  Digest,
  Instant,
  JsonObject,
  PersonId,
  RepositoryName,
  RequestId,
  RunId,
  ThreadId,
} from "../domain/kernel/values.ts";
import type { RuleOutcome } from "../domain/rule/rule.ts";
import type { Run, RunAttempt, RunPhase } from "../domain/run/run.ts";
import type { DoneBefore } from "../domain/session/done-before.ts";
import type { Sign } from "../domain/run/stall.ts";
import type { TokenUsage } from "../domain/session/usage.ts";
import type { Role, StageName } from "../domain/stage/stage.ts";
import type { DecisionRequestsTable } from "./decision-requests.ts";
import type { DocumentUsesTable } from "./document-uses.ts";
import type { Effect, EffectRow } from "./effects.ts";
import type { ModelUsageTable } from "./model-usage.ts";
import type { PullChecksTable } from "./pull-checks.ts";
import type { RulesTable } from "./rules.ts";
import type { SqlSession } from "./sql-driver.ts";
import type { TraceabilityTable } from "./traceability.ts";

/** A webhook delivery as it arrived. `body` is the raw text whose signature was verified. */
export interface StoredDelivery {
  readonly id: DeliveryId;
  readonly event: string;
  readonly repository?: RepositoryName | undefined;
  readonly body: string;
  readonly receivedAt: Instant;
  readonly state: "received" | "processed" | "ignored" | "failed";
  /** What became of it, in a sentence for the owner. */
  readonly outcome?: string | undefined;
  readonly processedAt?: Instant | undefined;
}

/** One call of a governed tool, whatever became of it. */
export interface ToolCall {
  readonly id: string;
  readonly runId: RunId;
  readonly attempt: number;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly digest: Digest;
  /** SHA-256 of run, tool and canonical arguments for tools with an effect: the same effect happens once in a run. Absent for reads and converging syncs. */
  readonly effectKey?: string | undefined;
  readonly rule: string;
  readonly outcome: RuleOutcome;
  readonly state: "executing" | "pending" | "done" | "denied" | "failed" | "refused";
  readonly requestId?: RequestId | undefined;
  /** What the agent was, or will be, told. */
  readonly result?: JsonObject | undefined;
  /** How often the effect was performed: 0 or 1, and never more. A repeat that returned the stored result counts in `repeats`. */
  readonly executions: number;
  readonly repeats: number;
  /** The agent has been told the result: as the answer of the held call, or as the input of a later turn. */
  readonly delivered: boolean;
  readonly createdAt: Instant;
  readonly finishedAt?: Instant | undefined;
  /** Codex's ids from `_meta` of the call, for the transcript. */
  readonly callId?: string | undefined;
  /** The agent's call in whose place a person has put this one. What becomes of it is told there. */
  readonly editOf?: string | undefined;
}

/** A chunk of what an agent did or printed. `(runId, attempt, sequence)` is unique: a repeated upload changes nothing. */
export interface TranscriptItem {
  readonly runId: RunId;
  readonly attempt: number;
  readonly sequence: number;
  readonly at: Instant;
  /** Type of the agent event (`message`, `command`, `tool-call`, …) or `log`. */
  readonly type: string;
  readonly content: JsonObject;
}

export interface TokenUsageRow {
  readonly runId: RunId;
  readonly attempt: number;
  readonly turn: number;
  readonly model: string;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Estimate, US dollars; absent where no price is known. */
  readonly cost?: number | undefined;
  readonly at: Instant;
}

/** What the turns of one run have used together. */
export interface UsageTotals extends TokenUsage {
  /** Estimate, US dollars, of those turns that have one. */
  readonly cost?: number | undefined;
}

export interface SessionSnapshot {
  readonly runId: RunId;
  readonly attempt: number;
  readonly sequence: number;
  readonly threadId?: ThreadId | undefined;
  readonly content: Uint8Array;
  readonly checksum: Digest;
  readonly at: Instant;
}

export interface AgentSessionRow {
  readonly id: string;
  readonly runId: RunId;
  readonly role: Role;
  readonly stage: StageName;
  readonly startedAt: Instant;
  readonly endedAt?: Instant | undefined;
  readonly summary?: string | undefined;
}

export interface DocumentMeta {
  readonly docId: string;
  readonly repository: RepositoryName;
  readonly path: string;
  readonly branch: BranchName;
  readonly type: string;
  readonly title: string;
  readonly status: string;
  readonly ownerRole: string;
  readonly hash: Digest;
  readonly stage?: StageName | undefined;
  readonly frontMatter: JsonObject;
  readonly updatedAt: Instant;
}

export interface DocumentLink {
  readonly repository: RepositoryName;
  readonly docId: string;
  readonly kind: "issue" | "pull";
  readonly number: number;
  readonly runId?: RunId | undefined;
}

export interface SearchHit {
  readonly docId: string;
  readonly path: string;
  readonly title: string;
  readonly section: string;
  readonly excerpt: string;
  readonly score: number;
}

export interface RepositoryRow {
  readonly name: RepositoryName;
  readonly project: string;
  readonly defaultBranch: BranchName;
  readonly hookId?: number | undefined;
  /** Deliveries and labels up to here were reconciled. */
  readonly reconciledUntil: Instant;
}

export interface AuditedRequest {
  readonly request: DecisionRequest;
  /** The first decision, as it was kept apart from the request's state. */
  readonly decision?: Decision | undefined;
  /** The flow events of this request, in order. */
  readonly history: readonly FlowEvent[];
}

export interface AuditedCall {
  readonly call: ToolCall;
  /** State of the request that it waited for, where it asked. */
  readonly request?: DecisionRequest["state"] | undefined;
  /** Payloads of the events that say it was executed. */
  readonly executed: readonly JsonObject[];
  /** The newest call that a person has put in its place. */
  readonly instead?: ToolCall | undefined;
}

/** A person's words to a run's agent. */
export interface RunNote {
  readonly id: string;
  readonly runId: RunId;
  readonly person: PersonId;
  readonly text: string;
  readonly at: Instant;
}

/** A request that a person has put away. */
export interface Snooze {
  readonly requestId: RequestId;
  readonly person: PersonId;
  readonly until: Instant;
}

/** An allowance as it is kept. What has become of it is in the trail. */
export interface StoredAllowance extends Allowance {
  /** It lets nothing through any more, so that nobody need look at it. A hint: one that is missing opens nothing. */
  readonly closedAt?: Instant | undefined;
}

export interface AuditedAllowance {
  /** Of the row. */
  readonly id: string;
  readonly allowance: StoredAllowance;
  /** The flow events of this allowance, in order. */
  readonly history: readonly FlowEvent[];
}

/** A call that a rule asked for, and by which run. */
export interface AskedCall {
  readonly call: Pick<ToolCall, "tool" | "arguments" | "rule" | "createdAt">;
  readonly run: Pick<Run, "id" | "issue" | "stage">;
}

export interface RunFilter {
  /** Any of these. */
  readonly ids?: readonly RunId[] | undefined;
  readonly repository?: RepositoryName | undefined;
  readonly issue?: number | undefined;
  /** Any of these. */
  readonly issues?: readonly number[] | undefined;
  readonly pull?: number | undefined;
  readonly branch?: BranchName | undefined;
  readonly phases?: readonly RunPhase[] | undefined;
  /** Newest first. */
  readonly limit?: number | undefined;
}

/**
 * Everything that one transaction may read and change. `lock: true` locks the row until the transaction ends, so that two callers are serialised and the
 * second sees the first one's outcome. Reads without it see what was committed.
 */
export interface Transaction {
  /** For the queue, so that a job exists if and only if the transaction commits. */
  readonly session: SqlSession;

  readonly repositories: {
    get(name: RepositoryName, options?: { readonly lock?: boolean }): Promise<RepositoryRow | undefined>;
    list(): Promise<readonly RepositoryRow[]>;
    save(row: RepositoryRow): Promise<void>;
  };
  readonly deliveries: {
    /**
     * Stores each with its job, unless a delivery of its id is there already, or came before it among these. One that is there and has `failed` is taken up anew: whoever
     * had it sent again wants it to be processed. Returns the ids that were stored or taken up.
     */
    insert(deliveries: readonly StoredDelivery[]): Promise<ReadonlySet<DeliveryId>>;
    get(id: DeliveryId, options?: { readonly lock?: boolean }): Promise<StoredDelivery | undefined>;
    finish(id: DeliveryId, state: "processed" | "ignored" | "failed", outcome: string, at: Instant): Promise<void>;
    /** Notes a try that came to nothing. Returns how many there were, this one included. */
    tried(id: DeliveryId): Promise<number>;
    /** Ids among `ids` that are stored. */
    known(ids: readonly DeliveryId[]): Promise<ReadonlySet<DeliveryId>>;
    /** Received before `before` and still not processed. */
    unprocessed(before: Instant): Promise<readonly DeliveryId[]>;
  };
  readonly runs: {
    /** @throws InfrastructureError `conflict` (not retryable) when another active run holds the branch. */
    insert(run: Run): Promise<void>;
    get(id: RunId, options?: { readonly lock?: boolean }): Promise<Run | undefined>;
    /** Saves a run that was read with `lock`. */
    save(run: Run): Promise<void>;
    list(filter: RunFilter): Promise<readonly Run[]>;
    count(filter: Pick<RunFilter, "phases">): Promise<number>;
    /** The newest run of each of these issues that has one. */
    newestOf(repository: RepositoryName, issues: readonly number[]): Promise<readonly Run[]>;
    /** Parked by a pause or a budget, in the order in which they were. */
    held(): Promise<readonly Run[]>;
    countHeld(): Promise<number>;
  };
  readonly attempts: {
    /** Inserts the next attempt of a run with a fencing token above all before; `bootstrapHash` is the SHA-256 of the token it may trade once. */
    insert(attempt: Omit<RunAttempt, "fencingToken">, bootstrapHash: Digest): Promise<RunAttempt>;
    get(runId: RunId, attempt: number, options?: { readonly lock?: boolean }): Promise<RunAttempt | undefined>;
    latest(runId: RunId, options?: { readonly lock?: boolean }): Promise<RunAttempt | undefined>;
    /** Number of the newest attempt of each of these runs that has one. */
    newestOf(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, number>>;
    save(attempt: RunAttempt): Promise<void>;
    /** Trades the bootstrap token for `tokenHash`, once; undefined when it was traded or is unknown. */
    exchange(bootstrapHash: Digest, tokenHash: Digest): Promise<RunAttempt | undefined>;
    /** The attempt that a run token belongs to, whatever its phase. */
    byToken(tokenHash: Digest): Promise<RunAttempt | undefined>;
    /** Attempts that have not ended and whose lease ran out at or before `now`. */
    expired(now: Instant): Promise<readonly RunAttempt[]>;
    /** All attempts that have not ended. */
    alive(): Promise<readonly RunAttempt[]>;
  };
  readonly pullChecks: PullChecksTable;
  readonly requests: DecisionRequestsTable;
  readonly snoozes: {
    /** Again, the last one counts, whichever end is the later one. @throws InfrastructureError when there is no such request. */
    put(snooze: Snooze, at: Instant): Promise<void>;
    /** Whether there was one; also one whose time was over. */
    remove(requestId: RequestId, person: PersonId): Promise<boolean>;
    /** What a person has put away of what waits, each with its end, as far as that has not come. With `ids`, of these only. */
    of(person: PersonId, now: Instant, ids?: readonly RequestId[]): Promise<ReadonlyMap<RequestId, Instant>>;
  };
  readonly notes: {
    /** @throws InfrastructureError when there is no such run, and `conflict` (not retryable) when a note has this id already. */
    add(note: RunNote): Promise<void>;
    /** Those that the run's agent has not been told yet, oldest first. */
    waiting(runId: RunId): Promise<readonly RunNote[]>;
    /** From then on they do not wait. Again, the first time counts; ids that are not there change nothing. */
    delivered(ids: readonly string[], at: Instant): Promise<void>;
  };
  readonly toolCalls: {
    insert(call: ToolCall): Promise<void>;
    get(id: string, options?: { readonly lock?: boolean }): Promise<ToolCall | undefined>;
    byEffectKey(effectKey: string, options?: { readonly lock?: boolean }): Promise<ToolCall | undefined>;
    byRequest(requestId: RequestId, options?: { readonly lock?: boolean }): Promise<ToolCall | undefined>;
    /** The newest call that a person has put in the place of this one. */
    insteadOf(id: string): Promise<ToolCall | undefined>;
    /** Which of these calls are open no more. */
    settled(ids: readonly string[]): Promise<readonly string[]>;
    save(call: ToolCall): Promise<void>;
    forRun(runId: RunId): Promise<readonly ToolCall[]>;
    /** Calls that the rules allowed and whose result nobody has stored yet, oldest first: somebody is at them, or has died at them. */
    executing(): Promise<readonly ToolCall[]>;
    /** All calls after `id` ("" for the first), in order of their ids, each with what else the database says of it; for the verification of the trail. */
    audited(after: string, limit: number): Promise<readonly AuditedCall[]>;
    /** Calls of a tool by a run's agent that were not refused, for rules with `maxCallsPerRun`. */
    count(runId: RunId, tool: string): Promise<number>;
    /** Calls of a tool in a repository since then for which a rule asked, newest first. */
    asked(tool: string, repository: RepositoryName, since: Instant, limit: number): Promise<readonly AskedCall[]>;
  };
  readonly allowances: {
    insert(allowance: StoredAllowance): Promise<void>;
    get(id: string, options?: { readonly lock?: boolean }): Promise<StoredAllowance | undefined>;
    /** Those for a tool in a repository that are not closed, in order of their ids; locked, so that two calls do not take the same last use. */
    open(repository: RepositoryName, tool: string): Promise<readonly StoredAllowance[]>;
    close(id: string, at: Instant): Promise<void>;
    /** Newest first, each with its history. */
    list(limit: number): Promise<readonly AuditedAllowance[]>;
    /** All after `id` ("" for the first), in order of their ids, each with its history; for the verification of the trail. */
    audited(after: string, limit: number): Promise<readonly AuditedAllowance[]>;
  };
  readonly rules: RulesTable;
  readonly outbox: {
    /** Stores effects to be performed after the commit. The same `key` twice is one effect. Returns the row of each, or the one that it joins. */
    add(effects: readonly Effect[], at: Instant): Promise<readonly EffectRow[]>;
    get(id: string, options?: { readonly lock?: boolean }): Promise<EffectRow | undefined>;
    save(row: EffectRow): Promise<void>;
    /** Not done and not given up, added before `before`. */
    pending(before: Instant): Promise<readonly EffectRow[]>;
    /** The pending changes of one issue's or pull request's labels, in the order in which they were added. */
    pendingLabels(repository: RepositoryName, number: number): Promise<readonly EffectRow[]>;
    /** Given up after their last try, oldest first: the owner has to look. */
    givenUp(): Promise<readonly EffectRow[]>;
  };
  readonly flow: {
    /** Appends to the hash chain, in order. Serialised over all writers. */
    append(events: readonly NewFlowEvent[]): Promise<readonly FlowEvent[]>;
    /** Events after `sequence`, in order. */
    after(sequence: number, limit: number): Promise<readonly FlowEvent[]>;
    bySubject(subject: string): Promise<readonly FlowEvent[]>;
    /** Everything that one trigger caused, in order. */
    byCorrelation(correlationId: CorrelationId): Promise<readonly FlowEvent[]>;
    head(): Promise<FlowEvent | undefined>;
  };
  /** For the verification of the trail; nothing else needs it. */
  readonly audit: {
    /** All requests after `id` ("" for the first), in order of their ids, each with what the trail says of it, read at one moment. */
    requests(after: string, limit: number): Promise<readonly AuditedRequest[]>;
    request(id: RequestId): Promise<AuditedRequest | undefined>;
    /** The last event, and the end of the chain as the database remembers it for the next append; both at one moment. Undefined: there is none. */
    chainEnds(): Promise<{ readonly last?: ChainHead | undefined; readonly remembered?: ChainHead | undefined }>;
    /** What was performed more than once, by the rows of tool calls (`call:<id>`) or by the trail (`call:<id>`, `request:<id>`); at most `limit`. */
    executedTwice(limit: number): Promise<readonly string[]>;
    /** Ids of requests that the trail knows and whose rows are gone; at most `limit`. */
    vanishedRequests(limit: number): Promise<readonly RequestId[]>;
  };
  readonly transcript: {
    append(items: readonly TranscriptItem[]): Promise<void>;
    /** Items of a run after (attempt, sequence), in order. */
    after(runId: RunId, attempt: number, sequence: number, limit: number): Promise<readonly TranscriptItem[]>;
    /** What an agent said and did last until then, oldest first, each cut short. */
    until(runId: RunId, at: Instant, limit: number): Promise<readonly DoneBefore[]>;
    /** The newest items of a run as signs of life, oldest first. */
    signs(runId: RunId, limit: number): Promise<readonly Sign[]>;
  };
  readonly snapshots: {
    save(snapshot: SessionSnapshot): Promise<void>;
    latest(runId: RunId): Promise<SessionSnapshot | undefined>;
  };
  readonly sessions: {
    start(session: AgentSessionRow): Promise<void>;
    end(id: string, at: Instant, summary: string): Promise<void>;
    forRun(runId: RunId): Promise<readonly AgentSessionRow[]>;
  };
  readonly usage: {
    /** The same (run, attempt, turn) twice is one row with the larger counts: a turn is measured while it goes on. */
    append(row: TokenUsageRow): Promise<void>;
    forRun(runId: RunId): Promise<readonly TokenUsageRow[]>;
    /** What each of these runs that have used anything has used. */
    totals(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, UsageTotals>>;
    /** What all runs have used at or after `since`. */
    spentSince(since: Instant): Promise<Spent>;
  };
  readonly modelUsage: ModelUsageTable;
  readonly documents: {
    upsert(meta: DocumentMeta, chunks: readonly { readonly section: string; readonly text: string }[]): Promise<void>;
    get(repository: RepositoryName, path: string): Promise<DocumentMeta | undefined>;
    /** Those of the paths that are indexed, ordered by path. */
    at(repository: RepositoryName, paths: readonly string[]): Promise<readonly DocumentMeta[]>;
    link(link: DocumentLink): Promise<void>;
    forIssue(repository: RepositoryName, issue: number): Promise<readonly DocumentMeta[]>;
    forPull(repository: RepositoryName, pull: number): Promise<readonly DocumentMeta[]>;
    list(repository: RepositoryName): Promise<readonly DocumentMeta[]>;
    /** Of every indexed document, by its path, what of it is indexed. */
    versions(repository: RepositoryName): Promise<ReadonlyMap<string, Pick<DocumentMeta, "branch" | "hash">>>;
    links(repository: RepositoryName): Promise<readonly DocumentLink[]>;
    /** Full text, best first. Works for English and Russian. */
    search(repository: RepositoryName, query: string, limit: number): Promise<readonly SearchHit[]>;
  };
  readonly documentUses: DocumentUsesTable;
  readonly traceability: TraceabilityTable;
  readonly leases: {
    /**
     * Takes, or extends, the right to do something alone for so many seconds by the database's clock. False while another holder has it. A holder that took it after
     * its time was over, when nobody else had, has it again.
     */
    take(name: string, holder: string, seconds: number): Promise<boolean>;
    /** Gives it back; somebody else's is left alone. */
    release(name: string, holder: string): Promise<void>;
  };
  readonly holds: {
    /**
     * With a lock nobody changes it before this transaction ends. `share` is for whoever begins an attempt, and is taken before the transaction appends its first
     * event: whoever changes it locks in that order, too.
     */
    get(options?: { readonly lock?: "share" | "update" }): Promise<Holds>;
    save(holds: Holds): Promise<void>;
  };
  readonly settings: {
    get(key: string): Promise<JsonObject | undefined>;
    set(key: string, value: JsonObject): Promise<void>;
  };
}

/** The database as use cases see it. */
export interface Store {
  /**
   * Runs `work` in one transaction: all of it is stored or nothing. Retried by the implementation on serialisation failures and deadlocks, so `work` must not
   * have effects of its own.
   * @throws InfrastructureError `unavailable` when the database cannot be reached; nothing is stored then.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Calls back after flow events were committed, here or by another process. Only a hint: it may come twice or not at all; readers continue from their last sequence. */
  onFlow(callback: () => void): Promise<() => Promise<void>>;
}
