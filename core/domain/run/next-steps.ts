import type { LabelNames } from "../label/names.ts";
import type { StageName, StageVariant } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";

/** One way on from the end of a stage. */
export interface NextStep {
  readonly kind: "revise" | "next" | "fast-track";
  readonly stage: StageName;
  readonly variant: StageVariant;
  /** The label that starts it, as this repository spells it. */
  readonly label: string;
  /** A plain sentence. */
  readonly description: string;
}

/**
 * What is offered at the end of a stage: to revise it (where it can be), the canonical next stage, and for design the fast track to dev. Offering is all: the desktop shows the
 * label change and applies it once the owner says so.
 */
export function nextSteps(stage: StageName, names: LabelNames): readonly NextStep[] {
  const { trigger, next, fastTrack } = stageTable[stage];
  return [
    ...(trigger.revise ? [step("revise", stage, "revise", `Revise ${stage}: answer the review on the same branch`, names)] : []),
    ...(next ? [step("next", next, "work", `Go on with ${next}`, names)] : []),
    ...(fastTrack ? [step("fast-track", fastTrack, "work", `Fast track: straight to ${fastTrack}, without ${next ?? "a plan"}`, names)] : []),
  ];
}

/** The link that opens the desktop at the preview of a step; it changes nothing by itself. */
export function nextStepLink(repository: string, issue: number, step: Pick<NextStep, "stage" | "variant">): string {
  const [owner = "", name = ""] = repository.split("/");
  return `signalbox://repositories/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/issues/${issue}/transition?stage=${step.stage}&variant=${step.variant}`;
}

function step(kind: NextStep["kind"], stage: StageName, variant: StageVariant, description: string, names: LabelNames): NextStep {
  return { kind, stage, variant, label: names.triggers[stage][variant] ?? "", description };
}
