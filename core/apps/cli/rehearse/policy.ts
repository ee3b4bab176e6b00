import type { z } from "zod";
import type { InboxCard, verdict } from "../../../contract/inbox.ts";

export type Verdict = z.infer<typeof verdict>;
export const decisionStyles = ["approve", "request-changes", "deny", "abort", "later", "ask"] as const;
export type DecisionStyle = (typeof decisionStyles)[number];

export interface PolicyInput {
  readonly style: DecisionStyle;
  readonly card: InboxCard;
  /** Own words for questions; the recommended option when absent. */
  readonly answer?: string | undefined;
  /** How many gates of this stage were decided before this one. */
  readonly gatesBefore: number;
  /** Whether approving the gate is to start the next stage. */
  readonly proceed: boolean;
  /** Documents of the stage, for comments on their lines. */
  readonly documents: readonly { readonly path: string; readonly line: number }[];
}

/** What the rehearsing owner decides; undefined leaves the request waiting. The first gate of a stage gets what was asked for, a later one is approved. */
export function decideAs(input: PolicyInput): Verdict | undefined {
  const { style, card } = input;
  if (style === "later") return undefined;
  if (card.kind === "question") return input.answer === undefined ? { type: "approve" } : { type: "answer", text: input.answer };
  if (card.kind === "tool") return style === "deny" ? { type: "deny", reason: "The owner rehearses a denial: do without this." } : { type: "approve" };
  const approve: Verdict = input.proceed ? { type: "approve" } : { type: "approve", proceed: false };
  if (input.gatesBefore > 0) return approve;
  switch (style) {
    case "approve":
      return approve;
    case "request-changes":
      return {
        type: "request_changes",
        comment: "Please make the risks and their owners explicit before I accept this stage.",
        comments: input.documents.slice(0, 2).map((document, index) => ({
          ...document,
          body: index === 0 ? "Say who owns this, by role." : "Name one figure that would show that this works, or say why there is none yet.",
        })),
      };
    case "deny":
      return { type: "deny", reason: "The owner rehearses a denial: not like this." };
    case "abort":
      return { type: "abort", reason: "The owner rehearses an abort: the work ends here." };
    case "ask":
      return { type: "ask", question: "Which of the assumptions in these documents is the riskiest, and why?" };
  }
}
