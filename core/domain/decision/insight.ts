import type { RequestKind } from "./decision.ts";

/** What became of the requests that one rule made about one tool. Each of them counts once among approved, refused, answered, expired, replaced and waiting. */
export interface DecisionInsight {
  readonly kind: RequestKind;
  readonly tool: string;
  /** Id of the rule that asked. */
  readonly rule: string;
  readonly asked: number;
  readonly approved: number;
  /** Denied, sent back for changes, or the work ended. */
  readonly refused: number;
  /** Answered, or asked back. */
  readonly answered: number;
  readonly expired: number;
  /** Another request stands in its place: it was edited, or what it was about had changed. */
  readonly replaced: number;
  readonly waiting: number;
  /** Milliseconds from asking to the decision, median of those that were decided; absent where none was. */
  readonly medianWait?: number | undefined;
}

/** So many decisions of one kind are a habit. */
const habit = 5;

/** Whether a rule asks what is always allowed: at least five times, and never another word. Then a rule for calls like it would spare the asking. */
export function isAlwaysApproved({ kind, approved, refused, answered }: DecisionInsight): boolean {
  return kind === "tool" && approved >= habit && refused + answered === 0;
}
