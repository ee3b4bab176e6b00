import { unreachable } from "../kernel/result.ts";
import type { Role, StageName, StageVariant } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";
import { classifyLabel, distinctLabels, triggersAmong, type LabelClass } from "./classify.ts";
import type { StateLabel } from "./kinds.ts";
import { labelKey, type LabelNames } from "./names.ts";

/** Something that happens to the labels of an issue or of its pull request. */
export type LabelTransition =
  /** A run of the stage began: what the last review said no longer holds. The trigger label stays; it says where the issue is. */
  | { readonly type: "stage-started"; readonly stage: StageName }
  /** The stage's work is done and waits for the owner, and for these roles before. On the issue and on the pull request. */
  | { readonly type: "in-review"; readonly reviewers?: readonly Role[] | undefined }
  /** The owner approved: the next stage's trigger takes the place of this one's. Without `next` the process stops here as approved (`ops`, or the pull request). */
  | { readonly type: "gate-approved"; readonly stage: StageName; readonly next?: StageName | undefined }
  /** The owner wants changes: the stage's `:revise` trigger, or its only trigger where it has no `:revise`. */
  | { readonly type: "changes-requested"; readonly stage: StageName }
  | { readonly type: "aborted" }
  | { readonly type: "input-needed" }
  | { readonly type: "input-answered" }
  /** The run did not start. The refused trigger goes, so that setting it again is one deliberate act once the cause is mended. */
  | { readonly type: "precondition-failed"; readonly stage: StageName; readonly variant: StageVariant }
  /** A card was moved on the board. */
  | { readonly type: "move-to-stage"; readonly stage: StageName; readonly variant: StageVariant };

/** Why a plan should not be applied as it is. The plan shows the change all the same. */
export type LabelConflict =
  /** Trigger labels that the transition did not expect there: somebody has meanwhile asked for something else. */
  | { readonly type: "label.conflicting-triggers"; readonly labels: readonly string[] }
  /** The stage would be refused as long as this label is there. */
  | { readonly type: "label.blocks-entry"; readonly label: string }
  | { readonly type: "label.no-such-variant"; readonly stage: StageName; readonly variant: StageVariant };

/**
 * The exact change: `after` = (`before` − `removed`) ∪ `added`. Apply removals first: a trigger that is both removed and added is set anew, because the forge
 * reports only labels that were not there before. With conflicts, show the plan but do not apply it.
 */
export interface LabelPlan {
  readonly before: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly after: readonly string[];
  readonly conflicts: readonly LabelConflict[];
}

interface Change {
  /** Whether a label that is there has to go. */
  readonly drop: (meaning: LabelClass) => boolean;
  readonly add: readonly string[];
  /** Set even when it is there already. */
  readonly trigger?: string | undefined;
  readonly conflicts: readonly LabelConflict[];
}

/**
 * What a transition does to a set of labels, before anything happens. Labels that are not ours survive, and a plan never brings in a trigger beside another
 * one.
 *
 * @param input.before the labels as they are now, in the forge's spelling
 */
export function planTransition(input: { readonly before: readonly string[]; readonly names: LabelNames; readonly transition: LabelTransition }): LabelPlan {
  const before = distinctLabels(input.before);
  const change = changeOf(before, input.names, input.transition);
  const there = new Set(before.map(labelKey));
  const wanted = distinctLabels([...change.add, ...(change.trigger === undefined ? [] : [change.trigger])]);
  const renewed = change.trigger === undefined ? undefined : labelKey(change.trigger);
  const kept = new Set(wanted.map(labelKey).filter((key) => key !== renewed));
  const removed = before.filter((label) => !kept.has(labelKey(label)) && (labelKey(label) === renewed || change.drop(classifyLabel(label, input.names))));
  const added = wanted.filter((label) => labelKey(label) === renewed || !there.has(labelKey(label)));
  const gone = new Set(removed.map(labelKey));
  return { before, removed, added, after: [...before.filter((label) => !gone.has(labelKey(label))), ...added], conflicts: change.conflicts };
}

