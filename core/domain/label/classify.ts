import { skeleton } from "../kernel/look-alikes.ts";
import type { StageName, StageVariant } from "../stage/stage.ts";
import type { NeedLabel, SemanticLabel, StateLabel } from "./kinds.ts";
import { knownLabels, labelKey, profileLabel, type LabelNames } from "./names.ts";

/** What a label means. Only `trigger` starts runs. */
export type LabelClass =
  | { readonly type: "trigger"; readonly stage: StageName; readonly variant: StageVariant }
  | { readonly type: "state"; readonly state: StateLabel }
  | { readonly type: "need"; readonly need: NeedLabel }
  | { readonly type: "model"; readonly model: string }
  | { readonly type: "reasoning"; readonly level: string }
  | { readonly type: "debug" }
  | { readonly type: "semantic"; readonly name: SemanticLabel }
  /** Starts a deployment in the project's own pipeline (`deploy:*`). Never starts a run, but agents may not set it unasked. */
  | { readonly type: "deploy" }
  /** Looks like a trigger (`run:*`) and is none: a slip of the pen, or a default name that a variable replaced. Starts nothing, but says so. */
  | { readonly type: "unknown-trigger" }
  | { readonly type: "other" };

/** A label's meaning under the repository's names, without regard to case. */
export function classifyLabel(label: string, names: LabelNames): LabelClass {
  const key = labelKey(label);
  const known = knownLabels(names).find((candidate) => labelKey(candidate.label) === key);
  if (known) return known.meaning;
  const profile = profileLabel.exec(label.trim());
  if (profile) return profileMeaning(profile);
  if (key.startsWith("run:")) return { type: "unknown-trigger" };
  return key.startsWith("deploy:") ? { type: "deploy" } : { type: "other" };
}

function profileMeaning([, kind, value = ""]: RegExpExecArray): LabelClass {
  return kind?.toLowerCase() === "model" ? { type: "model", model: value } : { type: "reasoning", level: value.toLowerCase() };
}

/** A trigger label as it stands on an issue, with its meaning. */
export interface TriggerOnIssue {
  readonly label: string;
  readonly stage: StageName;
  readonly variant: StageVariant;
}

/** The trigger labels among `labels`, as they are spelled there. A label that is named twice counts once. */
export function triggersAmong(labels: readonly string[], names: LabelNames): readonly TriggerOnIssue[] {
  return distinctLabels(labels).flatMap((label) => {
    const meaning = classifyLabel(label, names);
    return meaning.type === "trigger" ? [{ label, stage: meaning.stage, variant: meaning.variant }] : [];
  });
}

/** Whether an agent may set the label only with the owner's leave: it starts runs or deployments, or looks as if it did, to a person or to a forge that folds letters. */
export function startsSomething(label: string, names: LabelNames): boolean {
  if (starts(classifyLabel(label, names))) return true;
  const looks = skeleton(label);
  if (starts(classifyLabel(looks, names))) return true;
  return knownLabels(names).some((known) => starts(known.meaning) && skeleton(known.label) === looks);
}

function starts(meaning: LabelClass): boolean {
  return ["trigger", "deploy", "unknown-trigger"].includes(meaning.type);
}

/** Each label once, in its first spelling and place. */
export function distinctLabels(labels: readonly string[]): readonly string[] {
  return [...Map.groupBy(labels, labelKey).values()].map((group) => group[0] ?? "");
}
