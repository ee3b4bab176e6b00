import type { z } from "zod";
import type { transitionPreview } from "../../../contract/board.ts";

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
  ].join("\n");
}

export function isForbidden(preview: TransitionPreview): boolean {
  return preview.conflicts.length + preview.unmet.length > 0;
}
