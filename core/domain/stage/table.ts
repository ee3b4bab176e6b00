import type { BranchName } from "../kernel/values.ts";
import { allStages, isProcessStage, processStages, type ProcessStage, type Role, type StageName, type StageVariant } from "./stage.ts";

/**
 * What an agent's push may change: `markdown` documents only; `code` anything but the gateway's own files; `prompts` the prompts, documents and the agent's
 * image; `none` nothing at all.
 */
export type WriteScope = "markdown" | "code" | "prompts" | "none";

/** A trigger label as it is called by default, and the repository or organisation variable that renames it. */
export interface TriggerLabel {
  readonly variable: string;
  readonly label: string;
}

export interface StageDefinition {
  readonly name: StageName;
  readonly kind: "process" | "service";
  /** Place in the canonical order, from 1; service stages have none. */
  readonly order?: number | undefined;
  readonly trigger: { readonly work: TriggerLabel; readonly revise?: TriggerLabel | undefined };
  /** Who works on it; the first one leads and is the run's role. */
  readonly roles: readonly [Role, ...Role[]];
  /** Document types that the agent leaves behind. The docset and the issue map are no part of them: the gateway's docset tools write those. */
  readonly artifacts: { readonly required: readonly string[]; readonly optional: readonly string[] };
  readonly writeScope: WriteScope;
  /** The stage whose required artifacts must exist before this one starts. */
  readonly requires?: ProcessStage | undefined;
  /** A stage whose artifacts are as good as those of `requires`: the other end of a fast track. */
  readonly requiresInstead?: ProcessStage | undefined;
  /** It works on the delivery that `dev` opened, so that pull request must be open. */
  readonly requiresPull: boolean;
  readonly next?: ProcessStage | undefined;
  readonly fastTrack?: ProcessStage | undefined;
  /** Roles that look before the owner does; each becomes a `need:<role>` label at the gate. */
  readonly reviewers: readonly Role[];
  /** `own`: a branch per stage; `delivery`: the one that `dev`, `doc-audit` and `qa` share; `none`: it never pushes. */
  readonly branch: "own" | "delivery" | "none";
  /** Whether approving at the gate merges the stage's pull request. Code waits for `qa`, which merges the delivery as a whole. */
  readonly mergesOnApproval: boolean;
}

/** What distinguishes one stage from another; everything else follows from it. */
type Row = Pick<StageDefinition, "roles" | "reviewers"> &
  Partial<Pick<StageDefinition, "writeScope" | "branch" | "mergesOnApproval" | "fastTrack" | "requiresInstead" | "requiresPull">> & {
    readonly revise: boolean;
    readonly required: readonly string[];
    readonly optional?: readonly string[];
    readonly label?: TriggerLabel;
  };

const rows: Readonly<Record<StageName, Row>> = {
  intake: {
    revise: true,
    roles: ["pm", "km"],
    reviewers: ["km"],
    required: ["problem", "personas", "scope_mvp", "constraints", "brief", "risks_register", "open_questions"],
  },
  vision: { revise: true, roles: ["pm", "em"], reviewers: ["em"], required: ["project_charter", "success_metrics", "risks_register"] },
  prd: { revise: true, roles: ["pm", "sa"], reviewers: ["sa"], required: ["prd", "nfr", "user_story"] },
  arch: { revise: true, roles: ["sa"], reviewers: ["reviewer"], required: ["c4_context", "c4_container", "adr", "alternatives"] },
  design: {
    revise: true,
    roles: ["sa", "qa"],
    reviewers: ["reviewer", "qa"],
    required: ["design_doc", "api_contract", "data_model", "migrations_policy", "sequences", "test_design"],
    fastTrack: "dev",
  },
  plan: { revise: true, roles: ["em", "km"], reviewers: ["km"], required: ["delivery_plan", "epic", "user_story", "definition_of_done", "roadmap"] },
  // Its artifacts are the code and the pull request; documents change in step with them, wherever they are.
  dev: {
    revise: true,
    roles: ["dev", "reviewer"],
    reviewers: ["reviewer"],
    required: [],
    optional: ["implementation_notes"],
    writeScope: "code",
    branch: "delivery",
    mergesOnApproval: false,
    requiresInstead: "design",
  },
  "doc-audit": {
    revise: false,
    roles: ["km"],
    reviewers: ["reviewer"],
    required: ["doc_audit_report"],
    branch: "delivery",
    mergesOnApproval: false,
    requiresPull: true,
  },
  qa: {
    revise: false,
    roles: ["qa"],
    reviewers: ["reviewer"],
    required: ["test_strategy", "test_plan", "test_matrix", "regression_checklist", "test_evidence"],
    branch: "delivery",
    requiresPull: true,
  },
  // The tag is made by the deploy, not by a document.
  release: { revise: false, roles: ["em", "sre"], reviewers: ["sre"], required: ["release_plan", "release_notes", "rollback_plan"] },
  // A post-mortem exists only where there was an incident.
  postdeploy: { revise: false, roles: ["qa", "sre"], reviewers: ["sre"], required: ["postdeploy_review"], optional: ["incident_postmortem"] },
  ops: { revise: false, roles: ["sre", "km"], reviewers: ["km"], required: ["runbook", "slo", "alerts", "monitoring", "incident_playbook"] },

  rethink: { revise: false, roles: ["pm", "km"], reviewers: ["km"], required: [], optional: ["rethink_decision"] },
  abort: { revise: false, roles: ["km"], reviewers: [], required: [], writeScope: "none", branch: "none", mergesOnApproval: false },
  "self-improve": {
    revise: false,
    roles: ["km", "dev", "reviewer"],
    reviewers: ["reviewer"],
    required: [],
    optional: ["run_diagnosis"],
    writeScope: "prompts",
  },
  // Recovery goes straight to the default branch: its own pull request, merged at the gate, without the stages between.
  "ai-repair": { revise: false, roles: ["sre"], reviewers: [], required: [], optional: ["incident_handover"], writeScope: "code" },
  discussion: {
    revise: false,
    roles: ["pm"],
    reviewers: [],
    required: [],
    writeScope: "none",
    branch: "none",
    mergesOnApproval: false,
    label: { variable: "MODE_DISCUSSION_LABEL", label: "mode:discussion" },
  },
};

