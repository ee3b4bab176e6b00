import { err, ok, type Result } from "../kernel/result.ts";
import { triggersAmong } from "../label/classify.ts";
import type { LabelNames } from "../label/names.ts";
import type { StageName } from "./stage.ts";
import { canRevise } from "./table.ts";

/** Where the answer came from, in the order in which the sources are asked. */
export type ResolveSource = "pull-label" | "issue-label" | "last-run" | "last-transition";

export type ResolveError =
  /** One source names several stages, so nobody can say which one is to be revised. */
  | { readonly type: "resolve.conflict"; readonly source: ResolveSource; readonly labels: readonly string[]; readonly stages: readonly StageName[] }
  /** No source names a stage that can be revised. `seen` are the stages that were named and cannot. */
  | { readonly type: "resolve.nothing"; readonly seen: readonly StageName[] };

/**
 * Which stage a review with requested changes is about: the one stage label on the pull request, else the one on the issue, else the last run of (repository,
 * issue, pull request), else the last stage transition in the flow events. Only stages with a `:revise` trigger count; others are passed over. A stage's work
 * and revise label together name one stage and are no conflict here.
 */
export function resolveReviseStage(input: {
  readonly prLabels: readonly string[];
  readonly issueLabels: readonly string[];
  readonly lastRun?: StageName | undefined;
  readonly lastTransition?: StageName | undefined;
  readonly names: LabelNames;
}): Result<{ readonly stage: StageName; readonly source: ResolveSource }, ResolveError> {
  const seen: StageName[] = [];
  const sources: readonly (readonly [ResolveSource, readonly NamedStage[]])[] = [
    ["pull-label", triggersAmong(input.prLabels, input.names)],
    ["issue-label", triggersAmong(input.issueLabels, input.names)],
    ["last-run", named(input.lastRun)],
    ["last-transition", named(input.lastTransition)],
  ];
  for (const [source, candidates] of sources) {
    const revisable = candidates.filter((candidate) => canRevise(candidate.stage));
    seen.push(...candidates.filter((candidate) => !canRevise(candidate.stage)).map((candidate) => candidate.stage));
    const stages = [...new Set(revisable.map((candidate) => candidate.stage))];
    const [stage] = stages;
    if (stages.length > 1) return err({ type: "resolve.conflict", source, labels: revisable.flatMap((c) => c.label ?? []), stages });
    if (stage) return ok({ stage, source });
  }
  return err({ type: "resolve.nothing", seen: [...new Set(seen)] });
}

interface NamedStage {
  readonly stage: StageName;
  readonly label?: string | undefined;
}

function named(stage: StageName | undefined): readonly NamedStage[] {
  return stage === undefined ? [] : [{ stage }];
}
