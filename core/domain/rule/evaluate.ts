import { canonicalJson } from "../kernel/canonical-json.ts";
import type { Json } from "../kernel/values.ts";
import { allStages, roles, type Role, type StageName } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";
import { toolNames, type ToolName } from "../tool/tool.ts";
import type { CallFacts, Rule, RuleOutcome } from "./rule.ts";

/** A call as rules see it. Nothing here is told by the agent: the run's token says who, the validated arguments say what. */
export interface RuledCall {
  readonly tool: string;
  readonly repository: string;
  readonly stage: StageName;
  readonly role: Role;
  readonly facts: CallFacts;
  /** Calls of this tool by the run before this one that were not refused. */
  readonly callsBefore: number;
}

/** `rule` is the id of the rule that decided, or one of {@link builtInRules}. */
export interface RuleDecision {
  readonly outcome: RuleOutcome;
  readonly rule: string;
}

/** What holds whatever the rules say. No rule can loosen it; a rule that is stricter still wins. */
export const builtInRules = {
  unknownTool: "unknown-tool",
  noMatch: "default-deny",
  readOnlyRole: "floor-no-repository-writes",
  triggerLabel: "floor-trigger-label",
  clusterWrite: "floor-cluster-write",
} as const;

const strength: Readonly<Record<RuleOutcome, number>> = { auto: 0, ask: 1, deny: 2 };

/** Tools whose effect is a commit or a pull request. */
const repositoryWrites: readonly string[] = ["github_create_pr", "github_merge_pr", "docset_sync_issue", "docset_sync_pr", "docset_sync_issue_map"];
const clusterReads: readonly string[] = ["k8s_logs", "k8s_events", "k8s_rollout_status", "k8s_metrics"];
const databaseReads: readonly string[] = ["database_describe"];

/**
 * What becomes of a call: `deny` wins over `ask`, `ask` over `auto`, the first rule of the strongest outcome is named. No rule that matches, or a tool that is
 * not in the catalogue, is `deny`.
 *
 * @param knownTools the catalogue, with the tools that the team has declared
 */
export function evaluateRules(rules: readonly Rule[], call: RuledCall, knownTools: readonly string[] = toolNames): RuleDecision {
  if (!knownTools.includes(call.tool)) return { outcome: "deny", rule: builtInRules.unknownTool };
  const byRules = ruled(rules, call);
  return strongest([byRules, ...floors(call)]) ?? byRules;
}

/** What the rules say, the floors left aside. */
function ruled(rules: readonly Rule[], call: RuledCall): RuleDecision {
  const matching = rules.filter((rule) => matches(rule, call)).map((rule): RuleDecision => ({ outcome: rule.outcome, rule: rule.id }));
  return strongest(matching) ?? { outcome: "deny", rule: builtInRules.noMatch };
}

/**
 * What becomes of a call under rules that nobody has signed, within a baseline that the program carries: the stricter of the two. So whoever edits the stored rules can deny and ask
 * more, and allow nothing.
 */
export function evaluateWithin(baseline: readonly Rule[], rules: readonly Rule[], call: RuledCall): RuleDecision {
  const stored = evaluateRules(rules, call);
  const built = evaluateRules(baseline, call);
  return strength[built.outcome] > strength[stored.outcome] ? built : stored;
}

/**
 * Stored rules that would allow more than the baseline does if they were followed. The baseline's own are none. The floors are left aside: they hold for every rule, and a rule that asks for
 * what a floor denies allows nothing by it.
 */
export function looserRules(baseline: readonly Rule[], rules: readonly Rule[]): readonly Rule[] {
  const known = new Set(baseline.map((rule) => canonicalJson(rule as unknown as Json)));
  const foreign = rules.filter((rule) => !known.has(canonicalJson(rule as unknown as Json)) && rule.outcome !== "deny");
  // Places and tools are few, and rules may be many: what the baseline makes of a tool's calls in a place is worked out once.
  const kept = new Map<string, readonly JudgedCall[]>();
  const judgedCalls = (tool: ToolName, repository: string): readonly JudgedCall[] => {
    const key = `${tool} ${repository}`;
    const judged = kept.get(key) ?? judge(baseline, tool, repository);
    kept.set(key, judged);
    return judged;
  };
  return foreign.filter((rule) =>
    toolNames
      .filter((tool) => matchesTool(rule.tool, tool))
      .some((tool) =>
        judgedCalls(tool, rule.repository ?? "any/repository").some(({ call, outcome }) => strength[outcome] > strength[rule.outcome] && matches(rule, call)),
      ),
  );
}

interface JudgedCall {
  readonly call: RuledCall;
  readonly outcome: RuleOutcome;
}

/** Every kind of call of a tool that rules tell apart in a repository, and what they say of it, the floors left aside. */
function judge(rules: readonly Rule[], tool: ToolName, repository: string): readonly JudgedCall[] {
  return allStages.flatMap((stage) =>
    roles.flatMap((role) =>
      [true, false].flatMap((ownTarget) =>
        [true, false].map((triggerLabel): JudgedCall => {
          const call = { tool, repository, stage, role, facts: { ownTarget, triggerLabel }, callsBefore: 0 };
          return { call, outcome: ruled(rules, call).outcome };
        }),
      ),
    ),
  );
}

/** Whether every condition of the rule holds for the call. */
export function matches(rule: Rule, call: RuledCall): boolean {
  return (
    rule.enabled &&
    matchesTool(rule.tool, call.tool) &&
    (rule.repository === undefined || rule.repository.toLowerCase() === call.repository.toLowerCase()) &&
    (rule.stages === undefined || rule.stages.includes(call.stage)) &&
    (rule.roles === undefined || rule.roles.includes(call.role)) &&
    (rule.maxCallsPerRun === undefined || call.callsBefore < rule.maxCallsPerRun) &&
    matchesFacts(rule, call.facts)
  );
}

function matchesTool(pattern: string, tool: string): boolean {
  return pattern.endsWith("*") ? tool.startsWith(pattern.slice(0, -1)) : tool === pattern;
}

function matchesFacts({ when = {} }: Rule, facts: CallFacts): boolean {
  return (when.ownTarget === undefined || when.ownTarget === facts.ownTarget) && (when.triggerLabel === undefined || when.triggerLabel === facts.triggerLabel);
}

/** Whether the program itself asks for such a call or denies it, whatever the rules say: then it is never allowed beforehand. */
export function hasFloor(call: Omit<RuledCall, "callsBefore">): boolean {
  return floors(call).length > 0;
}

function floors(call: Omit<RuledCall, "callsBefore">): RuleDecision[] {
  const found: RuleDecision[] = [];
  const readOnly = call.role === "reviewer" || stageTable[call.stage].branch === "none";
  if (readOnly && repositoryWrites.includes(call.tool)) found.push({ outcome: "deny", rule: builtInRules.readOnlyRole });
  if (call.facts.triggerLabel) found.push({ outcome: "ask", rule: builtInRules.triggerLabel });
  if (writesCluster(call.tool)) found.push({ outcome: "ask", rule: builtInRules.clusterWrite });
  return found;
}

/** Everything in these families that is not known to read counts as a write. */
function writesCluster(tool: string): boolean {
  if (tool.startsWith("k8s_")) return !clusterReads.includes(tool);
  if (tool.startsWith("database_")) return !databaseReads.includes(tool);
  return tool.startsWith("secret_");
}

function strongest(decisions: readonly RuleDecision[]): RuleDecision | undefined {
  return decisions.reduce<RuleDecision | undefined>(
    (best, next) => (best === undefined || strength[next.outcome] > strength[best.outcome] ? next : best),
    undefined,
  );
}
