import { artifactTitle } from "../stage/artifacts.ts";
import { stageTable } from "../stage/table.ts";
import { reasoningLevels } from "../run/run.ts";
import type { NeedLabel, SemanticLabel, StateLabel } from "./kinds.ts";
import { knownLabels, type KnownLabel, type LabelNames } from "./names.ts";

/** A label to be created on the forge. `color` is six hex digits without `#`; `description` has at most 100 characters (the forge's limit). */
export interface StandardLabel {
  readonly name: string;
  readonly color: string;
  readonly description: string;
}

const stateTexts: Readonly<Record<StateLabel, string>> = {
  blocked: "Work stands still; no run starts until this label is gone",
  "in-review": "The documents or the code wait for the owner's review",
  approved: "Accepted by the owner",
  superseded: "Replaced by a newer version",
  abandoned: "Given up; kept for the record",
};

const needTexts: Readonly<Record<NeedLabel, string>> = {
  input: "A question waits for the owner's answer; no run starts until it is given",
  pm: "Product management should look at this",
  sa: "The solution architect should look at this",
  em: "Engineering management should look at this",
  dev: "A developer should look at this",
  reviewer: "The reviewer should look at this",
  qa: "Quality assurance should look at this",
  sre: "Operations should look at this",
  km: "The keeper of documents should look at this",
};

const semanticTexts: Readonly<Record<SemanticLabel, string>> = {
  feature: "New behaviour of the product",
  bug: "Behaviour that is wrong",
  doc: "Documentation to write or to bring up to date",
  debt: "Technical debt to pay off",
  idea: "A hypothesis to work out before it is planned",
  epic: "A large undertaking that joins several issues",
};

const colors = {
  trigger: "0e8a16",
  service: "b60205",
  state: "fbca04",
  need: "d93f0b",
  semantic: "c5def5",
  debug: "5319e7",
  model: "bfdadc",
  reasoning: "d4c5f9",
} as const;

/** Every label that a repository needs, ready to be created: triggers, states, needs, kinds of work, debug, reasoning levels, and the given models. */
export function standardLabels(names: LabelNames, models: readonly string[] = []): readonly StandardLabel[] {
  return [
    ...knownLabels(names).map(describe),
    ...reasoningLevels.map((level) => ({
      name: `[ai-reasoning-${level}]`,
      color: colors.reasoning,
      description: `Runs of this issue think at level ${level}`,
    })),
    ...models.map((model) => ({ name: `[ai-model-${model}]`, color: colors.model, description: shorten(`Runs of this issue use ${model}`) })),
  ];
}

function describe({ label, meaning }: KnownLabel): StandardLabel {
  switch (meaning.type) {
    case "trigger":
      return { name: label, color: stageTable[meaning.stage].kind === "process" ? colors.trigger : colors.service, description: shorten(triggerText(meaning)) };
    case "state":
      return { name: label, color: colors.state, description: stateTexts[meaning.state] };
    case "need":
      return { name: label, color: colors.need, description: needTexts[meaning.need] };
    case "semantic":
      return { name: label, color: colors.semantic, description: semanticTexts[meaning.name] };
    case "debug":
      return { name: label, color: colors.debug, description: "Keeps the run's slot after its end, until it is released or its lease ends" };
  }
}

function triggerText({ stage, variant }: Extract<KnownLabel["meaning"], { type: "trigger" }>): string {
  if (variant === "revise") return `Starts ${stage} again to answer its review`;
  const makes = stageTable[stage].artifacts.required.map((type) => artifactTitle(type).toLowerCase());
  if (stageTable[stage].kind === "process") return makes.length > 0 ? `Starts ${stage}: ${makes.join(", ")}` : `Starts ${stage}: code and its pull request`;
  const texts = {
    rethink: "Goes back to an earlier stage; its documents get a new version",
    abort: "Ends the work: clears slots and triggers, marks documents abandoned",
    "self-improve": "Diagnoses past runs and proposes better prompts, documents or image",
    "ai-repair": "Emergency: repairs the production cluster",
    discussion: "A conversation with an agent in comments; nothing is committed",
  };
  return texts[stage as keyof typeof texts];
}

function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, text.lastIndexOf(",", 97))}, …`;
}
