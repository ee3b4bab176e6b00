import type { Instant } from "../kernel/values.ts";

/** Types of items of a transcript that say what an agent said or did. */
export const doneTypes = ["message", "reasoning", "command", "file-change", "tool-call"] as const;

/** The little of such an item that says what an agent had just said or done. */
export interface DoneBefore {
  readonly at: Instant;
  readonly type: (typeof doneTypes)[number];
  /** The words, the command, the tool, or the paths as JSON; of the longest only the beginning. */
  readonly text: string;
  /** Of a command. */
  readonly exitCode?: number | undefined;
  /** The last of what a command has printed. */
  readonly tail?: string | undefined;
}
