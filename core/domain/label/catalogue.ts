import { reasoningLevels } from "../run/run.ts";
import { classifyLabel, type LabelClass } from "./classify.ts";
import { defaultLabelNames, labelKey, labelNames, namedLabels, type LabelNameFault } from "./names.ts";

/** What a label of the catalogue says. What means nothing is not in it. */
export type CatalogueMeaning = Exclude<LabelClass, { readonly type: "other" }>;

export interface CatalogueLabel {
  /** As the repository spells it. */
  readonly name: string;
  readonly meaning: CatalogueMeaning;
  /** How it is called without a variable. */
  readonly standard: string;
  /** The variable of the repository or its organisation that may rename it; absent where its form is fixed. */
  readonly variable?: string | undefined;
  /** Whether the forge has it. */
  readonly isThere: boolean;
}

export interface LabelCatalogue {
  readonly labels: readonly CatalogueLabel[];
  /** Why the names cannot be used; then no label starts anything. */
  readonly faults: readonly LabelNameFault[];
}

/**
 * Every label that means something in a repository: those that its variables may rename, the reasoning levels, and of those that it has the ones that choose a model, start a deployment, or look
 * like a trigger and are none.
 *
 * @param present the labels that the repository has
 */
export function labelCatalogue(variables: ReadonlyMap<string, string>, present: readonly string[]): LabelCatalogue {
  const names = labelNames(variables);
  const there = new Map(present.map((label) => [labelKey(label), label]));
  const listed = (label: Omit<CatalogueLabel, "isThere">): CatalogueLabel => ({
    ...label,
    name: there.get(labelKey(label.name)) ?? label.name,
    isThere: there.has(labelKey(label.name)),
  });
  const known = [
    ...namedLabels(variables).map(({ label, meaning, standard, variable }) => listed({ name: label, meaning, standard, variable })),
    ...reasoningLevels.map((level) => listed({ ...fixed(`[ai-reasoning-${level}]`), meaning: { type: "reasoning", level } })),
  ];
  const taken = new Set(known.map(({ name }) => labelKey(name)));
  const others = present.flatMap((name): CatalogueLabel[] => {
    const meaning = classifyLabel(name, names.ok ? names.value : defaultLabelNames);
    const isOurs = meaning.type === "model" || meaning.type === "reasoning" || meaning.type === "deploy" || meaning.type === "unknown-trigger";
    return isOurs && !taken.has(labelKey(name)) ? [listed({ ...fixed(name), meaning })] : [];
  });
  return { labels: [...known, ...others], faults: names.ok ? [] : names.error.faults };
}

function fixed(name: string): Pick<CatalogueLabel, "name" | "standard"> {
  return { name, standard: name };
}