/** Everything that the rest of the system knows about stages: labels, roles, artifacts, order, branches and gates come from here and from nowhere else. */
export const stageTable: Readonly<Record<StageName, StageDefinition>> = Object.fromEntries(allStages.map((name) => [name, define(name, rows[name])])) as Record<
  StageName,
  StageDefinition
>;

function define(name: StageName, row: Row): StageDefinition {
  const index = isProcessStage(name) ? processStages.indexOf(name) : -1;
  const process = index >= 0;
  return {
    name,
    kind: process ? "process" : "service",
    order: process ? index + 1 : undefined,
    trigger: { work: row.label ?? triggerLabel(name, "work"), revise: row.revise ? triggerLabel(name, "revise") : undefined },
    roles: row.roles,
    artifacts: { required: row.required, optional: row.optional ?? [] },
    writeScope: row.writeScope ?? "markdown",
    requires: process ? processStages[index - 1] : undefined,
    requiresInstead: row.requiresInstead,
    requiresPull: row.requiresPull ?? false,
    next: process ? processStages[index + 1] : undefined,
    fastTrack: row.fastTrack,
    reviewers: row.reviewers,
    branch: row.branch ?? "own",
    mergesOnApproval: row.mergesOnApproval ?? true,
  };
}

function triggerLabel(stage: StageName, variant: StageVariant): TriggerLabel {
  const word = stage.toUpperCase().replaceAll("-", "_");
  return variant === "work" ? { variable: `RUN_${word}_LABEL`, label: `run:${stage}` } : { variable: `RUN_${word}_REVISE_LABEL`, label: `run:${stage}:revise` };
}

/** Whether the stage has a `:revise` trigger of its own. */
export function canRevise(stage: StageName): boolean {
  return stageTable[stage].trigger.revise !== undefined;
}

/** The role of a run of this stage: its lead. */
export function leadRole(stage: StageName): Role {
  return stageTable[stage].roles[0];
}

/**
 * The branch that a stage works on, the same for every run of it: `signalbox/issue-7/intake`. `dev`, `doc-audit` and `qa` share `signalbox/issue-7/dev`.
 * Stages that never push get a name as well, because a run holds its branch while it is active; no such branch is ever created.
 */
export function branchFor(stage: StageName, issue: number): BranchName {
  return `signalbox/issue-${issue}/${stageTable[stage].branch === "delivery" ? "dev" : stage}` as BranchName;
}

/** Where a document of a stage lies in the repository: `docs/issues/issue-7/intake/problem.md`. */
export function artifactPath(issue: number, stage: StageName, type: string): string {
  return `${artifactFolder(issue, stage)}/${type}.md`;
}

/** The folder of all documents of a stage of an issue, without a slash at its end. */
export function artifactFolder(issue: number, stage: StageName): string {
  return `docs/issues/issue-${issue}/${stage}`;
}
