import { classifyLabel, triggersAmong } from "../label/classify.ts";
import { sameLabel, type LabelNames } from "../label/names.ts";
import { profileFrom, type ProfileError } from "../label/profile.ts";
import type { BranchName, Instant, RunId } from "../kernel/values.ts";
import type { Role, StageName, StageVariant } from "../stage/stage.ts";
import { branchFor, leadRole, stageTable } from "../stage/table.ts";
import type { ModelProfile, RunPhase } from "./run.ts";

/** Everything that decides whether a label starts a run, read afresh: deliveries come late, twice and out of order. */
export interface AdmissionInput {
  readonly issue: {
    readonly number: number;
    readonly state: "open" | "closed";
    /** As they are now, not as the delivery has them. */
    readonly labels: readonly string[];
    /** True where the forge's issue is a pull request: triggers start nothing there. */
    readonly isPull?: boolean | undefined;
  };
  /** What happened: this label was put on the issue (or a review asked for changes, which counts as its stage's `:revise` trigger). */
  readonly event:
    | { readonly type: "labeled"; readonly label: string; readonly at?: Instant | undefined }
    | { readonly type: "review"; readonly stage: StageName };
  readonly names: LabelNames;
  readonly defaults: ModelProfile;
  /** Document types that exist per stage: on the base branch, or on the delivery branch for the stages that share it. */
  readonly present: ReadonlyMap<StageName, readonly string[]>;
  /** The open pull request of the stage's branch. */
  readonly pull?: number | undefined;
  /** Runs that hold the stage's branch. At most one by invariant; the first counts. */
  readonly activeRuns: readonly ActiveRun[];
  /** What becomes of a trigger on a busy branch. Refused visibly by default; the owner sets it again when the branch is free. */
  readonly whenBusy?: "refuse" | "wait" | undefined;
}

export interface ActiveRun {
  readonly id: RunId;
  readonly stage: StageName;
  readonly variant: StageVariant;
  /** Without it the run counts as working. */
  readonly phase?: RunPhase | undefined;
  /** Since when it is in this phase. */
  readonly since?: Instant | undefined;
}

export type RefusalReason =
  | { readonly type: "admission.conflicting-triggers"; readonly labels: readonly string[] }
  | { readonly type: "admission.unknown-stage"; readonly label: string; readonly known: readonly string[] }
  | { readonly type: "admission.no-revise"; readonly stage: StageName }
  | { readonly type: "admission.issue-closed" }
  | { readonly type: "admission.blocked"; readonly label: string }
  | { readonly type: "admission.input-needed"; readonly label: string }
  | { readonly type: "admission.missing-artifacts"; readonly stage: StageName; readonly previous: StageName; readonly missing: readonly string[] }
  | { readonly type: "admission.pull-missing"; readonly stage: StageName; readonly variant: StageVariant; readonly branch: BranchName }
  | { readonly type: "admission.branch-busy"; readonly branch: BranchName; readonly runId: RunId; readonly stage: StageName; readonly variant: StageVariant }
  /** A run is created and ends `failed_precondition`, so that it can be seen in the list of runs. */
  | { readonly type: "admission.profile"; readonly error: ProfileError };

/** What is known of the run that a trigger asks for. */
export interface RequestedRun {
  readonly stage: StageName;
  readonly variant: StageVariant;
  readonly role: Role;
  readonly branch: BranchName;
  /** `run:debug` is there: the slot is kept after the run. */
  readonly keepSlot: boolean;
}

export type Admission =
  /** `supersedes`: the run of the same stage that waits at its gate on this branch, whose work this one revises; it ends in the same transaction. */
  | ({ readonly type: "admitted"; readonly profile: ModelProfile; readonly supersedes?: RunId | undefined } & RequestedRun)
  /** Nothing starts, and a comment says why. `failedRun` is set where the refusal is recorded as a run that ended `failed_precondition`. */
  | { readonly type: "refused"; readonly reason: RefusalReason; readonly failedRun?: RequestedRun | undefined }
  | { readonly type: "ignored"; readonly why: IgnoreReason }
  | { readonly type: "waits"; readonly behind: RunId };

/** Nothing happens and nothing is said. */
export type IgnoreReason = "not-a-trigger" | "label-gone" | "on-pull-request" | "same-run-active";

/**
 * Whether a label or a review starts a run. Ignored is what asks for nothing; refused is what somebody asked for and cannot have, with the reason that
 * {@link "./refusal-text.ts"} turns into a comment.
 */
export function admit(input: AdmissionInput): Admission {
  const asked = requested(input);
  if ("type" in asked) return asked;
  const refusal = refuse(input, asked);
  if (refusal) return refusal;
  const profile = profileFrom(input.issue.labels, input.names, input.defaults);
  if (!profile.ok) return { type: "refused", reason: { type: "admission.profile", error: profile.error }, failedRun: asked };
  const superseded = input.activeRuns.find((active) => gives(active, input, asked));
  return { type: "admitted", profile: profile.value, ...asked, ...(superseded ? { supersedes: superseded.id } : {}) };
}

