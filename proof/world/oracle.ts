import type { SignatureVerifier } from "../../core/ports/crypto.ts";
import type { SqlDriver } from "../../core/ports/sql-driver.ts";
import type { Store } from "../../core/ports/store.ts";
import { createHasher } from "../../core/adapters/node-crypto/hashing.ts";
import { isFinalRun, type Run } from "../../core/domain/run/run.ts";
import type { StageName } from "../../core/domain/stage/stage.ts";
import { branchFor, stageTable } from "../../core/domain/stage/table.ts";
import type { RepositoryName } from "../../core/domain/kernel/values.ts";
import type { AuditAnchors } from "../../core/ports/audit-anchors.ts";
import { createSystemClock } from "../../core/adapters/system-clock/clock.ts";
import { createVerifyAudit } from "../../core/usecases/verify-audit.ts";
import type { Agents } from "./agents.ts";
import { readForgeFacts, type ForgeFacts, type SeenIssue, type SeenPull } from "./forge-facts.ts";

/** What an issue was to go through: each stage to its approved gate, in this order. */
export interface ExpectedIssue {
  readonly number: number;
  readonly repository?: RepositoryName | undefined;
  readonly stages: readonly StageName[];
  /** Of these, the ones whose first gate the owner answered with a request for changes: a second run takes the first one's place. */
  readonly revised?: readonly StageName[] | undefined;
  /** The last gate was approved without going on (`proceed: false`). */
  readonly stays?: boolean | undefined;
}

export interface Verdict {
  /** Something that was asked for, accepted or promised and did not happen. */
  readonly lost: readonly string[];
  /** An effect that the forge saw more often than it should. */
  readonly twice: readonly string[];
  /** Work that is under way and that nobody carries on. */
  readonly stuck: readonly string[];
  /** What the audit trail does not prove. */
  readonly audit: readonly string[];
  /** Processes without an attempt that is alive. */
  readonly leftovers: readonly string[];
  /** What was looked at, so that an empty verdict is not mistaken for a look at nothing. */
  readonly seen: {
    readonly issues: number;
    readonly runs: number;
    readonly pulls: number;
    readonly merges: number;
    readonly comments: number;
    readonly labelEvents: number;
    readonly deliveries: number;
    readonly redeliveries: number;
    readonly acceptedPushes: number;
    readonly flowEvents: number;
  };
}

export interface Oracle {
  /** What is still under way, in words; empty when all is quiet: no delivery, job, effect or attempt is left, and every run is over or waits for the owner. */
  unsettled(): Promise<readonly string[]>;
  /** Compares what the forge saw with what must be true. Call it when all is quiet: whatever is under way then counts as stuck. */
  judge(expected: readonly ExpectedIssue[]): Promise<Verdict>;
  /** What the forge has seen, for questions of one's own. */
  facts(repository?: RepositoryName): Promise<ForgeFacts>;
}

export interface OracleOptions {
  readonly store: Store;
  readonly driver: SqlDriver;
  readonly forgeDirectory: string;
  readonly repositories: readonly RepositoryName[];
  readonly agents: Agents;
  readonly signatures: () => Promise<SignatureVerifier>;
}

export function createOracle(options: OracleOptions): Oracle {
  const first = options.repositories[0] as RepositoryName;
  const facts = (repository = first): Promise<ForgeFacts> => readForgeFacts(options.forgeDirectory, repository);
  return {
    facts,
    unsettled: () => unsettled(options),
    async judge(expected) {
      // An hour leaves more runs than a listing gives unasked.
      const runs = await options.store.transaction((tx) => tx.runs.list({ limit: 1_000_000 }));
      const all = await Promise.all(options.repositories.map(async (name) => ({ name, seen: await facts(name) })));
      const findings: Findings = { lost: [], twice: [], stuck: [...(await unsettled(options))], audit: [], leftovers: [] };
      for (const { name, seen } of all) {
        const own = runs.filter((run) => run.repository === name);
        for (const issue of expected.filter(({ repository = first }) => repository === name)) judgeIssue(findings, seen, own, issue);
        for (const pull of seen.pulls) judgePull(findings, pull);
        for (const issue of seen.issues)
          judgeMarkers(
            findings,
            `issue #${issue.number}`,
            issue.comments.map(({ body }) => body),
          );
        await judgeDeliveries(findings, options.driver, seen);
      }
      const pushes = await judgePushes(
        findings,
        options.driver,
        all.map(({ seen }) => seen),
      );
      await judgeAudit(findings, options);
      findings.leftovers.push(...(await leftovers(options.agents, runs)));
      return {
        ...findings,
        seen: {
          ...count(
            all.map(({ seen }) => seen),
            runs,
          ),
          acceptedPushes: pushes,
          flowEvents: await countFlow(options.driver),
        },
      };
    },
  };
}

