import { ok } from "../../domain/kernel/result.ts";
import type { TargetVersion } from "../../domain/kernel/values.ts";
import { startsSomething } from "../../domain/label/classify.ts";
import { labelKey, sameLabel } from "../../domain/label/names.ts";
import type { ToolArguments } from "../../domain/tool/tool.ts";
import { revealHidden } from "../../domain/kernel/hidden-characters.ts";
import type { Tool } from "./tool.ts";

type Arguments = ToolArguments["github_request_label"];

/** github_request_label: adds and removes labels of an issue or pull request. Once per run and arguments; what is set already is no change. */
export const requestLabel: Tool<Arguments> = {
  name: "github_request_label",
  version: 1,
  effectful: true,
  risk: "medium",
  resolve: async (_context, given) => ok(given as unknown as Arguments),
  facts: (context, { number, add, remove }) => ({
    ownTarget: number === context.run.issue || number === context.run.pull,
    triggerLabel: [...add, ...remove].some((label) => startsSomething(label, context.labels)),
  }),
  summary: ({ number, add, remove }) =>
    revealHidden(
      [...(add.length > 0 ? [`add ${add.join(", ")}`] : []), ...(remove.length > 0 ? [`remove ${remove.join(", ")}`] : [])]
        .join(" and ")
        .replace(/^./, (first) => first.toUpperCase()) + ` on #${number}`,
    ),
  rationale: ({ reason }) => reason,
  preview: async ({ run, deps }, { number, add, remove }) => {
    const issue = await deps.forge.issue(run.repository, number);
    const removed = issue.labels.filter((label) => remove.some((name) => sameLabel(name, label)));
    const added = add.filter((name) => !issue.labels.some((label) => sameLabel(name, label)));
    const after = [...issue.labels.filter((label) => !removed.includes(label)), ...added];
    return { type: "labels", target: { kind: issue.isPull ? "pull" : "issue", number }, before: issue.labels, removed, added, after };
  },
  targetVersion: async ({ run, deps }, { number }) => labelVersion(number, (await deps.forge.issue(run.repository, number)).labels),
  probe: async ({ run, deps }, { number, add, remove }) => {
    const { labels } = await deps.forge.issue(run.repository, number);
    const there = new Set(labels.map(labelKey));
    const happened = add.every((label) => there.has(labelKey(label))) && !remove.some((label) => there.has(labelKey(label)));
    return happened ? { message: `The labels of #${number} are set.`, labels } : undefined;
  },
  perform: async ({ run, deps }, { number, add, remove }) => {
    let labels: readonly string[] = [];
    // Removals first: a trigger that takes another's place must never stand beside it.
    for (const label of remove) labels = await deps.forge.removeLabel(run.repository, number, label);
    if (add.length > 0) labels = await deps.forge.addLabels(run.repository, number, add);
    return { message: `The labels of #${number} are set.`, labels };
  },
};

/** The label set of an issue as a version: any change of any label is another one. */
export function labelVersion(number: number, labels: readonly string[]): TargetVersion {
  return `labels:${number}:${JSON.stringify(labels.map(labelKey).toSorted())}` as TargetVersion;
}