/** Which run is asked for, if any. */
function requested(input: AdmissionInput): RequestedRun | Admission {
  const { issue, event, names } = input;
  if (event.type === "review") {
    if (!stageTable[event.stage].trigger.revise) return { type: "refused", reason: { type: "admission.no-revise", stage: event.stage } };
    return runOf(input, event.stage, "revise");
  }
  const meaning = classifyLabel(event.label, names);
  const asksForRun = meaning.type === "trigger" || meaning.type === "unknown-trigger";
  if (!asksForRun) return { type: "ignored", why: "not-a-trigger" };
  if (issue.isPull) return { type: "ignored", why: "on-pull-request" };
  if (!issue.labels.some((label) => sameLabel(label, event.label))) return { type: "ignored", why: "label-gone" };
  if (meaning.type === "unknown-trigger")
    return { type: "refused", reason: { type: "admission.unknown-stage", label: event.label, known: triggerNames(names) } };
  return runOf(input, meaning.stage, meaning.variant);
}

function runOf(input: AdmissionInput, stage: StageName, variant: StageVariant): RequestedRun {
  const keepSlot = input.issue.labels.some((label) => classifyLabel(label, input.names).type === "debug");
  return { stage, variant, role: leadRole(stage), branch: branchFor(stage, input.issue.number), keepSlot };
}

/** The first condition that is not met, in the order in which the owner would want to hear of them. */
function refuse(input: AdmissionInput, run: RequestedRun): Admission | undefined {
  const triggers = triggersAmong(input.issue.labels, input.names);
  // An abort is there to clear such a state, so what else is on the issue does not stop it.
  const isAbort = run.stage === "abort";
  if (triggers.length > 1 && !isAbort) return refused({ type: "admission.conflicting-triggers", labels: triggers.map((trigger) => trigger.label) });
  return busy(input, run) ?? (isAbort ? undefined : (entryRefusal(input, run) ?? artifactRefusal(input, run)));
}

function busy(input: AdmissionInput, run: RequestedRun): Admission | undefined {
  const [active] = input.activeRuns;
  if (!active || gives(active, input, run)) return undefined;
  // The same trigger told twice (a redelivery under a new id, a reconciled label) asks for the run that is there.
  if (input.event.type === "labeled" && active.stage === run.stage && active.variant === run.variant) return { type: "ignored", why: "same-run-active" };
  if (input.whenBusy === "wait") return { type: "waits", behind: active.id };
  return refused({ type: "admission.branch-busy", branch: run.branch, runId: active.id, stage: active.stage, variant: active.variant });
}

/**
 * Whether the active run gives way: it waits at the gate of the same stage, and its work is to be revised or done again. The label that started it is no such
 * wish, however late it is heard of; only one that was set after the gate opened is.
 */
function gives(active: ActiveRun, { event }: AdmissionInput, run: RequestedRun): boolean {
  if (active.phase !== "waiting_owner_review" || active.stage !== run.stage) return false;
  if (event.type === "review" || active.variant !== run.variant) return run.variant === "revise";
  return event.at !== undefined && active.since !== undefined && event.at > active.since;
}

function entryRefusal({ issue, names }: AdmissionInput, run: RequestedRun): Admission | undefined {
  if (issue.state === "closed" && stageTable[run.stage].kind === "process") return refused({ type: "admission.issue-closed" });
  for (const label of issue.labels) {
    const meaning = classifyLabel(label, names);
    if (meaning.type === "state" && meaning.state === "blocked") return refused({ type: "admission.blocked", label });
    if (meaning.type === "need" && meaning.need === "input") return refused({ type: "admission.input-needed", label });
  }
  return undefined;
}

function artifactRefusal(input: AdmissionInput, run: RequestedRun): Admission | undefined {
  const { requires, requiresInstead, requiresPull } = stageTable[run.stage];
  const missing = requires ? missingArtifacts(input, requires) : [];
  const fastTrack = requiresInstead !== undefined && missingArtifacts(input, requiresInstead).length === 0;
  // A revise works on what its first run left, so the entry into the stage is behind it.
  if (run.variant === "work" && requires && missing.length > 0 && !fastTrack)
    return refused({ type: "admission.missing-artifacts", stage: run.stage, previous: requires, missing });
  if ((requiresPull || run.variant === "revise") && input.pull === undefined) {
    return refused({ type: "admission.pull-missing", stage: run.stage, variant: run.variant, branch: run.branch });
  }
  return undefined;
}

function missingArtifacts({ present }: AdmissionInput, stage: StageName): readonly string[] {
  const there = new Set(present.get(stage) ?? []);
  return stageTable[stage].artifacts.required.filter((type) => !there.has(type));
}

function refused(reason: RefusalReason): Admission {
  return { type: "refused", reason };
}

function triggerNames(names: LabelNames): readonly string[] {
  return Object.values(names.triggers).flatMap(({ work, revise }) => (revise === undefined ? [work] : [work, revise]));
}
