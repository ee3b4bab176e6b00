import type { ListedLabel } from "../../../core/contract/labels.ts";
import { reasoningLevels } from "../../../core/domain/run/run.ts";
import { isProcessStage } from "../../../core/domain/stage/stage.ts";
import type { Say } from "../../i18n/language.tsx";

export const labelGroups = ["stages", "revise", "service", "state", "need", "semantic", "model", "reasoning", "other"] as const;
export type LabelGroup = (typeof labelGroups)[number];

/** A label with its meaning in the owner's language. */
export interface LabelRow extends ListedLabel {
  readonly text: string;
}

/** The labels in which every word of the filter is, in what is shown of them, by what they are for; groups without any are left out. */
export function groupedLabels(
  labels: readonly ListedLabel[],
  filter: string,
  say: Say,
): readonly { readonly group: LabelGroup; readonly rows: readonly LabelRow[] }[] {
  const words = filter.toLowerCase().split(/\s+/u).filter(Boolean);
  const fitting = labels
    .map((label): LabelRow => ({ ...label, text: meaningText(label, say) }))
    .filter(({ name, standard, variable = "", text }) => {
      const shown = `${name} ${standard} ${variable} ${text}`.toLowerCase();
      return words.every((word) => shown.includes(word));
    });
  return labelGroups.map((group) => ({ group, rows: fitting.filter((label) => groupOf(label) === group) })).filter(({ rows }) => rows.length > 0);
}

function groupOf({ meaning }: ListedLabel): LabelGroup {
  switch (meaning.type) {
    case "trigger":
      if (!isProcessStage(meaning.stage)) return "service";
      return meaning.variant === "revise" ? "revise" : "stages";
    case "state":
    case "need":
    case "semantic":
    case "model":
    case "reasoning":
      return meaning.type;
    case "debug":
    case "deploy":
    case "unknown-trigger":
      return "other";
  }
}

function meaningText({ meaning }: ListedLabel, say: Say): string {
  switch (meaning.type) {
    case "trigger":
      if (meaning.variant === "work" && !isProcessStage(meaning.stage)) return say(`labels.means.service.${meaning.stage}`);
      return say(`labels.means.${meaning.variant}`, { stage: say(`board.stage.${meaning.stage}`) });
    case "state":
      return say(`labels.means.state.${meaning.state}`);
    case "need":
      return say(`labels.means.need.${meaning.need}`);
    case "semantic":
      return say(`labels.means.semantic.${meaning.name}`);
    case "model":
      return say("labels.means.model", { model: meaning.model });
    case "reasoning":
      return reasoningText(meaning.level, say);
    case "debug":
    case "deploy":
    case "unknown-trigger":
      return say(`labels.means.${meaning.type}`);
  }
}

function reasoningText(level: string, say: Say): string {
  const known = reasoningLevels.find((each) => each === level);
  return known === undefined ? say("labels.means.reasoning.unknown", { level }) : say("labels.means.reasoning", { level: say(`models.level.${known}`) });
}
