import type { Digest, Instant, JsonObject, RepositoryName, RunId } from "../domain/kernel/values.ts";
import type { Risk } from "../domain/decision/decision.ts";
import type { Rule, RuleOutcome } from "../domain/rule/rule.ts";
import type { Run } from "../domain/run/run.ts";

/** How often a rule decided in one way. An allowance counts as a rule of its own: `allowance:<id>`. */
export interface RuleCount {
  readonly rule: string;
  readonly outcome: RuleOutcome;
  readonly calls: number;
}

/** A call of an agent that the rules were asked about, with what the database knows of the moment when it was made. */
export interface PastCall {
  readonly id: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly digest: Digest;
  /** What decided then. */
  readonly rule: string;
  readonly outcome: RuleOutcome;
  /** Of the request that it became, where it asked. */
  readonly risk?: Risk | undefined;
  readonly createdAt: Instant;
  /** `pull` is the one that the run had at that moment. */
  readonly run: Pick<Run, "issue" | "pull" | "branch" | "baseBranch" | "stage" | "role"> & { readonly id: RunId; readonly repository: RepositoryName };
  /** As rules count: calls of the tool by the run's agent before this one that had not been refused by then. 0 where nobody asked to count. */
  readonly callsBefore: number;
}

export interface PastCalls {
  readonly since: Instant;
  /** Older than this one. */
  readonly after?: { readonly createdAt: number; readonly id: string } | undefined;
  readonly limit: number;
  /** Whether `callsBefore` is wanted; it has to be counted for each call. */
  readonly counted: boolean;
}

/** The approval matrix, and what it has decided, as one transaction of the store sees them. */
export interface RulesTable {
  /** In their order. With a lock nobody else who locks reads or replaces them before this transaction ends. */
  list(options?: { readonly lock?: boolean }): Promise<readonly Rule[]>;
  replace(rules: readonly Rule[]): Promise<void>;
  /** What decided since, by how agents' calls came out. Calls that never got as far as the rules do not count. */
  decided(since: Instant): Promise<readonly RuleCount[]>;
  /** The calls that were decided on, newest first. */
  past(asked: PastCalls): Promise<readonly PastCall[]>;
}
