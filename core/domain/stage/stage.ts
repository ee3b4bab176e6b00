/** The stages of the process in canonical order (mission §2). `stageTable` says what each one needs and makes. */
export const processStages = ["intake", "vision", "prd", "arch", "design", "plan", "dev", "doc-audit", "qa", "release", "postdeploy", "ops"] as const;
/** Stages that a service trigger starts; they stand beside the process. */
export const serviceStages = ["rethink", "abort", "self-improve", "ai-repair", "discussion"] as const;

export type ProcessStage = (typeof processStages)[number];
export type ServiceStage = (typeof serviceStages)[number];
export type StageName = ProcessStage | ServiceStage;

export const allStages: readonly StageName[] = [...processStages, ...serviceStages];

export function isStageName(value: unknown): value is StageName {
  return (allStages as readonly unknown[]).includes(value);
}

export function isProcessStage(stage: StageName): stage is ProcessStage {
  return (processStages as readonly StageName[]).includes(stage);
}

export const roles = ["pm", "sa", "em", "dev", "reviewer", "qa", "sre", "km"] as const;
export type Role = (typeof roles)[number];

/** `work` makes a stage's artifacts; `revise` answers the review of them on the same branch and pull request. */
export type StageVariant = "work" | "revise";