interface Findings {
  readonly lost: string[];
  readonly twice: string[];
  readonly stuck: string[];
  readonly audit: string[];
  readonly leftovers: string[];
}

async function unsettled({ driver }: OracleOptions): Promise<readonly string[]> {
  const rows = await driver.query<{ what: string }>(`
    select 'delivery ' || id || ' (' || event || ') was received and not processed' as what from webhook_deliveries where state = 'received'
    union all select 'effect ' || effect_key || ' is pending: ' || coalesce(last_error, 'not tried') from outbox where state = 'pending'
    union all select 'run ' || id || ' (#' || issue || ' ' || stage || ') is ' || phase from runs where phase in ('queued', 'preparing', 'running')
    union all select 'attempt ' || run_id || '/' || attempt || ' is ' || phase from run_attempts where phase <> 'ended'
    union all select 'request ' || id || ' (' || kind || ') is ' || phase from decision_requests where phase in ('decided', 'executing')`);
  return rows.map(({ what }) => what);
}

function judgeIssue(findings: Findings, seen: ForgeFacts, runs: readonly Run[], expected: ExpectedIssue): void {
  const issue = seen.issues.find(({ number }) => number === expected.number);
  if (!issue) return void findings.lost.push(`issue #${expected.number} is not on the forge`);
  for (const stage of expected.stages) {
    const of = `#${issue.number} ${stage}`;
    const own = runs.filter((run) => run.issue === issue.number && run.stage === stage);
    const succeeded = own.filter((run) => run.state.phase === "succeeded");
    if (succeeded.length === 0) findings.lost.push(`${of}: no run succeeded (${own.map(describeRun).join(", ") || "none was started"})`);
    if (own.length > 1 + times(stage, expected.revised)) findings.twice.push(`${of}: ${own.length} runs (${own.map(describeRun).join(", ")})`);
    if (own.length < 1 + times(stage, expected.revised)) findings.lost.push(`${of}: the changes that the owner asked for were never begun`);
    judgeStagePulls(findings, seen, of, branchFor(stage, issue.number), stageTable[stage].mergesOnApproval);
  }
  judgeLabels(findings, issue, expected);
}

function times(stage: StageName, among: readonly StageName[] = []): number {
  return among.filter((name) => name === stage).length;
}

function judgeStagePulls(findings: Findings, seen: ForgeFacts, of: string, branch: string, merges: boolean): void {
  const pulls = seen.pulls.filter((pull) => pull.head === branch);
  if (pulls.length === 0) findings.lost.push(`${of}: no pull request from ${branch}`);
  if (pulls.length > 1) findings.twice.push(`${of}: ${pulls.length} pull requests from ${branch} (${pulls.map(({ number }) => `#${number}`).join(", ")})`);
  if (merges && !pulls.some(({ state }) => state === "merged")) findings.lost.push(`${of}: no pull request was merged`);
}

function judgePull(findings: Findings, pull: SeenPull): void {
  const of = `pull request #${pull.number}`;
  if (pull.merges > 1) findings.twice.push(`${of} was merged ${pull.merges} times`);
  judgeMarkers(findings, of, [
    ...pull.comments.map(({ body }) => body),
    ...pull.reviews.map(({ body }) => body),
    ...pull.threadReplies.map(({ body }) => body),
  ]);
}

/** Every effect leaves its marker; the same marker in two texts is one effect done twice. Status comments have a marker by run. */
function judgeMarkers(findings: Findings, of: string, texts: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const text of texts) for (const [marker] of text.matchAll(/<!-- signalbox:[^>]+ -->/gu)) counts.set(marker, (counts.get(marker) ?? 0) + 1);
  for (const [marker, times] of counts) if (times > 1) findings.twice.push(`${of} has ${marker} ${times} times`);
}

/** Labels per stage that the forge must have seen put on exactly once, and taken off once unless the issue rests with them. */
function judgeLabels(findings: Findings, issue: SeenIssue, { stages, revised = [] }: ExpectedIssue): void {
  const most = stages.length + revised.length;
  const seen = (action: string, label: string): number => issue.labelEvents.filter((event) => event.action === action && event.label === label).length;
  for (const stage of stages) {
    const label = `run:${stage}`;
    const [put, taken] = [seen("labeled", label), seen("unlabeled", label)];
    if (put !== 1) findings[put === 0 ? "lost" : "twice"].push(`#${issue.number}: ${label} was put on ${put} times`);
    if (taken !== 1) findings[taken === 0 ? "lost" : "twice"].push(`#${issue.number}: ${label} was taken off ${taken} times`);
  }
  const states = new Set(issue.labelEvents.map(({ label }) => label).filter((label) => label.startsWith("state:")));
  for (const label of states) {
    const [put, taken] = [seen("labeled", label), seen("unlabeled", label)];
    if (put > most) findings.twice.push(`#${issue.number}: ${label} was put on ${put} times in ${most} runs`);
    if (put - taken !== (issue.labels.includes(label) ? 1 : 0)) findings.lost.push(`#${issue.number}: ${label} was put on ${put} and taken off ${taken} times`);
  }
}

