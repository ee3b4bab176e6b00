import { err, ok, type Result } from "../kernel/result.ts";
import { allStages, type StageName, type StageVariant } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";
import { needLabels, semanticLabels, stateLabels, type NeedLabel, type SemanticLabel, type StateLabel } from "./kinds.ts";

/** How this repository spells the labels that mean something to us. */
export interface LabelNames {
  readonly triggers: Readonly<Record<StageName, { readonly work: string; readonly revise?: string | undefined }>>;
  readonly states: Readonly<Record<StateLabel, string>>;
  readonly needs: Readonly<Record<NeedLabel, string>>;
  readonly semantic: Readonly<Record<SemanticLabel, string>>;
  readonly debug: string;
}

/** Every fault of the variables at once, so that the owner mends them in one go. */
export interface LabelNamesError {
  readonly type: "label-names.invalid";
  readonly faults: readonly LabelNameFault[];
}

export type LabelNameFault =
  /** Two meanings share a name, so a label would say both. The forge ignores case, and so do we. */
  | { readonly type: "collision"; readonly label: string; readonly variables: readonly string[] }
  /** The forge allows 50 characters. */
  | { readonly type: "too-long"; readonly label: string; readonly variable: string }
  /** Labels in this form choose the model or the reasoning level. */
  | { readonly type: "reserved"; readonly label: string; readonly variable: string };

/** The forge compares label names without regard to case. */
export function sameLabel(a: string, b: string): boolean {
  return labelKey(a) === labelKey(b);
}

/** What two spellings of one label have in common. */
export function labelKey(label: string): string {
  return label.trim().toLowerCase();
}

export const profileLabel = /^\[ai-(model|reasoning)-(.+)\]$/i;

/** One label that means something, with the variable that may rename it. */
export interface KnownLabel {
  readonly variable: string;
  readonly label: string;
  readonly meaning:
    | { readonly type: "trigger"; readonly stage: StageName; readonly variant: StageVariant }
    | { readonly type: "state"; readonly state: StateLabel }
    | { readonly type: "need"; readonly need: NeedLabel }
    | { readonly type: "semantic"; readonly name: SemanticLabel }
    | { readonly type: "debug" };
}

const defaults: readonly KnownLabel[] = [
  ...allStages.flatMap((stage): KnownLabel[] => {
    const { work, revise } = stageTable[stage].trigger;
    return [
      { ...work, meaning: { type: "trigger", stage, variant: "work" } },
      ...(revise ? [{ ...revise, meaning: { type: "trigger", stage, variant: "revise" } } as const] : []),
    ];
  }),
  ...stateLabels.map((state): KnownLabel => ({ variable: variableName("STATE", state), label: `state:${state}`, meaning: { type: "state", state } })),
  ...needLabels.map((need): KnownLabel => ({ variable: variableName("NEED", need), label: `need:${need}`, meaning: { type: "need", need } })),
  ...semanticLabels.map((name): KnownLabel => ({ variable: `${name.toUpperCase()}_LABEL`, label: name, meaning: { type: "semantic", name } })),
  { variable: "RUN_DEBUG_LABEL", label: "run:debug", meaning: { type: "debug" } },
];

function variableName(family: string, name: string): string {
  return `${family}_${name.toUpperCase().replaceAll("-", "_")}_LABEL`;
}

/** The variables that rename labels: `RUN_INTAKE_LABEL`, `STATE_IN_REVIEW_LABEL`, `NEED_INPUT_LABEL`, … */
export const labelVariables: readonly string[] = defaults.map((known) => known.variable);

/** All labels that mean something, under this repository's names. */
export function knownLabels(names: LabelNames): readonly KnownLabel[] {
  return defaults.map((known) => ({ ...known, label: nameOf(names, known.meaning) }));
}

/** A label as the variables name it, and as it is called without them. */
export interface NamedLabel extends KnownLabel {
  readonly standard: string;
}

/** All labels that mean something, as these variables name them, whether or not the names can be used. Empty variables count as not set. */
export function namedLabels(variables: ReadonlyMap<string, string>): readonly NamedLabel[] {
  return defaults.map((known) => ({ ...known, label: variables.get(known.variable)?.trim() || known.label, standard: known.label }));
}

/** The names without any variable. */
export const defaultLabelNames: LabelNames = assemble(defaults);

/**
 * The label names of a repository: its variables (an organisation's are merged in by the forge) over the defaults. Empty variables count as not set, other
 * variables are none of our business.
 */
export function labelNames(variables: ReadonlyMap<string, string>): Result<LabelNames, LabelNamesError> {
  const named = namedLabels(variables);
  const faults: LabelNameFault[] = [...collisions(named), ...named.flatMap(unusable)];
  return faults.length > 0 ? err({ type: "label-names.invalid", faults }) : ok(assemble(named));
}

function unusable({ label, variable }: KnownLabel): LabelNameFault[] {
  if (label.length > 50) return [{ type: "too-long", label, variable }];
  return profileLabel.test(label) ? [{ type: "reserved", label, variable }] : [];
}

function collisions(named: readonly KnownLabel[]): LabelNameFault[] {
  return [...Map.groupBy(named, (known) => labelKey(known.label)).values()]
    .filter((group) => group.length > 1)
    .map((group) => ({ type: "collision", label: group[0]?.label ?? "", variables: group.map((known) => known.variable) }));
}

function nameOf(names: LabelNames, meaning: KnownLabel["meaning"]): string {
  switch (meaning.type) {
    case "trigger":
      return names.triggers[meaning.stage][meaning.variant] ?? "";
    case "state":
      return names.states[meaning.state];
    case "need":
      return names.needs[meaning.need];
    case "semantic":
      return names.semantic[meaning.name];
    case "debug":
      return names.debug;
  }
}

function assemble(named: readonly KnownLabel[]): LabelNames {
  const labelOf = (wanted: (meaning: KnownLabel["meaning"]) => boolean) => named.find((known) => wanted(known.meaning))?.label;
  const required = (wanted: (meaning: KnownLabel["meaning"]) => boolean) => labelOf(wanted) ?? "";
  const record = <K extends string, V>(keys: readonly K[], value: (key: K) => V) => Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
  return {
    triggers: record(allStages, (stage) => ({
      work: required((m) => m.type === "trigger" && m.stage === stage && m.variant === "work"),
      revise: labelOf((m) => m.type === "trigger" && m.stage === stage && m.variant === "revise"),
    })),
    states: record(stateLabels, (state) => required((m) => m.type === "state" && m.state === state)),
    needs: record(needLabels, (need) => required((m) => m.type === "need" && m.need === need)),
    semantic: record(semanticLabels, (name) => required((m) => m.type === "semantic" && m.name === name)),
    debug: required((m) => m.type === "debug"),
  };
}
