import { err, ok, type Result } from "../kernel/result.ts";
import { reasoningLevels, type ModelProfile, type ReasoningLevel } from "../run/run.ts";
import { classifyLabel, distinctLabels } from "./classify.ts";
import type { LabelNames } from "./names.ts";

export type ProfileError =
  | { readonly type: "profile.conflict"; readonly kind: "model" | "reasoning"; readonly labels: readonly string[] }
  | { readonly type: "profile.unknown-reasoning"; readonly label: string; readonly known: readonly string[] };

/**
 * The model and the reasoning level that an issue's labels choose, over the defaults. Two labels of a kind are a conflict even when one of them names the
 * default: nobody but the owner can say which one was meant.
 */
export function profileFrom(labels: readonly string[], names: LabelNames, defaults: ModelProfile): Result<ModelProfile, ProfileError> {
  const models: { label: string; model: string }[] = [];
  const levels: { label: string; level: string }[] = [];
  for (const label of distinctLabels(labels)) {
    const meaning = classifyLabel(label, names);
    if (meaning.type === "model") models.push({ label, model: meaning.model });
    if (meaning.type === "reasoning") levels.push({ label, level: meaning.level });
  }
  if (models.length > 1) return err({ type: "profile.conflict", kind: "model", labels: models.map((m) => m.label) });
  if (levels.length > 1) return err({ type: "profile.conflict", kind: "reasoning", labels: levels.map((l) => l.label) });
  const [chosen] = levels;
  if (chosen && !isReasoningLevel(chosen.level)) return err({ type: "profile.unknown-reasoning", label: chosen.label, known: reasoningLevels });
  return ok({ model: models[0]?.model ?? defaults.model, reasoning: (chosen?.level as ReasoningLevel | undefined) ?? defaults.reasoning });
}

function isReasoningLevel(level: string): level is ReasoningLevel {
  return (reasoningLevels as readonly string[]).includes(level);
}
