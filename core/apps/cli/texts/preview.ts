import type { z } from "zod";
import type { transitionPreview } from "../../../contract/board.ts";
import type { StageLoad } from "../../../domain/stage/wip-limits.ts";

export type TransitionPreview = z.infer<typeof transitionPreview>;

/** The exact label change of a move, and everything that stands against it. */
export function previewText(preview: TransitionPreview): string {
  const { plan } = preview;
  return [
    `before  ${plan.before.join(", ") || "none"}`,
    ...plan.removed.map((label) => `  - ${label}`),
    ...plan.added.map((label) => `  + ${label}`),
    `after   ${plan.after.join(", ") || "none"}`,
    ...preview.conflicts.map((conflict) => `conflict: ${conflict}`),
    ...preview.unmet.map((unmet) => `not met: ${unmet.condition} ${unmet.remedy}`),
    ...warnings(preview),
  ].join("\n");
}

/** What the owner should know of a move that may be made all the same. */
export function warnings({ full }: Pick<TransitionPreview, "full">): readonly string[] {
  return full ? [`warning: ${full.stage} is full: ${full.inProgress} of ${full.limit} in progress. It may be applied all the same.`] : [];
}

/** How far a stage's limit is taken up, in a few words. */
export function loadText({ inProgress, limit, level }: Pick<StageLoad, "inProgress" | "limit" | "level">): string {
  return `${inProgress} of ${limit} in progress${level === "free" ? "" : `, ${level === "full" ? "full" : "over the limit"}`}`;
}

export function isForbidden(preview: TransitionPreview): boolean {
  return preview.conflicts.length + preview.unmet.length > 0;
}
