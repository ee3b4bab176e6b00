/** What the owner says of a document as a whole. */
export const documentVerdicts = ["good", "changes"] as const;
export type DocumentVerdict = (typeof documentVerdicts)[number];

/** Longer words are a mistake; they go to the forge and into the agent's next input. Counted in UTF-16 code units. */
export const longestVerdictWords = 10_000;

/** A verdict on one document, as a review says it. */
export interface DocumentNote {
  readonly path: string;
  readonly verdict: DocumentVerdict;
  /** What needs to change. Absent where comments on its lines say it, and of one that is good. */
  readonly body?: string | undefined;
}
