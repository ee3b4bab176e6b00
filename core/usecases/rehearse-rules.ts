import { err, ok, type Result } from "../domain/kernel/result.ts";
import { canonicalJson } from "../domain/kernel/canonical-json.ts";
import type { Digest, Instant, Json, RepositoryName, RunId } from "../domain/kernel/values.ts";
import { followedRules, matrixOf, proposeRules, unreadableRules, type MatrixRule, type ProposalFault } from "../domain/rule/matrix.ts";
import { compareRules, type Comparison } from "../domain/rule/rehearsal.ts";
import type { Rule, RuleOutcome } from "../domain/rule/rule.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { PastCall, RuleCount } from "../ports/rules.ts";
import type { Store } from "../ports/store.ts";
import { pastFacts, pastSummary } from "./past-facts.ts";

/** How far back rules are rehearsed. */
export const rehearsedDays = 30;
/** More calls than these are not read; the newest are. */
const mostCalls = 20_000;
const pageSize = 500;
/** Of each difference that a rule makes. */
const mostExamples = 3;

export interface RehearseRulesDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: Hasher;
  /** Calls that are read at most. */
  readonly mostCalls?: number | undefined;
}

/** The approval matrix as it is now. */
export interface ApprovalMatrix {
  /** Of what is stored: whoever changes the matrix says which one was shown. */
  readonly digest: Digest;
  readonly rules: readonly MatrixRule[];
  /** What is stored and cannot be read as a rule, each by the beginning of its text. */
  readonly unreadable: readonly string[];
  readonly since: Instant;
  readonly decided: readonly RuleCount[];
}

/** One old call that would come out otherwise. */
export interface RehearsedExample {
  readonly callId: string;
  readonly tool: string;
  /** What it was to do, in a sentence with the agent's words in it. */
  readonly summary: string;
  readonly repository: RepositoryName;
  readonly issue: number;
  readonly runId: RunId;
  readonly at: Instant;
}

/** What one rule of the proposal would make of calls that come out otherwise now. */
export interface RehearsedDifference {
  readonly rule: string;
  readonly from: RuleOutcome;
  readonly to: RuleOutcome;
  readonly calls: number;
  /** The newest. */
  readonly examples: readonly RehearsedExample[];
}

export interface Rehearsal {
  /** Of the rules that the proposal was compared with. */
  readonly digest: Digest;
  /** Calls at or after this were looked at: the whole time, or as far as the newest ones go. */
  readonly since: Instant;
  readonly isCut: boolean;
  /** Calls that were looked at. */
  readonly calls: number;
  /** Of these, those of which it cannot be said how they would come out. */
  readonly unsaid: number;
  /** How many of the others each rule of the proposal would decide, most first. */
  readonly byRule: readonly { readonly rule: string; readonly calls: number }[];
  readonly differences: readonly RehearsedDifference[];
}

/** Reads the matrix, and what each of its rules has decided. */
export function createReadMatrix({ store, clock, hasher }: RehearseRulesDependencies) {
  return async function readMatrix(): Promise<ApprovalMatrix> {
    const since = (clock.now() - rehearsedDays * 86_400_000) as Instant;
    const [stored, decided] = await store.transaction(async (tx) => [await tx.rules.list(), await tx.rules.decided(since)] as const);
    return { digest: rulesDigest(hasher, stored), rules: matrixOf(followedRules(stored)), unreadable: unreadableRules(stored), since, decided };
  };
}

/**
 * What these own rules, over the built-in ones, would have made of the agents' calls of the last 30 days, against the rules in force. Each call is looked at by itself: what an agent would have
 * done next is not guessed, and what the owner had allowed beforehand counts as asked. Reads in pages, each in a transaction of its own, so that nobody waits for it and nothing piles up.
 *
 * @param own plain data, as a file or a form gives it.
 */
export function createRehearseRules(deps: RehearseRulesDependencies) {
  return async function rehearseRules(own: unknown): Promise<Result<Rehearsal, ProposalFault>> {
    const proposed = proposeRules(own);
    if (!proposed.ok) return err(proposed.error);
    const stored = await deps.store.transaction((tx) => tx.rules.list());
    const since = (deps.clock.now() - rehearsedDays * 86_400_000) as Instant;
    const inForce = followedRules(stored);
    const tally = createTally();
    const counted = [...inForce, ...proposed.value].some(({ maxCallsPerRun }) => maxCallsPerRun !== undefined);
    const most = deps.mostCalls ?? mostCalls;
    let oldest: PastCall | undefined;
    let calls = 0;
    for (;;) {
      const limit = Math.min(pageSize, most - calls);
      const after = oldest && { createdAt: oldest.createdAt, id: oldest.id };
      // Where as many as can be were read, one more says whether there are others.
      const page = await deps.store.transaction((tx) => tx.rules.past({ since, after, limit: Math.max(limit, 1), counted }));
      const isCut = limit === 0 && page.length > 0;
      if (isCut || page.length === 0) {
        return ok({ digest: rulesDigest(deps.hasher, stored), since: isCut ? (oldest?.createdAt ?? since) : since, isCut, calls, ...tally.result() });
      }
      for (const call of page) tally.add(call, comparisonOf(deps.hasher, inForce, proposed.value, call));
      oldest = page.at(-1);
      calls += page.length;
    }
  };
}

export function rulesDigest(hasher: Hasher, rules: readonly Rule[]): Digest {
  return hasher.sha256(canonicalJson(rules as unknown as Json));
}

function comparisonOf(hasher: Hasher, inForce: readonly Rule[], proposed: readonly Rule[], call: PastCall): Comparison | undefined {
  const { repository, stage, role } = call.run;
  return compareRules(inForce, proposed, { tool: call.tool, repository, stage, role, callsBefore: call.callsBefore, possible: pastFacts(hasher, call) });
}

/** Counts what comes in, and keeps a few examples of it. */
function createTally() {
  const byRule = new Map<string, number>();
  const differences = new Map<string, RehearsedDifference>();
  let unsaid = 0;
  return {
    add(call: PastCall, comparison: Comparison | undefined): void {
      if (!comparison) {
        unsaid += 1;
        return;
      }
      const { from, to } = comparison;
      byRule.set(to.rule, (byRule.get(to.rule) ?? 0) + 1);
      if (from.outcome === to.outcome) return;
      const key = JSON.stringify([to.rule, from.outcome, to.outcome]);
      const { calls, examples } = differences.get(key) ?? { calls: 0, examples: [] };
      const shown = examples.length < mostExamples ? [...examples, exampleOf(call)] : examples;
      differences.set(key, { rule: to.rule, from: from.outcome, to: to.outcome, calls: calls + 1, examples: shown });
    },
    result: (): Pick<Rehearsal, "unsaid" | "byRule" | "differences"> => ({
      unsaid,
      byRule: [...byRule].map(([rule, calls]) => ({ rule, calls })).toSorted(mostCallsFirst),
      differences: [...differences.values()].toSorted(mostCallsFirst),
    }),
  };
}

function mostCallsFirst(a: { readonly calls: number }, b: { readonly calls: number }): number {
  return b.calls - a.calls;
}

function exampleOf(call: PastCall): RehearsedExample {
  const { id, tool, run, createdAt } = call;
  return { callId: id, tool, summary: pastSummary(call), repository: run.repository, issue: run.issue, runId: run.id, at: createdAt };
}
