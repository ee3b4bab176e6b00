import type { DecisionRequest } from "../domain/decision/decision.ts";
import { requestText } from "../domain/decision/digest.ts";
import type { Result } from "../domain/kernel/result.ts";
import type { BranchName, Instant, JsonObject, RequestId, TargetVersion } from "../domain/kernel/values.ts";
import { planTransition, type LabelPlan } from "../domain/label/transition.ts";
import type { RunError } from "../domain/run/machine.ts";
import type { Run } from "../domain/run/run.ts";
import { stageTable } from "../domain/stage/table.ts";
import type { Hasher, Randomness } from "../ports/crypto.ts";
import type { Forge, ForgePull } from "../ports/forge.ts";
import type { Transaction } from "../ports/store.ts";
import { requestFlowEvent } from "./change-request.ts";
import { changeRun, type ChangeContext } from "./change-run.ts";
import type { ExitState } from "./exit-conditions.ts";
import { labelEffects, readLabelNames } from "./repository-labels.ts";

export interface OpenGateDependencies {
  readonly forge: Forge;
  readonly hasher: Hasher;
  readonly randomness: Randomness;
  /** How long a gate's request holds; after that a fresh one takes its place, because no run is ended by waiting. */
  readonly gateDays?: number | undefined;
}

/** A gate that is worked out and not stored yet. */
export interface GateDraft {
  readonly request: Omit<DecisionRequest, "digest" | "createdAt" | "expiresAt" | "state">;
  /** What the end of the stage does to the labels of the issue and of the pull request at once. */
  readonly issuePlan: LabelPlan;
  readonly pullPlan: LabelPlan | undefined;
}

/** What the owner of a gate approves, as it stands in the request's arguments. */
export interface GateArguments {
  readonly stage: string;
  readonly variant: string;
  readonly pull?: number | undefined;
  readonly head?: string | undefined;
  /** Set when somebody has merged or closed the pull request by hand. */
  readonly pullState?: "merged" | "closed" | undefined;
  readonly merges: boolean;
  /** Where the run works and what it is merged into: what is signed, whatever the run's row says later. */
  readonly branch: string;
  readonly base: string;
  /** The change to the issue's labels that approving makes. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Works out the card of a stage's end: what approving would merge and which labels it would change. Reads only. */
export async function draftGate(deps: OpenGateDependencies, run: Run, exit: ExitState): Promise<GateDraft> {
  const { pull } = exit;
  const names = await readLabelNames(deps.forge, run.repository);
  const issue = await deps.forge.issue(run.repository, run.issue);
  const { reviewers, next, mergesOnApproval } = stageTable[run.stage];
  const inReview = { type: "in-review", reviewers } as const;
  const issuePlan = planTransition({ before: issue.labels, names, transition: inReview });
  const pullPlan = pull && planTransition({ before: pull.labels, names, transition: inReview });
  const approval = planTransition({ before: issuePlan.after, names, transition: { type: "gate-approved", stage: run.stage, next } });
  const { before, removed, added, after } = approval;
  const pullState = pull === undefined || pull.state === "open" ? undefined : pull.state;
  const merges = mergesOnApproval && pull !== undefined && pullState === undefined;
  const shown = pull ? { pull: pull.number, head: pull.headSha, ...(pullState === undefined ? {} : { pullState }) } : {};
  const gate: GateArguments = { stage: run.stage, variant: run.variant, ...shown, merges, branch: run.branch, base: run.baseBranch, removed, added };
  const request: GateDraft["request"] = {
    id: deps.randomness.id() as RequestId,
    kind: "gate",
    runId: run.id,
    repository: run.repository,
    issue: run.issue,
    correlationId: run.correlationId,
    tool: "stage_gate",
    toolVersion: 1,
    arguments: gate as unknown as JsonObject,
    targetVersion: pull ? gateVersion(pull, run.baseBranch) : (`run:${run.id}` as TargetVersion),
    summary: summary(run, gate, pull?.base),
    effect: {
      type: "gate",
      ...shown,
      merges,
      labels: { before, removed, added, after },
      artifacts: { required: exit.required, present: exit.present, missing: exit.missing.map((artifact) => artifact.type) },
      files: exit.files,
    },
    rule: "stage-gate",
    risk: merges ? "high" : "medium",
  };
  return { request, issuePlan, pullPlan };
}

/** What a gate is about: the pull request at this head, open, into this base. Anything else is another version. */
export function gateVersion({ headSha, state, base }: ForgePull, expectedBase: BranchName): TargetVersion {
  return `head:${headSha}${state === "open" ? "" : `:${state}`}${base === expectedBase ? "" : `:into:${base}`}` as TargetVersion;
}

function summary(run: Run, { pull, pullState, merges, base, added }: GateArguments, into: string | undefined): string {
  const elsewhere = into === undefined || into === base ? "" : ` into ${into}`;
  const parts = [
    merges
      ? `merge pull request #${pull}${elsewhere}`
      : pull === undefined
        ? ""
        : `accept pull request #${pull}${pullState ? `, which was ${pullState} by hand` : ""}`,
    added.length > 0 ? `set ${added.join(", ")}` : "",
  ].filter(Boolean);
  return `End of ${run.stage}${run.variant === "revise" ? " (revise)" : ""} for issue #${run.issue}: approving would ${parts.join(" and ") || "accept the result"}.`;
}

/** Stores a gate together with the run's step to it and the labels that show it. The machine's refusal stores nothing. */
export async function storeGate(
  tx: Transaction,
  deps: OpenGateDependencies,
  run: Run,
  draft: GateDraft,
  context: ChangeContext,
  attempt?: number,
): Promise<Result<Run, RunError>> {
  const expiresAt = (context.now + (deps.gateDays ?? 30) * 86_400_000) as Instant;
  const bound = { ...draft.request, expiresAt };
  const request: DecisionRequest = { ...bound, digest: deps.hasher.sha256(requestText(bound)), createdAt: context.now, state: { phase: "requested" } };
  await tx.requests.insert(request);
  const opened = await changeRun(tx, run, { type: "open-gate", requestId: request.id, attempt }, context);
  if (!opened.ok) throw new GateRefused(opened.error);
  const payload = { summary: request.summary, rule: request.rule, expiresAt, targetVersion: request.targetVersion };
  await tx.flow.append([requestFlowEvent(request, "decision.requested", payload, context)]);
  const target = { repository: run.repository, as: "bot" } as const;
  const pull = draft.request.arguments["pull"];
  await tx.outbox.add(
    [
      ...labelEffects(`labels:${run.id}:gate:${request.id}`, { ...target, number: run.issue }, draft.issuePlan),
      ...(draft.pullPlan && typeof pull === "number"
        ? labelEffects(`labels:${run.id}:gate-pull:${request.id}`, { ...target, number: pull }, draft.pullPlan)
        : []),
    ],
    context.now,
  );
  return opened;
}

/** The run may not go to its gate after all. Thrown to undo the transaction; its caller has checked the run before. */
export class GateRefused extends Error {
  override readonly name = "GateRefused";
  readonly refusal: RunError;

  constructor(refusal: RunError) {
    super(`the gate was refused: ${refusal.type}`);
    this.refusal = refusal;
  }
}