function changeOf(before: readonly string[], names: LabelNames, transition: LabelTransition): Change {
  switch (transition.type) {
    case "stage-started":
      return { drop: reviewIsOver, add: [], conflicts: foreignTriggers(before, names, transition.stage) };
    case "in-review":
      return {
        drop: isState("approved"),
        add: [names.states["in-review"], ...(transition.reviewers ?? []).map((role) => names.needs[role])],
        conflicts: foreignTriggers(before, names),
      };
    case "gate-approved":
      return approved(before, names, transition.stage, transition.next);
    case "changes-requested":
      return {
        drop: (meaning) => meaning.type === "trigger" || reviewIsOver(meaning),
        add: [],
        trigger: names.triggers[transition.stage].revise ?? names.triggers[transition.stage].work,
        conflicts: foreignTriggers(before, names, transition.stage),
      };
    case "aborted":
      return {
        drop: (meaning) => meaning.type === "trigger" || meaning.type === "need" || isState("in-review", "blocked", "approved")(meaning),
        add: [names.states.abandoned],
        conflicts: [],
      };
    case "input-needed":
      return { drop: () => false, add: [names.needs.input], conflicts: [] };
    case "input-answered":
      return { drop: (meaning) => meaning.type === "need" && meaning.need === "input", add: [], conflicts: [] };
    case "precondition-failed":
      return {
        drop: (meaning) => meaning.type === "trigger" && meaning.stage === transition.stage && meaning.variant === transition.variant,
        add: [],
        conflicts: [],
      };
    case "move-to-stage":
      return move(before, names, transition.stage, transition.variant);
    default:
      return unreachable(transition);
  }
}

function approved(before: readonly string[], names: LabelNames, stage: StageName, next: StageName | undefined): Change {
  return {
    drop: (meaning) => meaning.type === "trigger" || reviewIsOver(meaning),
    add: next === undefined ? [names.states.approved] : [],
    trigger: next === undefined ? undefined : names.triggers[next].work,
    conflicts: foreignTriggers(before, names, stage),
  };
}

function move(before: readonly string[], names: LabelNames, stage: StageName, variant: StageVariant): Change {
  const trigger = names.triggers[stage][variant];
  const blocking = before.filter((label) => blocksEntry(classifyLabel(label, names)));
  return {
    drop: (meaning) => meaning.type === "trigger" || reviewIsOver(meaning) || isState("abandoned")(meaning),
    add: [],
    trigger,
    conflicts: [
      ...(trigger === undefined ? [{ type: "label.no-such-variant", stage, variant } as const] : []),
      ...(stageTable[stage].name === "abort" ? [] : blocking.map((label) => ({ type: "label.blocks-entry", label }) as const)),
    ],
  };
}

/** `state:blocked` and `need:input` keep a stage from starting. */
export function blocksEntry(meaning: LabelClass): boolean {
  return isState("blocked")(meaning) || (meaning.type === "need" && meaning.need === "input");
}

/** Review labels: they hold from the end of a stage to the owner's word. */
function reviewIsOver(meaning: LabelClass): boolean {
  return isState("in-review", "approved")(meaning) || (meaning.type === "need" && meaning.need !== "input");
}

function isState(...states: readonly StateLabel[]): (meaning: LabelClass) => boolean {
  return (meaning) => meaning.type === "state" && states.includes(meaning.state);
}

/** More than one trigger, or one that belongs to another stage than the one that is expected. */
function foreignTriggers(before: readonly string[], names: LabelNames, stage?: StageName): readonly LabelConflict[] {
  const triggers = triggersAmong(before, names);
  const unexpected = stage === undefined ? triggers.slice(1) : triggers.filter((trigger) => trigger.stage !== stage);
  if (unexpected.length === 0 && triggers.length < 2) return [];
  return [{ type: "label.conflicting-triggers", labels: triggers.map((trigger) => trigger.label) }];
}