async function judgeDeliveries(findings: Findings, driver: SqlDriver, seen: ForgeFacts): Promise<void> {
  const rows = await driver.query<{ id: string; state: string; outcome: string | null }>("select id, state, outcome from webhook_deliveries");
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const { guid, event, action, sent } of seen.deliveries) {
    const of = `delivery ${guid} (${event}${action === null ? "" : ` ${action}`}, sent ${sent} times)`;
    const row = stored.get(guid);
    if (!row) findings.lost.push(`${of} was never stored`);
    else if (row.state === "failed") findings.lost.push(`${of} failed: ${row.outcome ?? ""}`);
  }
}

/** Every push that was accepted must be on a branch of the forge. @returns how many there were. */
async function judgePushes(findings: Findings, driver: SqlDriver, seen: readonly ForgeFacts[]): Promise<number> {
  const pushes = await driver.query<{ commit: string | null; subject: string }>(
    "select payload->>'commit' as commit, subject from flow_events where type = 'push.accepted' order by sequence",
  );
  for (const { commit, subject } of pushes) {
    if (commit === null) continue;
    const there = await Promise.all(seen.map((facts) => facts.hasCommit(commit)));
    if (!there.includes(true)) findings.lost.push(`${subject}: the accepted push of ${commit} is on no branch of the forge`);
  }
  return pushes.length;
}

async function judgeAudit(findings: Findings, { store, signatures }: OracleOptions): Promise<void> {
  // Nothing was anchored before: what an installation proves about itself is the chain and the signatures.
  const deps = { store, hasher: createHasher(), signatures: await signatures(), anchors: noAnchors, clock: createSystemClock(() => undefined) };
  const verification = await createVerifyAudit(deps)();
  findings.audit.push(...verification.problems.map(({ type, subject, message }) => `${type} (${subject}): ${message}`));
  if (verification.effectsExecutedTwice > 0) findings.twice.push(`${verification.effectsExecutedTwice} effects were executed twice by our own record`);
  for (const effect of await store.transaction((tx) => tx.outbox.givenUp())) findings.lost.push(`effect ${effect.key} was given up: ${effect.lastError ?? ""}`);
}

const noAnchors: AuditAnchors = { list: async () => [], add: async () => undefined };

async function leftovers(agents: Agents, runs: readonly Run[]): Promise<readonly string[]> {
  const active = new Set(runs.filter((run) => !isFinalRun(run.state)).map(({ id }) => id));
  return (await agents.list())
    .filter(({ runId }) => !active.has(runId))
    .map(({ runId, attempt, all }) => `attempt ${runId}/${attempt}: processes ${all.join(", ")}`);
}

function count(seen: readonly ForgeFacts[], runs: readonly Run[]): Omit<Verdict["seen"], "acceptedPushes" | "flowEvents"> {
  const sum = (of: (facts: ForgeFacts) => number): number => seen.reduce((total, facts) => total + of(facts), 0);
  return {
    issues: sum(({ issues }) => issues.length),
    runs: runs.length,
    pulls: sum(({ pulls }) => pulls.length),
    merges: sum(({ pulls }) => pulls.reduce((total, pull) => total + pull.merges, 0)),
    comments: sum(({ issues, pulls }) => [...issues, ...pulls].reduce((total, { comments }) => total + comments.length, 0)),
    labelEvents: sum(({ issues }) => issues.reduce((total, { labelEvents }) => total + labelEvents.length, 0)),
    deliveries: sum(({ deliveries }) => deliveries.length),
    redeliveries: sum(({ deliveries }) => deliveries.reduce((total, { sent }) => total + sent - 1, 0)),
  };
}

async function countFlow(driver: SqlDriver): Promise<number> {
  const [row] = await driver.query<{ n: number }>("select count(*)::int as n from flow_events");
  return row?.n ?? 0;
}

function describeRun({ id, variant, state }: Run): string {
  return `${id} ${variant} ${state.phase}${"reason" in state ? `: ${state.reason}` : ""}`;
}
