/** Where a comment belongs in a text: the line, and what stood around it when it was written. */
export interface LineAnchor {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  /** Up to {@link anchorContext} lines before it, in order. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export type AnchorFinding =
  | { readonly type: "found"; readonly line: number }
  /** The line is not there any more; `now` is what stands in its place, where there is a place. */
  | { readonly type: "changed"; readonly was: string; readonly now?: string | undefined };

/** Lines on either side by which a line is known again. Three tell apart the rows of a table, and still fit around a line between two edits. */
export const anchorContext = 3;

/** The lines of a text as they are numbered; a line break at the end begins no line of its own. */
export function textLines(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/u);
  return lines.length > 1 && lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** @returns undefined when the text has no such line. */
export function anchorAt(lines: readonly string[], line: number): LineAnchor | undefined {
  const text = lines[line - 1];
  if (text === undefined) return undefined;
  return { line, text, before: lines.slice(Math.max(0, line - 1 - anchorContext), line - 1), after: lines.slice(line, line + anchorContext) };
}

/**
 * Finds the line of a comment again in another version of the text, by its words and by what stands around it. A line that says nothing of its own (blank, a rule, a bracket) counts only
 * where something around it is the same. Of several the one with most of its surroundings is it, and of equals the nearest.
 */
export function findAgain(anchor: LineAnchor, lines: readonly string[]): AnchorFinding {
  const found = lines
    .flatMap((text, index) => (text === anchor.text ? [{ line: index + 1, kept: surroundings(anchor, lines, index) }] : []))
    .filter(({ kept }) => kept > 0 || isDistinct(anchor.text))
    .toSorted((a, b) => b.kept - a.kept || distance(a.line, anchor) - distance(b.line, anchor) || a.line - b.line);
  const best = found[0];
  if (best) return { type: "found", line: best.line };
  const now = inItsPlace(anchor, lines);
  return { type: "changed", was: anchor.text, ...(now === undefined ? {} : { now }) };
}

/** How many of the lines around are what they were, each at its distance. */
function surroundings({ before, after }: LineAnchor, lines: readonly string[], index: number): number {
  const above = before.filter((text, at) => lines[index - before.length + at] === text).length;
  const below = after.filter((text, at) => lines[index + 1 + at] === text).length;
  return above + below;
}

function distance(line: number, anchor: LineAnchor): number {
  return Math.abs(line - anchor.line);
}

/** Whether a line is likely to stand only once in a text. */
function isDistinct(text: string): boolean {
  return (text.match(/[\p{L}\p{N}]/gu) ?? []).length >= 3;
}

/** What stands between the neighbours of the line that is gone; without neighbours, at its number. */
function inItsPlace({ line, before, after }: LineAnchor, lines: readonly string[]): string | undefined {
  const [above, below] = [before.at(-1), after[0]];
  const nearest = (indices: readonly number[]): number | undefined => indices.toSorted((a, b) => Math.abs(a - line + 1) - Math.abs(b - line + 1))[0];
  const afterAbove = above === undefined || !isDistinct(above) ? [] : lines.flatMap((text, index) => (text === above ? [index + 1] : []));
  const beforeBelow = below === undefined || !isDistinct(below) ? [] : lines.flatMap((text, index) => (text === below ? [index - 1] : []));
  const place = nearest(afterAbove) ?? nearest(beforeBelow) ?? line - 1;
  const now = lines[place];
  // Its neighbours stand side by side: it is gone, and nothing came for it.
  return now === below && afterAbove.includes(place) ? undefined : now;
}
